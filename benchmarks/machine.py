"""The machine under the benchmark: cores, what processes use of them, and who else does."""

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from tempfile import gettempdir
from time import perf_counter
from typing import Any

import psutil

from benchmarks.result import Machine

MIB = 2**20

LOCK = "trunkline-benchmark.lock"
"""A file that is locked by the benchmark that runs."""

STEAL_LIMIT = 0.02
"""Share of a core that the hypervisor may take."""

OTHERS_LIMIT = 0.10
"""Share of a core that other processes may take."""

OWN_LIMIT = 0.8
"""Share of its core that the load generator may use."""

LAG_LIMIT_MS = 8.0
"""How late the load generator's loop may run (p99)."""

CALIBRATION_LIMIT = 0.15
"""By how much a fixed piece of work may take longer after a point than before it, or shorter."""


def machine() -> Machine:
    """This one."""
    return Machine(_cpu(), os.cpu_count() or 1, platform.python_version(), platform.release())


def _cpu() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """Run on one core for a while."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process and its children have used."""

    cpu_s: float
    """User and system time so far, in seconds."""
    rss_mb: float
    """MiB of resident memory; what several processes share is counted once."""
    fds: int


def usage(pid: int) -> Usage:
    """Of a process tree, now."""
    tree = _tree(pid)
    times = [process.cpu_times() for process in tree]
    children = times[0].children_user + times[0].children_system if times else 0.0
    cpu = sum(time.user + time.system for time in times) + children
    rss = tree[0].memory_info().rss if len(tree) == 1 else sum(p.memory_full_info().pss for p in tree)
    return Usage(cpu, rss / MIB, sum(process.num_fds() for process in tree))


def _tree(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def calibrate(core: int) -> float:
    """Seconds that a fixed piece of work takes on a core; the best of five."""
    with pinned(core):
        return min(_work() for _ in range(5))


def _work() -> float:
    began = perf_counter()
    total = 0
    for number in range(200_000):
        total += number * number % 7
    return perf_counter() - began


@dataclass(frozen=True, slots=True)
class Shares:
    """Of a core's time, over a window."""

    stolen: float
    """Taken by the hypervisor, of the core where it took most."""
    others: float
    """Used by processes that are not ours, of the core where they used most."""
    own: float
    """Used by this process, of its core."""


class Cores:
    """Who uses the core of a subject and our own, from now on."""

    def __init__(self, subject: int, own: int) -> None:
        self._subject, self._own = subject, own
        self._before = self._look()
        self._used = _cpu_s()
        self._began = perf_counter()

    def shares(self, subject_s: float) -> Shares:
        """Until now; the subject has used ``subject_s`` seconds of its core meanwhile."""
        took, own_s = perf_counter() - self._began, _cpu_s() - self._used
        ours = {self._subject: subject_s}
        ours[self._own] = ours.get(self._own, 0.0) + own_s
        after = self._look()
        spent = {core: (after[core][0] - self._before[core][0]) for core in after}
        stolen = max(after[core][1] - self._before[core][1] for core in after)
        others = max(spent[core] - ours[core] for core in after)
        return Shares(stolen / took, max(0.0, others) / took, own_s / took)

    def _look(self) -> dict[int, tuple[float, float]]:
        """Of each core, the seconds for which it was busy, and those that were stolen."""
        times = psutil.cpu_times(percpu=True)
        return {core: (_busy(times[core]), times[core].steal) for core in {self._subject, self._own}}


def _busy(times: Any) -> float:
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def _cpu_s() -> float:
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)


@dataclass(frozen=True, slots=True)
class Noise:
    """What may have spoilt a window."""

    shares: Shares
    lag_p99_ms: float
    """Of the load generator's loop."""
    drift: float
    """By how much the same work took longer or shorter afterwards, as a share."""

    def __str__(self) -> str:
        """What was too much; empty if nothing was."""
        found = (
            (self.shares.stolen > STEAL_LIMIT, f"{self.shares.stolen:.0%} of a core stolen"),
            (self.shares.others > OTHERS_LIMIT, f"{self.shares.others:.0%} of a core used by others"),
            (self.shares.own > OWN_LIMIT, f"load generator used {self.shares.own:.0%} of its core"),
            (self.lag_p99_ms > LAG_LIMIT_MS, f"load generator {self.lag_p99_ms:.0f} ms late"),
            (self.drift > CALIBRATION_LIMIT, f"same work {self.drift:.0%} different afterwards"),
        )
        return ", ".join(text for much, text in found if much)


@contextmanager
def alone(say: Callable[[str], None], folder: Path | None = None) -> Iterator[None]:
    """Be the only benchmark on this machine; waits for another one to end, and says so."""
    with ((folder or Path(gettempdir())) / LOCK).open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            say("another benchmark runs; waiting for it to end")
            flock(lock, LOCK_EX)
        yield


def cores() -> tuple[int, int]:
    """The core of the subject and the core of the world: the first and the last that we may use."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]
