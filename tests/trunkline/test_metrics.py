"""Events become numbers, a row a line."""

from typing import Any

import pytest

from trunkline import events
from trunkline.metrics import BOUNDS, OUTCOMES, STAGES, WIDTH, Column, Metrics, OwnColumn, histogram, tally
from trunkline.pulse import Reading
from trunkline.tally import ROWS
from trunkline.waterfall import Waterfall


def tell(metrics: Metrics, kind: type[events.Event], call: str = "CA1", **values: Any) -> None:
    metrics.tell(kind(call=call, at=1.0, **values))


def started(line: str = "desk") -> Metrics:
    """Of two lines; a call of one goes on."""
    metrics = Metrics(["desk", "shop"], tally())
    tell(metrics, events.CallStarted, line=line)
    return metrics


def counted(metrics: Metrics, row: int = 1) -> list[float]:
    """Calls that go on, turns, tools, barge-ins true and false."""
    return [metrics.numbers.sum(row, column) for column in range(Column.FAILED_OVER)]


def test_what_happens_in_a_call_is_counted_for_its_line() -> None:
    metrics = started()
    tell(metrics, events.CallerSaid, text="Hi.")
    tell(metrics, events.ToolCalled, name="price", arguments={})
    tell(metrics, events.AgentSaid, text="Ninety", interrupted=True)
    tell(metrics, events.AgentSaid, text="dollars.", interrupted=False)
    tell(metrics, events.BargeInRefuted)
    assert counted(metrics) == [1, 1, 1, 1, 1]
    assert counted(metrics, row=2) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(("outcome", "counts_as"), [*((o, o) for o in OUTCOMES), ("hit by a bus", "other")])
def test_a_call_that_ends_is_counted_once(outcome: str, counts_as: str) -> None:
    metrics = started()
    tell(metrics, events.CallEnded, outcome=outcome, reason="")
    tell(metrics, events.CallEnded, outcome=outcome, reason="")
    assert counted(metrics)[Column.LIVE] == 0
    found = [metrics.numbers.sum(1, Column.OUTCOMES + place) for place in range(len(OUTCOMES))]
    assert dict(zip(OUTCOMES, found, strict=True)) == {**dict.fromkeys(OUTCOMES, 0), counts_as: 1}


def test_vendors_that_are_left_alone_are_counted() -> None:
    metrics = started()
    metrics.rest(2)
    assert metrics.numbers.most(0, OwnColumn.RESTING) == 2


@pytest.mark.parametrize("stage", STAGES)
def test_each_failover_is_counted_for_its_stage(stage: str) -> None:
    metrics = started()
    tell(metrics, events.FailedOver, stage=stage, to="another vendor")
    found = [metrics.numbers.sum(1, Column.FAILED_OVER + place) for place in range(len(STAGES))]
    assert dict(zip(STAGES, found, strict=True)) == {**dict.fromkeys(STAGES, 0), stage: 1}


def test_a_reply_is_in_the_histogram_of_each_segment() -> None:
    metrics = started("shop")
    tell(metrics, events.Replied, latency=Waterfall(vad=200, model=120))
    tell(metrics, events.Replied, latency=Waterfall(vad=9000))
    tell(metrics, events.Played, played=20.0)
    expected = {"vad": (9.2, {0.2: 1, None: 1}), "model": (0.12, {0.15: 1, 0.005: 1})}
    expected |= {"total": (9.32, {0.4: 1, None: 1}), "played": (0.02, {0.025: 1})}
    for name, (total, buckets) in expected.items():
        first = histogram(name)
        row = [metrics.numbers.sum(2, first + place) for place in range(WIDTH)]
        found = {bound: n for bound, n in zip((*BOUNDS, None), row, strict=False) if n}
        assert found == buckets, name
        assert row[-1] == pytest.approx(total), name


def test_calls_of_a_worker_that_died_are_over_and_what_it_counted_is_not() -> None:
    numbers = tally(2)
    first = Metrics(["desk"], numbers, 1)
    tell(first, events.CallStarted, line="desk")
    tell(first, events.CallerSaid, text="Hi.")
    second = Metrics(["desk"], numbers, 1)
    assert counted(second)[:2] == [0, 1]


def test_events_of_calls_and_lines_that_nobody_knows_are_left_out() -> None:
    metrics = started("elsewhere")
    tell(metrics, events.CallerSaid, text="Hi.")
    tell(metrics, events.CallerSaid, "CA2", text="Hi.")
    assert counted(metrics) == counted(metrics, row=2) == [0, 0, 0, 0, 0]


def test_lines_beyond_the_table_are_answered_and_not_counted() -> None:
    metrics = Metrics([f"line-{number}" for number in range(ROWS + 5)], tally())
    assert len(metrics.lines) == ROWS - 1
    tell(metrics, events.CallStarted, line=f"line-{ROWS + 1}")
    tell(metrics, events.CallEnded, outcome="completed", reason="")


def test_the_pulse_is_the_worker_s_own() -> None:
    numbers = tally(2)
    Metrics(["desk"], numbers, 0).beat(Reading(cpu=0.5, lag=0.003))
    Metrics(["desk"], numbers, 1).beat(Reading(cpu=0.25, lag=0.001))
    assert (numbers.most(0, OwnColumn.LAG), numbers.sum(0, OwnColumn.CPU)) == (0.003, 0.75)


def test_dollars_add_up_over_workers_that_have_the_call() -> None:
    numbers = tally(2)
    for worker, more in ((0, 0.25), (1, 0.5)):
        metrics = Metrics(["desk"], numbers, worker)
        tell(metrics, events.CallStarted, line="desk")
        tell(metrics, events.Spent, usd=0.75, more=more)
        tell(metrics, events.Spent, usd=0.75, more=-0.1)
    assert numbers.sum(1, Column.COST) == pytest.approx(0.75)
