"""The socket that was opened ahead is used, or closed, and never missed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from processors.aura_opening import AuraOpening, aura_options
from processors.aura_tts import AuraTTS
from processors.deepgram import Deepgram, Socket
from processors.errors import VendorRefused, VendorUnavailable
from tests.speaking import audible, reply, serving
from tests.support import Bench, Wait
from trunkline.sandbox.speak import SpeakEmulator
from trunkline.sandbox.voice import ScriptedVoice

OPTIONS = aura_options("aura-2-thalia-en")


@asynccontextmanager
async def vendor() -> AsyncIterator[tuple[SpeakEmulator, Deepgram]]:
    emulator = SpeakEmulator(ScriptedVoice())
    async with serving(emulator) as url:
        deepgram = Deepgram("some-key", url)
        yield emulator, deepgram
        await deepgram.close()


def test_the_options_of_a_phone_line() -> None:
    assert OPTIONS == {"model": "aura-2-thalia-en", "encoding": "mulaw", "sample_rate": "8000"}
    assert aura_options("aura-2-orion-en", 1.1)["speed"] == 1.1


async def test_the_socket_that_was_opened_ahead_comes_first() -> None:
    async with vendor() as (emulator, deepgram):
        warmed = asyncio.ensure_future(deepgram.speak(OPTIONS))
        await asyncio.sleep(0.1)
        opening = AuraOpening(deepgram, OPTIONS, warmed)
        first = await opening.open()
        assert (first, emulator.connections) == (warmed.result(), 1)
        second = await opening.open()
        assert emulator.connections == 2
        await first.close()
        await second.close()


async def test_a_coroutine_will_do() -> None:
    async with vendor() as (emulator, deepgram):
        opening = AuraOpening(deepgram, OPTIONS, deepgram.speak(OPTIONS))
        socket = await opening.open()
        await socket.close()
        assert emulator.connections == 1


@pytest.mark.parametrize("trouble", ["failed", "cancelled", "closed"])
async def test_if_it_is_of_no_use_another_one_is_opened(trouble: str) -> None:
    async with vendor() as (_, deepgram):
        warmed: asyncio.Future[Socket] = asyncio.get_running_loop().create_future()
        if trouble == "failed":
            warmed.set_exception(VendorUnavailable("Deepgram", "was away"))
        elif trouble == "cancelled":
            warmed.cancel()
        else:
            socket = await deepgram.speak(OPTIONS)
            await socket.close()
            warmed.set_result(socket)
        socket = await AuraOpening(deepgram, OPTIONS, warmed).open()
        assert socket.is_open
        await socket.close()


async def test_a_refusal_is_not_asked_for_twice() -> None:
    async with vendor() as (emulator, deepgram):
        warmed: asyncio.Future[Socket] = asyncio.get_running_loop().create_future()
        warmed.set_exception(VendorRefused("Deepgram", "answered 401"))
        with pytest.raises(VendorRefused):
            await AuraOpening(deepgram, OPTIONS, warmed).open()
        assert emulator.connections == 0


@pytest.mark.parametrize("moment", [0, 0.1], ids=["while it opens", "when it is open"])
async def test_if_nobody_takes_it_it_is_closed(moment: float) -> None:
    async with vendor() as (emulator, deepgram):
        opening = AuraOpening(deepgram, OPTIONS, asyncio.ensure_future(deepgram.speak(OPTIONS)))
        await asyncio.sleep(moment)
        await opening.discard()
        await opening.discard()
        await asyncio.sleep(0.1)
        assert emulator.open_sockets == 0


async def test_if_taking_it_is_cancelled_it_is_closed() -> None:
    async with vendor() as (emulator, deepgram):
        warmed = asyncio.ensure_future(deepgram.speak(OPTIONS))
        taking = asyncio.ensure_future(AuraOpening(deepgram, OPTIONS, warmed).open())
        warmed.add_done_callback(lambda _: taking.cancel())
        await asyncio.wait([taking])
        await asyncio.sleep(0.1)
        assert taking.cancelled()
        assert emulator.open_sockets == 0


async def test_a_stage_that_was_never_set_up_closes_it() -> None:
    async with vendor() as (emulator, deepgram):
        warmed = asyncio.ensure_future(deepgram.speak(OPTIONS))
        await asyncio.sleep(0.1)
        await AuraTTS(deepgram, socket=warmed).cleanup()
        await asyncio.sleep(0.1)
        assert emulator.open_sockets == 0


async def test_the_stage_speaks_over_it() -> None:
    async with vendor() as (emulator, deepgram):
        warmed = asyncio.ensure_future(deepgram.speak(OPTIONS))
        async with Bench(AuraTTS(deepgram, socket=warmed)) as bench:
            out = await bench.send(*reply("Hello."), Wait(1))
            assert audible(out.down) == "Hello."
            assert emulator.connections == 1
