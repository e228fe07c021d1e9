from benchmarks.load.observations import Observations
from benchmarks.result import Gaps


def test_figures_count_in_the_window_only() -> None:
    seen = Observations()
    seen.see_reply(1.0)
    seen.see_barge_in(1.0)
    seen.see_gap(1.0)
    seen.open = True
    seen.see_reply(0.35)
    seen.see_barge_in(0.2)
    seen.see_gap(0.005)
    seen.see_gap(0.03)
    assert seen.spread_of_replies(300).max == 50
    assert seen.barge_in == [200]
    assert seen.spread_of_gaps() == Gaps(over_20ms=1, longest_ms=30.0, n_replies=1)


def test_greetings_and_failures_count_always() -> None:
    seen = Observations()
    seen.see_greeting(0.02)
    seen.fail("no reply")
    seen.fail("busy")
    seen.fail("no reply")
    assert seen.greeting == [20]
    assert seen.described() == ["busy", "no reply", "no reply"]


def test_a_window_can_be_forgotten() -> None:
    seen = Observations(open=True)
    seen.see_reply(1.0)
    seen.see_gap(1.0)
    seen.see_greeting(1.0)
    seen.forget()
    assert (seen.reply, seen.gaps, seen.greeting) == ([], [], [1000])
