"""What is counted of the calls of a server: how long replies take and where, how calls end, how it is doing.

Row 0 of the tally is the process's own; the others are the lines', in the order in which they are served.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from enum import IntEnum

from loguru import logger

from trunkline import events
from trunkline.life import KINDS, TOLD_LATER
from trunkline.pulse import Reading
from trunkline.tally import ROWS, Tally
from trunkline.waterfall import SEGMENTS

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)
"""Seconds: upper bounds of the histograms' buckets; behind the last comes one without."""

TIMED = (*SEGMENTS, "total", "played")
"""What there is a histogram of."""

OUTCOMES = (*(kind for kind in KINDS if kind not in TOLD_LATER), "other")
"""How a session ends; *other* is whatever a line's own code calls it."""

STAGES = ("stt", "llm", "tts")
"""Stages that may fail over to another vendor."""

WIDTH = len(BOUNDS) + 2
"""Columns of a histogram: its buckets, and the sum."""


class Column(IntEnum):
    """Of a row; behind them come the outcomes, then the histograms."""

    LIVE = 0
    TURNS = 1
    TOOLS = 2
    BARGED_IN = 3
    REFUTED = 4
    FAILED_OVER = 5
    """The first of one column for each of :data:`STAGES`."""
    COST = 8
    """US dollars."""
    OUTCOMES = 9


HISTOGRAMS = Column.OUTCOMES + len(OUTCOMES)
COLUMNS = HISTOGRAMS + WIDTH * len(TIMED)


COUNTED: Mapping[type[events.Event], Column] = {
    events.CallerSaid: Column.TURNS,
    events.ToolCalled: Column.TOOLS,
    events.BargeInRefuted: Column.REFUTED,
}
"""Events of which there is only to be known how many there were."""


class OwnColumn(IntEnum):
    """Of row 0."""

    LAG = 0
    CPU = 1
    RESTING = 2


def tally(workers: int = 1) -> Tally:
    """The numbers of all workers; made before they are."""
    return Tally(COLUMNS, workers)


class Metrics:
    """Counts what happens in one process.

    Args:
        lines: names of the lines that are served; the same in each worker.
        numbers: those of all workers.
        worker: which this is.
    """

    def __init__(self, lines: Sequence[str], numbers: Tally, worker: int = 0) -> None:
        self.lines = tuple(dict.fromkeys(lines))[: ROWS - 1]
        self.numbers = numbers
        self._worker = worker
        self._rows = {name: row for row, name in enumerate(self.lines, 1)}
        self._calls: dict[str, int] = {}
        """Rows of the calls that go on."""
        if len(set(lines)) > len(self.lines):
            logger.warning(
                "{} lines are served; metrics count the first {}", len(set(lines)), len(self.lines)
            )
        for row in self._rows.values():
            numbers.set(worker, row, Column.LIVE, 0)  # those of a worker that died are over

    def tell(self, event: events.Event) -> None:
        """Count an event of this process's calls."""
        if isinstance(event, events.CallStarted):
            self._begin(event)
        row = self._calls.get(event.call)
        if row is None:
            return
        if (column := COUNTED.get(type(event))) is not None:
            self._add(row, column)
        else:
            self._measure(event, row)

    def _measure(self, event: events.Event, row: int) -> None:
        match event:
            case events.AgentSaid(interrupted=True):
                self._add(row, Column.BARGED_IN)
            case events.Replied(latency=latency):
                for name in (*SEGMENTS, "total"):
                    self._time(row, name, getattr(latency, name))
            case events.Played(played=played):
                self._time(row, "played", played)
            case events.FailedOver(stage=stage) if stage in STAGES:
                self._add(row, Column.FAILED_OVER + STAGES.index(stage))
            case events.Spent(more=more):
                self._add(row, Column.COST, max(0.0, more))
            case events.CallEnded():
                self._end(event, row)

    def beat(self, reading: Reading) -> None:
        """What the process's pulse says."""
        self.numbers.set(self._worker, 0, OwnColumn.LAG, reading.lag)
        self.numbers.set(self._worker, 0, OwnColumn.CPU, reading.cpu)

    def rest(self, vendors: int) -> None:
        """So many vendors are left alone, because they fail."""
        self.numbers.set(self._worker, 0, OwnColumn.RESTING, vendors)

    def _begin(self, event: events.CallStarted) -> None:
        row = self._rows.get(event.line)
        if row is not None and event.call not in self._calls:
            self._calls[event.call] = row
            self._add(row, Column.LIVE)

    def _end(self, event: events.CallEnded, row: int) -> None:
        del self._calls[event.call]
        kind = event.outcome if event.outcome in OUTCOMES else "other"
        self._add(row, Column.LIVE, -1)
        self._add(row, Column.OUTCOMES + OUTCOMES.index(kind))

    def _time(self, row: int, name: str, milliseconds: float) -> None:
        column, seconds = histogram(name), milliseconds / 1000
        self._add(row, column + bisect_left(BOUNDS, seconds))
        self._add(row, column + WIDTH - 1, seconds)

    def _add(self, row: int, column: int, value: float = 1.0) -> None:
        self.numbers.add(self._worker, row, column, value)


def histogram(name: str) -> int:
    """The first column of one."""
    return HISTOGRAMS + WIDTH * TIMED.index(name)
