import os
from fcntl import LOCK_EX, LOCK_UN, flock
from pathlib import Path

from benchmarks.machine import LOCK, Cores, Noise, Shares, alone, calibrate, cores, machine, pinned, usage

QUIET = Shares(stolen=0.0, others=0.02, own=0.5)


def test_a_quiet_window_has_no_noise() -> None:
    assert str(Noise(QUIET, lag_p99_ms=3.0, drift=0.05)) == ""


def test_noise_names_all_that_was_too_much() -> None:
    noise = Noise(Shares(stolen=0.05, others=0.3, own=0.9), lag_p99_ms=12.0, drift=0.2)
    assert str(noise) == (
        "5% of a core stolen, 30% of a core used by others, load generator used 90% of its core, "
        "load generator 12 ms late, same work 20% different afterwards"
    )


def test_a_core_is_taken_and_given_back() -> None:
    before = os.sched_getaffinity(0)
    with pinned(cores()[0]):
        assert os.sched_getaffinity(0) == {cores()[0]}
    assert os.sched_getaffinity(0) == before


def test_a_process_uses_what_it_works() -> None:
    core = cores()[0]
    watched, before = Cores(core, core), usage(os.getpid())
    assert calibrate(core) > 0
    after = usage(os.getpid())
    assert after.cpu_s > before.cpu_s
    assert after.rss_mb > 10
    assert after.fds > 0
    shares = watched.shares(subject_s=0.0)
    assert shares.own > 0
    assert 0 <= shares.others <= 1.1


def test_one_benchmark_at_a_time(tmp_path: Path) -> None:
    said: list[str] = []
    with (tmp_path / LOCK).open("w") as other:
        flock(other, LOCK_EX)

        def say(text: str) -> None:
            said.append(text)
            flock(other, LOCK_UN)

        with alone(say, tmp_path):
            assert said == ["another benchmark runs; waiting for it to end"]


def test_who_is_alone_need_not_wait(tmp_path: Path) -> None:
    said: list[str] = []
    with alone(said.append, tmp_path):
        assert said == []


def test_the_machine_has_a_name() -> None:
    assert machine().cores >= 1
    assert machine().cpu
