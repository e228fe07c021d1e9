"""Calling people: when, how, and who has answered."""
