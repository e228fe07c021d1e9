"""Which calls a worker has, in memory that all workers share: written by one, read by all."""

import mmap

ENTRY = 64
"""Bytes of one call: its SID, filled up with zeros. Twilio's have 34 characters."""

ENTRIES = 2048
"""Calls that one worker can write down: those that go on, and those that ended a minute ago."""

SIZE = ENTRY * ENTRIES


class Books:
    """SIDs of calls. A call that does not fit in is not found by others, which harms no other.

    Args:
        memory: shared between processes.
        start: where the books begin in it; they take :data:`SIZE` bytes.
    """

    def __init__(self, memory: mmap.mmap, start: int) -> None:
        self._memory = memory
        self._start = start

    def __contains__(self, sid: str) -> bool:
        return self._place(_entry(sid)) is not None

    def add(self, sid: str) -> None:
        """Write a call down, once."""
        entry = _entry(sid)
        if entry and self._place(entry) is None and (place := self._place(bytes(ENTRY))) is not None:
            self._memory[place : place + ENTRY] = entry

    def remove(self, sid: str) -> None:
        if (place := self._place(_entry(sid))) is not None:
            self._memory[place : place + ENTRY] = bytes(ENTRY)

    def clear(self) -> list[str]:
        """Remove all calls; returns which they were."""
        held = self._memory[self._start : self._start + SIZE]
        self._memory[self._start : self._start + SIZE] = bytes(SIZE)
        entries = (held[at : at + ENTRY].rstrip(b"\0") for at in range(0, SIZE, ENTRY))
        return [entry.decode() for entry in entries if entry]

    def _place(self, entry: bytes) -> int | None:
        """Where an entry stands in the memory; an empty one for the first free place."""
        if not entry:
            return None
        place = self._memory.find(entry, self._start, self._start + SIZE)
        # The end of one SID and the zeros behind it can look like another.
        while place >= 0 and (place - self._start) % ENTRY:
            place = self._memory.find(entry, place + 1, self._start + SIZE)
        return place if place >= 0 else None


def _entry(sid: str) -> bytes:
    """Empty for what has no place in the books."""
    text = sid.encode()
    return text.ljust(ENTRY, b"\0") if 0 < len(text) < ENTRY else b""
