from benchmarks.load.observations import Observations
from benchmarks.machine import Shares
from benchmarks.point import Window, _point
from benchmarks.result import Lag

WINDOW = Window(
    seconds=20.0,
    cpu_s=9.6,
    rss_mb=260.0,
    lag=Lag(0.1, 2.0, 5.0, 2000),
    own_lag_ms=1.5,
    shares=Shares(0.0, 0.0, 0.4),
)


def test_cost_is_told_by_the_call_and_the_second() -> None:
    made = _point("trunkline", 60, 201.0, WINDOW, Observations(), "", 1)
    assert made.cpu_ms_per_call_second == 8.0
    assert made.rss_mb_per_call == 1.0
    assert made.lag.p99_ms == 2.0


def test_one_call_has_no_memory_of_further_ones() -> None:
    assert _point("trunkline", 1, 201.0, WINDOW, Observations(), "", 1).rss_mb_per_call is None


def test_replies_are_told_beyond_the_vendors_delays() -> None:
    seen = Observations(open=True)
    seen.see_reply(0.34)
    seen.fail("no clear in 3 s")
    made = _point("trunkline", 2, 201.0, WINDOW, seen, "stolen", 3)
    assert made.reply.p50 == 40.0
    assert made.turns == 1
    assert (made.failures, made.noise, made.attempts) == (["no clear in 3 s"], "stolen", 3)
