"""What is claimed of speed is measured here, never in a timed unit test."""
