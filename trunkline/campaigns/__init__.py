"""Campaigns: lists of contacts that a line calls, each as often as it takes and never twice at once."""
