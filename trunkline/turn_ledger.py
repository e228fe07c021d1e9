"""The ledger of a turn: takes the stamps of one reply as they come, in whatever order."""

from collections import deque

from trunkline.waterfall import Round, Stamps

PAUSES = 8
"""Ends of speech that are remembered: one turn may have several pauses."""

TICK = 0.002
"""Seconds by which a difference of two times may be off: uvloop's clock has whole milliseconds."""

AT_ONCE = 0.05
"""Seconds by which two stamps of one moment may differ: they come by different ways."""


class TurnLedger:
    """Open from the end of a turn until the reply to it is heard. Times are the event loop's seconds."""

    def __init__(self) -> None:
        self._pauses: deque[tuple[float, float, float]] = deque(maxlen=PAUSES)
        self._words: deque[float] = deque(maxlen=PAUSES)
        self._rounds: list[Round] = []
        self._decided: float | None = None
        self._asked: float | None = None
        self._sent: float | None = None
        self._tool: float | None = None

    def caller_stopped(self, ended: float, arrived: float, noticed: float) -> None:
        """The VAD heard the caller fall silent."""
        self._pauses.append((ended, arrived, noticed))

    def words(self, now: float) -> None:
        """Words became final."""
        self._words.append(now)

    def decided(self, now: float) -> None:
        """The caller's turn is over; the next sound of the agent is its reply."""
        self._decided, self._asked, self._sent = now, None, None
        self._rounds.clear()

    def model(self, asked: float, first: float) -> None:
        """The model answered."""
        # The answer that called the tool may be told after it, and a tool of an earlier turn does not count.
        since = asked if self._decided is None else self._decided - AT_ONCE
        ran = self._tool is not None and since <= self._tool <= asked + TICK
        self._tool = None if ran else self._tool
        self._rounds.append(Round(asked, first, ran))

    def tool(self, now: float) -> None:
        """The model called tools; they begin to run."""
        self._tool = now

    def voice(self, asked: float) -> None:
        """The voice's first sound came; when it had been asked for it."""
        self._asked = asked if self._asked is None else self._asked

    def sent(self, voiced: float, now: float) -> Stamps | None:
        """The first byte of a speech is on the wire.

        Returns:
            The stamps of the reply, if it is one that a caller waited for: not a greeting, nor the next
            sentence, nor what was on its way when the turn ended.
        """
        if self._decided is None or self._sent is not None or now < self._decided:
            return None
        self._sent = now
        ended, arrived, noticed = self._pause(self._decided)
        return Stamps(
            decided=self._decided,
            sent=now,
            ended=ended,
            arrived=arrived,
            vad=noticed,
            words=self._final(self._decided if ended is None else ended),
            rounds=tuple(self._rounds),
            asked=self._asked,
            voiced=voiced,
        )

    def played(self, at: float) -> float | None:
        """The first byte of a speech was heard: seconds since it was on the wire, if it is that reply's."""
        if self._sent is None or at < self._sent:
            return None
        sent, self._sent, self._decided = self._sent, None, None
        return at - sent

    def _pause(self, decided: float) -> tuple[float | None, float | None, float | None]:
        """The last end of speech before the decision: what came later is another turn's."""
        return next((pause for pause in reversed(self._pauses) if pause[0] <= decided), (None, None, None))

    def _final(self, ended: float) -> float | None:
        """When the words became final that were said by then: the recogniser says so once a pause."""
        before = [at for at in self._words if ended <= at <= (self._decided or ended)]
        after = [at for at in self._words if at > (self._decided or ended)]
        return before[-1] if before else after[0] if after else None
