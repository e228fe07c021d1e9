"""Trunkline: one pipeline file answers each phone line."""
