"""The processes of a campaign that is killed again and again: a carrier, and who calls through it."""
