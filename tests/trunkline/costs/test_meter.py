"""What one call costs while it goes on."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from loguru import logger
from pipecat.metrics.metrics import (
    LLMTokenUsage,
    LLMUsageMetricsData,
    STTUsage,
    STTUsageMetricsData,
    TTSUsageMetricsData,
)

from processors.frames import RATE
from processors.socket_recipe import Recipe
from trunkline.costs import meter as module
from trunkline.costs.budget import Budget
from trunkline.costs.meter import Meter
from trunkline.costs.prices import Prices

PRICES = Prices(inbound=0.06, media_stream=0.0, listening={"nova-3": 0.0, "flux": 0.6, "custom": 6.0})


class Bill:
    """A call with a meter, and what was written of it."""

    def __init__(self, *recipes: Recipe, **values: Any) -> None:
        self.written: list[tuple[dict[str, float], float, float]] = []
        self.over = 0
        self.began: float | None = None
        call: Any = SimpleNamespace(
            sid="CA1",
            spent=values.get("spent", {}),
            prices=PRICES,
            recipes=list(recipes),
            facts=SimpleNamespace(is_outbound=False),
            line=SimpleNamespace(budget=values.get("budget")),
            recorder=SimpleNamespace(clock=SimpleNamespace(at=self._at)),
        )
        self.meter = Meter(call, lambda *told: self.written.append(told), self._end)

    def _at(self, now: float) -> int:
        return 0 if self.began is None else round((now - self.began) * RATE)

    def _end(self) -> None:
        self.over += 1

    def stream(self) -> None:
        self.began = asyncio.get_running_loop().time()

    def tokens(self, output: int) -> None:
        usage = LLMTokenUsage(prompt_tokens=0, completion_tokens=output, total_tokens=output)
        self.meter.take(LLMUsageMetricsData(processor="llm", model="gpt-4o-mini", value=usage))


async def test_time_and_what_stages_tell_are_counted() -> None:
    bill = Bill(Recipe.of("listen", {}, 2), Recipe.of("listen", {}, 2))
    bill.stream()
    await asyncio.sleep(60)
    bill.tokens(1_000_000)
    bill.meter.take(TTSUsageMetricsData(processor="tts", model="aura-2-thalia-en", value=1000))
    bill.meter.take(STTUsageMetricsData(processor="custom", value=STTUsage(audio_seconds=60.0)))
    assert bill.meter.cost() == pytest.approx(
        {"carrier": 0.06, "stream": 0.0, "listening": 6.6, "voice": 0.03, "model": 0.60}
    )


async def test_what_has_changed_is_written_with_what_is_new() -> None:
    bill = Bill()
    bill.tokens(1_000_000)
    bill.meter.note()
    bill.meter.note()
    bill.tokens(1_000_000)
    bill.meter.note()
    assert [(usd, more) for _, usd, more in bill.written] == [(0.6, 0.6), (1.2, 0.6)]


async def test_another_process_goes_on_with_the_sum() -> None:
    first = Bill()
    first.tokens(1_000_000)
    first.meter.note()
    second = Bill(spent=first.meter.kept())
    second.stream()
    second.tokens(1_000_000)
    await asyncio.sleep(10)
    second.meter.note()
    ((found, usd, more),) = second.written
    assert found["model"] == pytest.approx(1.2)
    assert [usd, more] == pytest.approx([1.26, 0.66])


async def test_time_stops_when_the_call_is_over() -> None:
    bill = Bill(budget=Budget(per_call=0.1))
    await asyncio.sleep(30)
    bill.meter.stop()
    await asyncio.sleep(600)
    assert bill.meter.cost()["carrier"] == pytest.approx(0.06)
    assert bill.over == 0


async def test_a_budget_is_over_by_time_alone_and_once() -> None:
    bill = Bill(budget=Budget(per_call=0.18))
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(message.record["message"]), level="INFO")
    await asyncio.sleep(115)
    assert bill.over == 0
    await asyncio.sleep(120)
    logger.remove(sink)
    assert bill.over == 1
    bill.meter.stop()
    assert [line.split(" of ")[0] for line in lines if "has cost" in line][-1].startswith(
        "call CA1 has cost $0.18"
    )


async def test_most_of_a_budget_is_told_once() -> None:
    bill = Bill(budget=Budget(per_call=1.0))
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(message.record["message"]), level="INFO")
    bill.tokens(1_400_000)
    bill.meter.note()
    bill.meter.note()
    logger.remove(sink)
    bill.meter.stop()
    assert lines == ["call CA1 has cost $0.84 of $1.00"]


async def test_what_has_no_price_is_complained_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_told", set())
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(message.record["message"]), level="WARNING")
    for _ in range(2):
        bill = Bill()
        bill.meter.take(TTSUsageMetricsData(processor="tts", model="own-voice", value=1000))
        bill.meter.note()
    logger.remove(sink)
    assert len(lines) == 1
    assert "own-voice has no price" in lines[0]
