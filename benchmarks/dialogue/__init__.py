"""The dialogues of the scorecard: what callers say and when, what it sounds like, and who answers them."""
