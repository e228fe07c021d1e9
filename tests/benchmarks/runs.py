"""Synthetic runs: round numbers that nobody measured."""

from collections.abc import Iterable
from typing import Any

from benchmarks.result import Gaps, Lag, Machine, Point, Run, Spread

MACHINE = Machine("Example CPU", 2, "3.11.7", "")
VERSIONS = {"pipecat": "1.14.0", "trunkline": "0.1.0"}


def spread(p95: float, n: int = 20) -> Spread:
    """Events whose p95 is that, and whose median is half of it."""
    return Spread(p95 / 2, p95, p95 * 1.2, n)


def point(subject: str, calls: int, cpu: float = 8.0, reply: float = 40.0, **fields: object) -> Point:
    """A quiet point without a fault, unless its fields say otherwise."""
    usual: dict[str, Any] = {
        "seconds": 20.0,
        "rss_mb_first": 150.0,
        "rss_mb": 150.0 + 1.5 * (calls - 1),
        "rss_mb_per_call": 1.5 if calls > 1 else None,
        "lag": Lag(0.1, 2.0, 5.0, 2000),
        "reply": spread(reply),
        "barge_in": spread(200),
        "greeting": spread(20),
        "gaps": Gaps(0, 0.0, 20),
        "turns": 20,
        "world_lag_p99_ms": 0.5,
    }
    return Point(subject, calls, cpu_ms_per_call_second=cpu, **{**usual, **fields})


def run(points: Iterable[Point]) -> Run:
    """These points as a run."""
    return Run(MACHINE, "2026-01-02T03:04:05+00:00", list(points), VERSIONS)


def rounds(subject: str, calls: int, cpu: float, reply: float) -> list[Point]:
    """Three rounds that lie 2 % apart."""
    return [point(subject, calls, cpu * by, reply * by) for by in (0.98, 1.0, 1.02)]


SWEPT: dict[str, dict[int, tuple[float, float]]] = {
    "trunkline": {
        1: (14, 30),
        10: (9.6, 32),
        30: (8.4, 36),
        60: (8, 44),
        80: (8, 58),
        100: (8.1, 95),
        120: (8.2, 260),
    },
    "stock": {1: (110, 90), 2: (98, 96), 4: (90, 120), 6: (88, 170), 8: (92, 420), 10: (95, 1900)},
    "livekit": {1: (45, 60), 5: (34, 80), 10: (30, 110), 15: (29, 150), 20: (31, 640), 30: (33, 3100)},
    "floor": {1: (11, 24), 10: (7.4, 26), 30: (6.6, 29), 60: (6.2, 34), 80: (6.1, 40), 120: (6.1, 70)},
}
"""CPU (ms a call-second) and p95 reply (ms) by number of calls."""


def whole() -> Run:
    """All four subjects, each past what it carries, or not."""
    return run(
        p
        for subject, sweep in SWEPT.items()
        for calls, (cpu, reply) in sweep.items()
        for p in rounds(subject, calls, cpu, reply)
    )
