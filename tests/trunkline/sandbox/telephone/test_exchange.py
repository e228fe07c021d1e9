"""What calls share."""

import asyncio

import pytest

from tests.trunkline.sandbox.telephone.lines import world
from trunkline.sandbox.carrier import Carrier
from trunkline.sandbox.telephone.exchange import tone


def test_the_tone_is_as_long_as_the_text() -> None:
    assert len(tone("x" * 15)) == 8000
    assert len(tone("x" * 30)) == 16_000
    assert tone("") == b""


async def test_dates_pass_as_the_loops_clock_does() -> None:
    async with world() as there:
        exchange = there.carrier._exchange
        before = exchange.wall(exchange.now)
        await asyncio.sleep(3600)
        assert (exchange.wall(exchange.now) - before).total_seconds() == pytest.approx(3600)


async def test_a_call_can_be_waited_for() -> None:
    async with world() as there:
        exchange = there.carrier._exchange
        waiting = asyncio.create_task(exchange.arrival(lambda phone: phone.call.to == "+15550123"))
        await there.call(to="+15550122")
        await asyncio.sleep(1)
        assert not waiting.done()
        phone = await there.call(to="+15550123")
        assert await waiting is phone


async def test_a_fault_of_the_emulator_itself_is_not_hidden() -> None:
    async def fails() -> None:
        raise ValueError("boom")

    carrier = Carrier()
    await carrier.__aenter__()
    carrier._exchange.spawn(fails())
    await asyncio.sleep(0)
    with pytest.raises(ValueError, match="boom"):
        await carrier.__aexit__(None, None, None)
