"""What calls cost, by the vendors' list prices, and what lines may spend."""
