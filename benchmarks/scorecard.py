"""The panel of several subjects side by side: figures, limits, and who is ahead."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from benchmarks.load.vendors import VENDORS_MS
from benchmarks.panel import floor, silence, turns
from benchmarks.panel.marks import Kind, Recording
from benchmarks.waterfall import LIMIT_MS

VERSION = 1

OURS, SWIFT, STOCK = "trunkline words(1)", "trunkline vad", "stock"
"""Columns. Our second policy gives the floor to any voice at once, as stock pipecat does."""

NOT_MEANT = (Kind.BACKCHANNEL, Kind.NOISE, Kind.SIDE_SPEECH, Kind.SIDE_SPEECH_HEARD)
"""Sounds that are not meant for the agent."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What was found in the calls of one subject, event by event."""

    responses: list[float | None]
    """Milliseconds; ``None`` where there was none."""
    yields: list[float | None]
    """Milliseconds; ``None`` where the agent talked on."""
    talked_over: list[bool]
    cut_off: list[bool]
    ignored: dict[str, list[bool]]
    dead_air_s: float
    seconds: float
    """Of all calls together."""
    words_off: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """What went wrong with the calls themselves."""

    @classmethod
    def of(
        cls, recordings: Sequence[Recording], words_off: Sequence[int] = (), failures: Sequence[str] = ()
    ) -> Self:
        """What is in these calls."""
        return cls(
            [_ms(latency) for recording in recordings for latency in turns.responses(recording)],
            [_ms(latency) for recording in recordings for latency in floor.yields(recording)],
            [over for recording in recordings for over in turns.talked_over(recording)],
            [cut for recording in recordings for cut in turns.cut_off(recording)],
            {kind: [was for r in recordings for was in floor.ignored(r, kind)] for kind in NOT_MEANT},
            round(sum(map(silence.dead_air, recordings)), 2),
            round(sum(recording.caller.seconds for recording in recordings), 2),
            list(words_off),
            list(failures),
        )


Values = Callable[[Panel], Sequence[float | None]]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of the panel."""

    name: str
    unit: str
    values: Values
    """Of each event, what is summed up; ``None`` if it counts for the number only."""
    summary: Callable[[Sequence[float]], float]
    less_is_better: bool
    best: float
    """What cannot be bettered: there, level is ahead."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """By column."""
    against_stock: str = OURS
    """The column that is to be ahead of stock pipecat."""

    def cell(self, panel: Panel) -> "Cell":
        """The figure, and of how many events."""
        values = list(self.values(panel))
        known = [value for value in values if value is not None]
        return Cell(round(self.summary(known), 2) if known else None, len(known))


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of one subject."""

    value: float | None
    n: int


def percentile(share: float) -> Callable[[Sequence[float]], float]:
    return lambda values: float(np.percentile(values, share))


def percent(values: Sequence[float]) -> float:
    return 100 * float(np.mean(values))


def _rate(name: str, values: Values, *, less: bool = False, limit: float | None = None) -> Row:
    limits = {} if limit is None else {OURS: limit}
    return Row(name, "%", values, percent, less, 0.0 if less else 100.0, limits)


def _ignored(kind: Kind) -> Values:
    return lambda panel: panel.ignored.get(kind, [])


def _came(values: Sequence[float | None]) -> list[float | None]:
    return [float(value is not None) for value in values]


def _spread(
    name: str,
    unit: str,
    values: Values,
    limits: Mapping[int, Mapping[str, float]] = MappingProxyType({}),
    *,
    against_stock: str = OURS,
) -> Iterator[Row]:
    """The median and the 95th percentile, with the limits of either."""
    for share in (50, 95):
        yield Row(
            f"{name}, p{share}",
            unit,
            values,
            percentile(share),
            less_is_better=True,
            best=0,
            limits=limits.get(share, {}),
            against_stock=against_stock,
        )


ROWS = (
    *_spread(
        "response latency",
        "ms",
        lambda panel: panel.responses,
        {50: {OURS: VENDORS_MS + 60, SWIFT: VENDORS_MS + 60}},
    ),
    _rate("response rate", lambda panel: _came(panel.responses)),
    *_spread(
        "yield latency", "ms", lambda panel: panel.yields, {95: {OURS: 450, SWIFT: 250}}, against_stock=SWIFT
    ),
    _rate("yield rate", lambda panel: _came(panel.yields)),
    _rate("agent talks over the caller", lambda panel: panel.talked_over, less=True, limit=2),
    _rate("false cut-offs", lambda panel: panel.cut_off, less=True),
    _rate("backchannels ignored", _ignored(Kind.BACKCHANNEL), limit=95),
    _rate("noise ignored", _ignored(Kind.NOISE), limit=95),
    _rate("side speech ignored", _ignored(Kind.SIDE_SPEECH), limit=95),
    _rate("side speech ignored, transcribed", _ignored(Kind.SIDE_SPEECH_HEARD)),
    *_spread("heard error", "words", lambda panel: panel.words_off, {50: {OURS: 1}, 95: {OURS: 2}}),
    Row(
        "dead air",
        "s a minute",
        lambda panel: [60 * panel.dead_air_s / panel.seconds] if panel.seconds else [],
        percentile(50),
        less_is_better=True,
        best=0,
    ),
)

COLUMNS = {SWIFT: ("response", "yield")}
"""Columns that were played for some rows only, by how these begin."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its figures."""

    row: Row
    cells: Mapping[str, Cell]

    @property
    def verdicts(self) -> list[str]:
        """What is to be said of it: each limit, and whether we are ahead."""
        return [*self._limits(), *self._ahead()]

    @property
    def holds(self) -> bool:
        return not any(verdict.startswith(("not met", "behind")) for verdict in self.verdicts)

    def _limits(self) -> list[str]:
        return [
            f"{'met' if _within(self.row, cell.value, limit) else 'not met'}: {column} "
            f"{'≤' if self.row.less_is_better else '≥'} {limit:g} {self.row.unit}"
            for column, limit in self.row.limits.items()
            if (cell := self.cells.get(column)) and cell.value is not None
        ]

    def _ahead(self) -> list[str]:
        ours, stock = self.cells.get(self.row.against_stock), self.cells.get(STOCK)
        if ours is None or stock is None or ours.value is None or stock.value is None:
            return []
        better = ours.value < stock.value if self.row.less_is_better else ours.value > stock.value
        if better or ours.value == stock.value == self.row.best:
            return [f"ahead of stock{'' if better else ' (both perfect)'}"]
        return ["behind stock"]


def _within(row: Row, value: float, limit: float) -> bool:
    return value <= limit if row.less_is_better else value >= limit


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All panels of one sitting."""

    at: str
    """When it began, ISO 8601 in UTC."""
    cpu: str
    panels: dict[str, Panel]
    """By column."""
    versions: dict[str, str] = field(default_factory=dict)
    waterfall_off_ms: list[float | None] = field(default_factory=list)
    """See :func:`benchmarks.waterfall.differences`."""
    lag_p99_ms: dict[str, float] = field(default_factory=dict)
    """By column, how late the world's own loop ran."""
    version: int = VERSION

    @property
    def lines(self) -> list[Line]:
        return [Line(row, {name: row.cell(self.panels[name]) for name in self._columns(row)}) for row in ROWS]

    @property
    def holds(self) -> bool:
        """Whether all limits are met, Trunkline is ahead everywhere, and its ledger is right."""
        return all(line.holds for line in self.lines) and self.ledger_holds

    @property
    def ledger_holds(self) -> bool:
        """Whether each turn's waterfall sums to what was measured."""
        return all(off is not None and abs(off) <= LIMIT_MS for off in self.waterfall_off_ms)

    def _columns(self, row: Row) -> list[str]:
        return [name for name in self.panels if row.name.startswith(COLUMNS.get(name, ""))]

    def write(self, path: Path) -> None:
        """Keep it in a file, whose folder need not exist."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Self:
        """The scorecard kept in a file; ``ValueError`` if it is of another version."""
        fields: dict[str, Any] = json.loads(path.read_text())
        if fields.get("version") != VERSION:
            raise ValueError(f"version {fields.get('version')!r} of a scorecard, not {VERSION}")
        panels = {name: Panel(**panel) for name, panel in fields.pop("panels").items()}
        return cls(panels=panels, **fields)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 1)
