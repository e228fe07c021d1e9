"""Redaction: what is left out of all that is kept or shown of a call."""
