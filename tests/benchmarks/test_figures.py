"""The figures of a run: what is there to be judged, and how it reads."""

from dataclasses import replace

import pytest

from benchmarks.figures import Figure, digits, figures
from benchmarks.ratios import Measured
from benchmarks.result import Gaps
from tests.benchmarks.runs import point, run, whole


def found() -> dict[str, Figure]:
    return {figure.key: figure for figure in figures(whole())}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cpu", 8),
        ("slower", 28),
        ("barge-in", 200),
        ("greeting", 20),
        ("memory", 1.5),
        ("gaps", 0),
        ("failures", 0),
        ("cpu:stock", 8 / 88),
        ("cpu:livekit", 8 / 29),
        ("cpu:floor", 8 / 6.2),
        ("reply:stock", 44 / 170),
        ("barge-in:stock", 1),
        ("cpu:1", 8 / 14),
        ("reply:1", 58 / 30),
        ("carried:trunkline", 100),
        ("carried:stock", 6),
        ("carried:livekit", 15),
        ("carried:floor", 120),
    ],
)
def test_a_figure_of_a_whole_run(key: str, value: float) -> None:
    measured = found()[key].found
    assert measured is not None
    assert measured.value == pytest.approx(value)


def test_nothing_else_is_judged() -> None:
    assert len(found()) == 18


def test_others_are_taken_at_their_best() -> None:
    assert found()["cpu:stock"].name == "CPU a call-second, N=60 : stock pipecat, N=6"
    assert found()["cpu:floor"].name == "CPU a call-second, N=60 : the floor, N=60"


def test_ratios_are_committed_and_milliseconds_are_not() -> None:
    assert {key for key, figure in found().items() if figure.committed} == {
        *("cpu:stock", "cpu:livekit", "cpu:floor", "reply:stock", "barge-in:stock", "cpu:1", "reply:1")
    }


def test_what_must_hold() -> None:
    assert {key: figure.limit for key, figure in found().items() if figure.limit is not None} == {
        "cpu": 10,
        "slower": 100,
        "barge-in": 280,
        "greeting": 60,
        "memory": 2,
        "gaps": 0,
        "failures": 0,
        "cpu:stock": 1 / 8,
        "cpu:livekit": 1 / 3,
        "cpu:floor": 1.5,
    }


def test_what_is_missing_is_named_all_the_same() -> None:
    missing = {figure.key: figure for figure in figures(run([point("floor", 60)]))}
    assert missing["cpu:livekit"].found is None
    assert missing["cpu:livekit"].name == "CPU a call-second, N=60 : LiveKit Agents, its best N"
    assert missing["cpu:livekit"].text == "–"
    assert missing["failures"].found is None


def test_faults_count_wherever_they_happen_up_to_eighty_calls() -> None:
    bad = replace(point("trunkline", 20), failures=["closed"], gaps=Gaps(3, 60.0, 20))
    over = replace(point("trunkline", 100), failures=["closed"] * 9)
    judged = {figure.key: figure for figure in figures(run([bad, point("trunkline", 60), over]))}
    assert judged["failures"].text == "1"
    assert judged["failures"].name == "failed calls, up to N=60"
    assert judged["gaps"].text == "3"


def test_a_figure_reads_with_its_noise_and_limit() -> None:
    figure = Figure("cpu", "CPU", Measured(8.123, 0.256), "ms", 10)
    assert (figure.text, figure.noise_text, figure.limit_text) == ("8.12 ms", "± 0.26", "≤ 10 ms")


def test_a_count_reads_as_a_whole_number() -> None:
    figure = Figure("gaps", "gaps", Measured(0), limit=0)
    assert (figure.text, figure.noise_text, figure.limit_text) == ("0", "", "0")
    assert Figure("carried", "calls", Measured(120), at_least=True).text == "≥ 120"


@pytest.mark.parametrize(("value", "decimals"), [(0.0912, 3), (1.29, 2), (28.04, 1), (200.4, 0), (-28.0, 1)])
def test_three_digits_say_enough(value: float, decimals: int) -> None:
    assert digits(value) == decimals
