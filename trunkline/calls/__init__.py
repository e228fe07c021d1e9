"""The call store: calls, their turns, and how they ended."""
