"""Changing what Flux listens for, while it listens: one change at a time, and none lost with a socket."""

import orjson

from processors.flux_options import FluxOptions

ANSWER_LATE = 5.0
"""Seconds after which a ``Configure`` without an answer is taken for lost."""


class FluxTuning:
    """Decides what to send; sends nothing. Times are seconds on any one clock."""

    def __init__(self, options: FluxOptions) -> None:
        self.wanted = options
        self._active = options
        self._asked: FluxOptions | None = None
        self._asked_at = 0.0

    def opening(self) -> FluxOptions:
        """A socket is opened; returns with what."""
        self._active, self._asked = self.wanted, None
        return self.wanted

    def want(self, options: FluxOptions) -> None:
        self.wanted = options

    def due(self, now: float) -> str | None:
        """The message to send now, if any; to be followed by :meth:`sent` if it could be."""
        if self._asked is not None and now >= self._asked_at + ANSWER_LATE:
            self._asked = None
        if self._asked is not None or self.wanted == self._active:
            return None
        return orjson.dumps(self.wanted.configure(self._active)).decode()

    def sent(self, now: float) -> None:
        self._asked, self._asked_at = self.wanted, now

    def answered(self, accepted: bool) -> None:
        """Deepgram took what was asked last, or leaves all as it was."""
        asked, self._asked = self._asked, None
        if asked is None:
            return
        if accepted:
            self._active = asked
        elif self.wanted == asked:
            self.wanted = self._active
