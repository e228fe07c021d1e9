"""The figures that a run is judged by: what must hold, and what is committed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks import ratios
from benchmarks.ratios import Measured, Reading, Sweep, difference, ratio, sweeps
from benchmarks.result import Run

OURS = "trunkline"

NAMES = {OURS: "Trunkline", "stock": "stock pipecat", "livekit": "LiveKit Agents", "floor": "the floor"}
"""How people call the subjects."""

BUSY = 60
"""Calls at which cost is judged."""

FULL = 80
"""Calls at which latency is judged."""

CPU = "CPU a call-second"
REPLY = "p95 reply"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the judgement."""

    key: str
    """By which it is committed."""
    name: str
    found: Measured | None
    unit: str = ""
    limit: float | None = None
    """What it must not exceed, if it must hold."""
    committed: bool = False
    """Whether it is a ratio, which means the same on every machine and can be compared with another run."""
    at_least: bool = False

    @property
    def text(self) -> str:
        """What was found, with its unit."""
        if self.found is None:
            return "–"
        counted = not self.unit and not self.found.noise
        value = f"{self.found.value:.{0 if counted else digits(self.found.value)}f} {self.unit}".rstrip()
        return f"≥ {value}" if self.at_least else value

    @property
    def noise_text(self) -> str:
        """Its noise, in the same unit; empty if the rounds agree."""
        if self.found is None or not self.found.noise:
            return ""
        return f"± {self.found.noise:.{digits(self.found.value)}f}"

    @property
    def limit_text(self) -> str:
        """What it must not exceed."""
        if self.limit is None:
            return ""
        return f"{'≤ ' if self.limit else ''}{self.limit:.3g} {self.unit}".rstrip()


def digits(value: float, significant: int = 3) -> int:
    """Decimals after which a number has said enough."""
    whole = sum(abs(value) >= power for power in (1, 10, 100))
    return max(significant - whole, 0)


def figures(run: Run) -> list[Figure]:
    """All figures of a run, in the order in which they are read."""
    found = sweeps(run.points)
    return [*limits(found), *costs(found), *latencies(found), *growth(found), *capacities(found)]


def limits(found: Mapping[str, Sweep]) -> Iterator[Figure]:
    """What Trunkline promises of itself."""
    ours = found.get(OURS, Sweep(OURS, {}))
    yield Figure("cpu", f"{CPU}, N={BUSY}", ours.at(BUSY, ratios.cpu), "ms", 10)
    later = difference(ours.at(FULL, ratios.reply), ours.at(1, ratios.reply))
    yield Figure("slower", f"p95 reply, N={FULL} less N=1", later, "ms", ratios.SLOWER_MS)
    yield Figure("barge-in", f"p95 barge-in, N={FULL}", ours.at(FULL, ratios.barge_in), "ms", 280)
    yield Figure("greeting", f"p95 greeting, N={FULL}", ours.at(FULL, ratios.greeting), "ms", 60)
    yield Figure("memory", f"memory a call, N={FULL}", ours.at(FULL, ratios.memory), "MiB", 2)
    most = max((calls for calls in ours.rounds if calls <= FULL), default=FULL)
    yield Figure("gaps", f"gaps over 20 ms, up to N={most}", ours.total(most, ratios.gaps), limit=0)
    yield Figure("failures", f"failed calls, up to N={most}", ours.total(most, ratios.failures), limit=0)


def costs(found: Mapping[str, Sweep]) -> Iterator[Figure]:
    """CPU against the others: theirs where it is least, ours and the floor's at one number of calls."""
    yield _against(found, "stock", "cpu", CPU, ratios.cpu, 1 / 8)
    yield _against(found, "livekit", "cpu", CPU, ratios.cpu, 1 / 3)
    yield _against(found, "floor", "cpu", CPU, ratios.cpu, 1.5, BUSY)


def latencies(found: Mapping[str, Sweep]) -> Iterator[Figure]:
    """How soon a caller is answered and let in, against stock pipecat where it is at its best."""
    yield _against(found, "stock", "reply", REPLY, ratios.reply)
    yield _against(found, "stock", "barge-in", "p95 barge-in", ratios.barge_in)


def growth(found: Mapping[str, Sweep]) -> Iterator[Figure]:
    """Ours with a full core against ours with one call."""
    ours = found.get(OURS, Sweep(OURS, {}))
    for key, name, reading in (("cpu", CPU, ratios.cpu), ("reply", REPLY, ratios.reply)):
        grown = ratio(ours.at(FULL, reading), ours.at(1, reading))
        yield Figure(f"{key}:1", f"{name}, N={FULL} : N=1", grown, committed=True)


def capacities(found: Mapping[str, Sweep]) -> Iterator[Figure]:
    """Calls a core before replies slow, of every subject."""
    for subject, sweep in found.items():
        carried = sweep.carried()
        name = f"calls a core before p95 reply slows by {ratios.SLOWER_MS} ms, {named(subject)}"
        measured = Measured(carried.calls, noisy=carried.noisy) if carried else None
        at_least = carried is not None and carried.at_least
        yield Figure(f"carried:{subject}", name, measured, at_least=at_least)


def named(subject: str) -> str:
    """How people call it."""
    return NAMES.get(subject, subject)


def _against(
    found: Mapping[str, Sweep],
    other: str,
    key: str,
    name: str,
    reading: Reading,
    limit: float | None = None,
    calls: int | None = None,
) -> Figure:
    ours, theirs = found.get(OURS, Sweep(OURS, {})), found.get(other, Sweep(other, {}))
    calls = calls or theirs.best()
    at = f"N={calls}" if calls else "its best N"
    compared = ratio(ours.at(BUSY, reading), theirs.at(calls, reading))
    label = f"{name}, N={BUSY} : {named(other)}, {at}"
    return Figure(f"{key}:{other}", label, compared, limit=limit, committed=True)
