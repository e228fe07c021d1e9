"""Putting a caller through to somebody else."""
