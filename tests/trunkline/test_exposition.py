"""Prometheus reads what was counted: every name, no number of a caller, and buckets that add up."""

from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from trunkline import events
from trunkline.exposition import expose
from trunkline.metrics import Metrics, tally
from trunkline.waterfall import SEGMENTS, Waterfall


def talked() -> Metrics:
    """A call of one of two lines that was answered once."""
    metrics = Metrics(["desk", "shop"], tally(2), 1)
    for event in (
        events.CallStarted(call="CA1", at=1, line="desk"),
        events.CallerSaid(call="CA1", at=2, text="My number is +14155550123."),
        events.Replied(call="CA1", at=3, latency=Waterfall(vad=210, model=130, output=2)),
        events.FailedOver(call="CA1", at=3, stage="llm", to="Anthropic"),
        events.CallEnded(call="CA1", at=4, outcome="failed", reason="Deepgram answered 401"),
    ):
        metrics.tell(event)
    return metrics


def samples(body: bytes) -> Iterator[Sample]:
    for family in text_string_to_metric_families(body.decode()):
        yield from family.samples


def test_what_was_counted_is_there_under_its_name() -> None:
    body, kind = expose(talked())
    found = {(s.name, *(value for _, value in sorted(s.labels.items()))): s.value for s in samples(body)}
    assert kind.startswith("text/plain")
    assert found["trunkline_calls_live", "desk"] == 0
    assert found["trunkline_calls_ended_total", "desk", "failed"] == 1
    assert found["trunkline_turns_total", "desk"] == 1
    assert found["trunkline_turns_total", "shop"] == 0
    assert found["trunkline_reply_seconds_count", "desk"] == 1
    assert found["trunkline_reply_seconds_sum", "desk"] == 0.342
    assert found["trunkline_reply_seconds_bucket", "0.3", "desk"] == 0
    assert found["trunkline_reply_seconds_bucket", "0.4", "desk"] == 1
    assert found["trunkline_reply_seconds_bucket", "+Inf", "desk"] == 1
    assert found["trunkline_barge_ins_total", "desk", "false"] == 0
    assert found["trunkline_failovers_total", "desk", "llm"] == 1
    assert found["trunkline_failovers_total", "desk", "tts"] == 0
    assert found["trunkline_loop_lag_seconds",] == 0


def test_the_segments_sum_to_the_reply() -> None:
    body, _ = expose(talked())
    sums = {
        s.labels["segment"]: s.value
        for s in samples(body)
        if s.name == "trunkline_reply_segment_seconds_sum" and s.labels["line"] == "desk"
    }
    assert tuple(sums) == SEGMENTS
    assert round(sum(sums.values()), 6) == 0.342


def test_nothing_in_it_tells_who_called_or_what_was_said() -> None:
    body, _ = expose(talked())
    assert not any(word in body for word in (b"CA1", b"4155550123", b"My number", b"401"))


def test_openmetrics_is_spoken_to_who_asks_for_it() -> None:
    body, kind = expose(talked(), "application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")
