"""The outside world of a subject: callers on Media Streams, and vendors with fixed delays."""
