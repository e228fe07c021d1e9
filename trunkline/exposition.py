"""Metrics as Prometheus reads them."""

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from trunkline.metrics import BOUNDS, OUTCOMES, STAGES, WIDTH, Column, Metrics, OwnColumn, histogram
from trunkline.waterfall import SEGMENTS

LIMITS = (*map(str, BOUNDS), "+Inf")


def expose(metrics: Metrics, accept: str = "") -> tuple[bytes, str]:
    """The numbers of all workers, in the format that is accepted; the body and its content type."""
    registry = CollectorRegistry()
    registry.register(Families(metrics))
    encode, kind = choose_encoder(accept)
    return encode(registry), kind


class Families(Collector):
    """The metrics, by name. Reads what all workers have written when it is asked.

    Args:
        metrics: those of any worker.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._numbers = metrics.numbers
        self._lines = list(enumerate(metrics.lines, 1))

    def collect(self) -> Iterator[Metric]:
        yield from self._replies()
        yield from self._calls()
        yield from self._barge_ins()
        yield self._failovers()
        yield from self._process()

    def _replies(self) -> Iterator[Metric]:
        total = HistogramMetricFamily(
            "trunkline_reply_seconds",
            "From the caller's last sound to the first byte of the reply on the wire",
            labels=["line"],
        )
        segments = HistogramMetricFamily(
            "trunkline_reply_segment_seconds",
            "Where that time went; the segments of a reply sum to the whole",
            labels=["line", "segment"],
        )
        played = HistogramMetricFamily(
            "trunkline_reply_played_seconds",
            "From the first byte of a reply on the wire to the caller's ear, by mark",
            labels=["line"],
        )
        for row, line in self._lines:
            total.add_metric([line], *self._histogram(row, "total"))
            played.add_metric([line], *self._histogram(row, "played"))
            for name in SEGMENTS:
                segments.add_metric([line, name], *self._histogram(row, name))
        yield from (total, segments, played)

    def _calls(self) -> Iterator[Metric]:
        live = GaugeMetricFamily("trunkline_calls_live", "Calls that go on", labels=["line"])
        ended = CounterMetricFamily("trunkline_calls_ended", "Calls by outcome", labels=["line", "outcome"])
        turns = CounterMetricFamily("trunkline_turns", "Turns of callers", labels=["line"])
        tools = CounterMetricFamily("trunkline_tool_calls", "Tools that models called", labels=["line"])
        for row, line in self._lines:
            live.add_metric([line], self._numbers.sum(row, Column.LIVE))
            turns.add_metric([line], self._numbers.sum(row, Column.TURNS))
            tools.add_metric([line], self._numbers.sum(row, Column.TOOLS))
            for place, outcome in enumerate(OUTCOMES):
                ended.add_metric([line, outcome], self._numbers.sum(row, Column.OUTCOMES + place))
        cost = CounterMetricFamily("trunkline_cost_usd", "What calls cost, estimated", labels=["line"])
        for row, line in self._lines:
            cost.add_metric([line], self._numbers.sum(row, Column.COST))
        yield from (live, ended, turns, tools, cost)

    def _barge_ins(self) -> Iterator[Metric]:
        family = CounterMetricFamily(
            "trunkline_barge_ins",
            "Barge-ins that cut a reply short (true), and sounds that proved to be none (false)",
            labels=["line", "verdict"],
        )
        for row, line in self._lines:
            family.add_metric([line, "true"], self._numbers.sum(row, Column.BARGED_IN))
            family.add_metric([line, "false"], self._numbers.sum(row, Column.REFUTED))
        yield family

    def _failovers(self) -> Metric:
        family = CounterMetricFamily(
            "trunkline_failovers",
            "Times that another vendor began to stand in for one that failed",
            labels=["line", "stage"],
        )
        for row, line in self._lines:
            for place, stage in enumerate(STAGES):
                family.add_metric([line, stage], self._numbers.sum(row, Column.FAILED_OVER + place))
        return family

    def _process(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "trunkline_loop_lag_seconds",
            "By how much timers are late, 95th percentile of the last five seconds; of the worst worker",
            value=self._numbers.most(0, OwnColumn.LAG),
        )
        yield GaugeMetricFamily(
            "trunkline_cpu_cores",
            "Cores that all workers used over the last five seconds",
            value=self._numbers.sum(0, OwnColumn.CPU),
        )
        yield GaugeMetricFamily(
            "trunkline_vendors_resting",
            "Vendors whose circuit breaker is not closed; of the worst worker",
            value=self._numbers.most(0, OwnColumn.RESTING),
        )

    def _histogram(self, row: int, name: str) -> tuple[list[tuple[str, float]], float]:
        """Buckets that hold all below their bound, and the sum."""
        first = histogram(name)
        counts = (self._numbers.sum(row, first + place) for place in range(WIDTH - 1))
        return list(zip(LIMITS, accumulate(counts), strict=True)), self._numbers.sum(row, first + WIDTH - 1)
