"""Every fault of every part that a call depends on, over whole calls: ``python -m benchmarks.faults``."""
