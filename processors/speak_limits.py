"""Aura's limits for one socket, and how much of them is left (Deepgram: streaming text-to-speech; Flush)."""

import re
from collections import deque
from collections.abc import Iterator

MESSAGE_CHARACTERS = 2000
"""Characters of one Speak message; more closes the socket (1009 BIG-0001)."""

MINUTE_CHARACTERS = 2400
"""Characters a minute on one socket; more closes it (1008 DATA-0001)."""

MINUTE_FLUSHES = 20
"""Flushes a minute on one socket; further ones are ignored, with a warning."""

WINDOW = 61.0
"""Seconds in which we count: a minute, and a second because Aura counts when our messages arrive."""

RETIREMENT = 55 * 60.0
"""Seconds after which an idle socket is replaced. Aura closes it after an hour, busy or not (NET-0003)."""

LAST_CALL = 59 * 60.0
"""Seconds after which nothing new is said on a socket."""


class SpeakLimits:
    """What may still be sent on one socket. Times are seconds on any one clock."""

    def __init__(self, opened_at: float) -> None:
        self.retires_at = opened_at + RETIREMENT
        self._last_call = opened_at + LAST_CALL
        self._spoken: deque[tuple[float, int]] = deque()
        self._flushes: deque[float] = deque()

    def spoke(self, characters: int, now: float) -> None:
        self._spoken.append((now, characters))

    def flushed(self, now: float) -> None:
        self._flushes.append(now)

    def characters_left(self, now: float) -> int:
        while self._spoken and self._spoken[0][0] <= now - WINDOW:
            self._spoken.popleft()
        return MINUTE_CHARACTERS - sum(characters for _, characters in self._spoken)

    def flushes_left(self, now: float) -> int:
        while self._flushes and self._flushes[0] <= now - WINDOW:
            self._flushes.popleft()
        return MINUTE_FLUSHES - len(self._flushes)

    def have_room(self, characters: int, flushes: int, now: float) -> bool:
        """Whether so much can be said here and now."""
        return (
            now < self._last_call
            and self.characters_left(now) >= characters
            and self.flushes_left(now) >= flushes
        )


def pieces(text: str, limit: int = MESSAGE_CHARACTERS) -> Iterator[str]:
    """``text`` in parts of at most ``limit`` characters, cut behind a space where there is one."""
    while len(text) > limit:
        spaces = [match.end() for match in re.finditer(r"\s", text[:limit])]
        cut = spaces[-1] if spaces else limit
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text
