"""What Prometheus reads of a server that answers calls, and the spans that a collector gets of them."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from tests.calls.test_workers import crew
from tests.calls.town import (
    GREETING,
    LONG,
    NUMBER,
    PRICE,
    PRICE_QUESTION,
    QUESTION,
    hears,
    outside,
    said,
    town,
)
from tests.calls.wire import CALLER
from trunkline.calls.summary import waterfall
from trunkline.sandbox.telephone.phone import Phone
from trunkline.tracing import Tracing
from trunkline.waterfall import SEGMENTS

Numbers = dict[tuple[str, ...], float]
"""By name, and the values of the labels in the order of their names."""


async def read(url: str) -> Numbers:
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session,
        session.get(f"{url}/metrics") as response,
    ):
        assert response.status == 200
        text = await response.text()
    assert not any(private in text for private in (NUMBER, CALLER.lstrip("+"), "CA", PRICE))
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def ask(phone: Phone) -> None:
    await hears(phone, GREETING)
    await phone.say(said(PRICE_QUESTION))
    await hears(phone, PRICE)
    await asyncio.sleep(1)


async def leave(phone: Phone) -> None:
    await phone.hang_up()
    await phone.ended()
    await asyncio.sleep(1)


async def test_replies_turns_and_calls_are_counted_a_line(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await ask(phone)
        during = await read(place.service.url)
        await phone.say(said(QUESTION))
        await hears(phone, LONG[:15])
        await phone.say(said("no thank you"))
        await hears(phone, "All right, I stop.")
        await leave(phone)
        after = await read(place.service.url)
        row = await place.row(phone)
    kept = [found for turn in row.turns if (found := waterfall(turn))]
    assert during["trunkline_calls_live", "desk"] == 1
    assert during["trunkline_turns_total", "desk"] == 1
    assert after["trunkline_calls_live", "desk"] == 0
    assert after["trunkline_calls_ended_total", "desk", "caller-hung-up"] == 1
    assert after["trunkline_turns_total", "desk"] == 3
    assert after["trunkline_barge_ins_total", "desk", "true"] == 1
    assert after["trunkline_reply_seconds_count", "desk"] == len(kept) == 3
    for name in SEGMENTS:
        spent = sum(getattr(reply, name) for reply in kept) / 1000
        assert after["trunkline_reply_segment_seconds_sum", "desk", name] == pytest.approx(spent)
    total = sum(reply.total for reply in kept) / 1000
    assert after["trunkline_reply_seconds_sum", "desk"] == pytest.approx(total)


async def test_a_sound_that_proves_to_be_no_barge_in_is_counted_as_such(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await hears(phone, LONG[:15])
        await phone.say(said("mhm"))
        await hears(phone, LONG[-20:])
        found = await read(place.service.url)
        assert found["trunkline_barge_ins_total", "desk", "false"] == 1
        assert found["trunkline_barge_ins_total", "desk", "true"] == 0
        await leave(phone)


async def test_any_worker_tells_the_numbers_of_all(tmp_path: Path) -> None:
    async with outside() as world, crew(world, tmp_path, 2) as services:
        url = f"{services[0].url}/twilio/voice"
        phones = [await world.carrier.call(url, to=NUMBER) for _ in range(2)]
        await asyncio.gather(*(ask(phone) for phone in phones))
        assert [len(service.switchboard.calls) for service in services] == [1, 1]
        for service in services:
            found = await read(service.url)
            assert found["trunkline_calls_live", "desk"] == 2
            assert found["trunkline_reply_seconds_count", "desk"] == 2
            assert found["trunkline_loop_lag_seconds",] == 0  # no work takes any time here
        await asyncio.gather(*(leave(phone) for phone in phones))
        assert (await read(url.removesuffix("/twilio/voice")))["trunkline_calls_live", "desk"] == 0


async def test_the_spans_of_a_call_are_its_waterfalls(tmp_path: Path) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    async with town(tmp_path) as place:
        place.service.watchers.tap(Tracing(provider.get_tracer("test")).tell)
        phone = await place.call()
        await ask(phone)
        await leave(phone)
        (reply,) = [found for turn in (await place.row(phone)).turns if (found := waterfall(turn))]
    spans = {span.name: span for span in kept.get_finished_spans()}
    turn = spans["turn"]
    assert list(spans)[-1] == "conversation"
    assert turn.attributes is not None
    assert turn.attributes["turn.user_bot_latency_seconds"] == pytest.approx(reply.total / 1000)
    model = spans["llm"]
    assert model.end_time is not None
    assert model.start_time is not None
    assert (model.end_time - model.start_time) / 1e6 == pytest.approx(reply.model, abs=0.001)
    written = "".join(span.to_json() for span in kept.get_finished_spans())
    assert not any(private in written for private in (NUMBER, CALLER, PRICE, PRICE_QUESTION))
