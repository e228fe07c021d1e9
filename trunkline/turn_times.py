"""When what is said in a turn begins, in milliseconds of the call's sound: its place in a recording."""

from collections import deque
from dataclasses import replace

from trunkline.recording.recorder import Recorder
from trunkline.records import ToolCall, Turn

STARTS = 8
"""Beginnings of the caller's voice that are remembered."""

AT_ONCE = 0.1
"""Seconds by which two stamps of one moment may differ: they come by different ways."""


class TurnTimes:
    """Of one call. Times are seconds on the event loop's clock; they come in whatever order."""

    def __init__(self, recorder: Recorder | None = None) -> None:
        self.recorder = recorder
        """Keeps the time of the call's sound; without it, nobody can tell."""
        self._voices: deque[tuple[float, float]] = deque(maxlen=STARTS)
        self._turn: float | None = None

    def voice_began(self, at: float, noticed: float) -> None:
        """The VAD hears the caller. It need not become a turn: it may have been a cough."""
        self._voices.append((at, noticed))

    def turn_began(self, now: float) -> None:
        """What the caller says is going to be a turn."""
        self._turn = now

    def turn_ended(self) -> float | None:
        """When the caller began to speak; None if nobody can tell."""
        began, self._turn = self._turn, None
        if began is None or self.recorder is None:
            return None
        voices = [at for at, noticed in self._voices if noticed <= began + AT_ONCE]
        return self.recorder.clock.ms(voices[-1] if voices else began)

    def replied(self, turn: Turn, sent: float) -> Turn:
        """The turn, when the first sound of its reply is on the wire."""
        if turn.agent_at_ms is not None or self.recorder is None:
            return turn
        return replace(turn, agent_at_ms=self.recorder.heard_ms(sent))

    def called(self, tool: ToolCall, now: float) -> ToolCall:
        """A tool with the time of its call."""
        return tool if self.recorder is None else replace(tool, at_ms=self.recorder.clock.ms(now))
