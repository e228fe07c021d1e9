"""Whether a recogniser that hears speech still answers. A socket can be open and dead."""

from processors.g711 import BYTES_PER_MS

SILENCE_MS = 3000
"""Milliseconds of audio, from speech on, that may pass without a message."""

HOPELESS = 3
"""Sockets in a row that died, after which another one will not do better."""


class Liveness:
    """Counts audio, not time: a line on hold is not dead. Places are bytes since the start of the call.

    What is allowed doubles with each socket that was found dead, so that a recogniser that only speaks when
    speech has ended is not cut off again and again.
    """

    def __init__(self) -> None:
        self._speaking = False
        self._waiting_since: int | None = None
        self._deaths = 0

    def speech_began(self, place: int) -> None:
        """The VAD hears the caller: something is to be said about it."""
        self._speaking = True
        if self._waiting_since is None:
            self._waiting_since = place

    def speech_ended(self, place: int) -> None:
        """The VAD has heard the caller pause since ``place``."""
        self._speaking = False
        if self._waiting_since is not None and self._waiting_since >= place:
            self._waiting_since = None

    def answered(self, place: int) -> None:
        """A message came."""
        self._deaths = 0
        self._waiting_since = place if self._speaking else None

    def overdue(self, place: int) -> bool:
        """Whether too much has been said by now without an answer."""
        allowed = SILENCE_MS * BYTES_PER_MS << self._deaths
        return self._waiting_since is not None and place - self._waiting_since > allowed

    def died(self) -> None:
        """The socket is given up for it."""
        self._deaths += 1

    @property
    def has_died(self) -> bool:
        """Whether the last socket has."""
        return self._deaths > 0

    @property
    def hopeless(self) -> bool:
        """Whether one socket after the other has died."""
        return self._deaths >= HOPELESS

    def replaced(self, place: int) -> None:
        """Another socket takes over; what was not answered, it is told first."""
        if self._waiting_since is not None:
            self._waiting_since = place
