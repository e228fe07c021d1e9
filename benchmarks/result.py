"""What is measured, as values, and the JSON they are kept as."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

VERSION = 1


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of a number of like events; all zero if there was none."""

    p50: float
    p95: float
    max: float
    n: int

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> Self:
        """The spread of these values."""
        if not milliseconds:
            return cls(0.0, 0.0, 0.0, 0)
        p50, p95 = np.percentile(milliseconds, [50, 95])
        return cls(round(float(p50), 2), round(float(p95), 2), round(max(milliseconds), 2), len(milliseconds))


@dataclass(frozen=True, slots=True)
class Lag:
    """How late a 10 ms timer of a subject's event loop fired, in milliseconds."""

    p50_ms: float
    p99_ms: float
    max_ms: float
    n: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """Silence inside replies: the ear had played all it had been sent, and more came."""

    over_20ms: int
    longest_ms: float
    n_replies: int


@dataclass(frozen=True, slots=True)
class Point:
    """One subject with one number of calls, over one measuring window."""

    subject: str
    calls: int
    seconds: float
    cpu_ms_per_call_second: float
    """User and system time of the subject's processes, in ms, by each call and each second of the window."""
    rss_mb_first: float
    """With one call up, in MiB."""
    rss_mb: float
    """With all of them up, at the end of the window, in MiB."""
    rss_mb_per_call: float | None
    """What each call but the first added; nothing if there was but one."""
    lag: Lag
    reply: Spread
    """Last audible sample sent to the first media of the reply, less the vendors' fixed time."""
    barge_in: Spread
    """First audible sample sent to ``clear``."""
    greeting: Spread
    """``start`` sent to the first media."""
    gaps: Gaps
    failures: list[str] = field(default_factory=list)
    """What a caller saw go wrong, a short string for each."""
    turns: int = 0
    """Replies begun in the window."""
    world_lag_p99_ms: float = 0.0
    """Of the load generator's own loop: what it measures is not better than this."""
    noise: str = ""
    """Why the figures are not to be trusted, if they are not."""
    attempts: int = 1

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """A point from its dict form."""
        parts = {"lag": Lag, "reply": Spread, "barge_in": Spread, "greeting": Spread, "gaps": Gaps}
        return cls(**{name: parts[name](**v) if name in parts else v for name, v in fields.items()})


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were measured on."""

    cpu: str
    cores: int
    python: str
    kernel: str


@dataclass(frozen=True, slots=True)
class Run:
    """All points of one sitting."""

    machine: Machine
    at: str
    """When it began, ISO 8601 in UTC."""
    points: list[Point]
    versions: dict[str, str]
    """Distributions by name."""
    version: int = VERSION

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """A run from its dict form; ``ValueError`` if it is of another version."""
        if fields.get("version") != VERSION:
            raise ValueError(f"version {fields.get('version')!r} of benchmark results, not {VERSION}")
        points = [Point.of(point) for point in fields["points"]]
        return cls(Machine(**fields["machine"]), fields["at"], points, dict(fields["versions"]))

    def write(self, path: Path) -> None:
        """Keep the run in a file, whose folder need not exist."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, path: Path) -> Self:
        """The run kept in a file."""
        return cls.of(json.loads(path.read_text()))
