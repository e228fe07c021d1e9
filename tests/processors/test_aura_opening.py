"""The socket that is open already comes first, and is never missed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from processors.aura_opening import AuraOpening, aura_options
from processors.aura_tts import AuraTTS
from processors.deepgram import Deepgram
from tests.processors.stock import Given
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


async def test_a_socket_that_is_open_already_comes_first_and_the_others_are_left_to_other_calls() -> None:
    async with vendor() as (emulator, deepgram):
        stock = Given(await deepgram.speak(OPTIONS), await deepgram.speak(OPTIONS))
        ahead = stock.sockets[0]
        opening = AuraOpening(deepgram, OPTIONS, stock)
        first = await opening.open()
        assert (first, emulator.connections) == (ahead, 2)
        assert stock.asked == [opening.recipe]
        second = await opening.open()
        assert (len(stock.sockets), emulator.connections) == (1, 3)
        for socket in (first, second, *stock.sockets):
            await socket.close()


async def test_if_there_is_none_one_is_opened() -> None:
    async with vendor() as (_, deepgram):
        for stock in (None, Given()):
            socket = await AuraOpening(deepgram, OPTIONS, stock).open()
            assert socket.is_open
            await socket.close()


async def test_the_stage_speaks_over_it() -> None:
    async with vendor() as (emulator, deepgram):
        stock = Given(await deepgram.speak(OPTIONS))
        async with Bench(AuraTTS(deepgram, stock=stock)) as bench:
            out = await bench.send(*reply("Hello."), Wait(1))
            assert audible(out.down) == "Hello."
            assert emulator.connections == 1


async def test_a_socket_that_died_unseen_costs_the_caller_nothing_but_a_handshake() -> None:
    async with vendor() as (emulator, deepgram):
        stock = Given(await deepgram.speak(OPTIONS))
        emulator.drop()
        async with Bench(AuraTTS(deepgram, stock=stock)) as bench:
            out = await bench.send(*reply("Hello."), Wait(1))
            assert audible(out.down) == "Hello."
            assert emulator.connections == 2


async def test_a_socket_that_waited_is_replaced_an_hour_after_it_was_opened_not_after_it_was_taken() -> None:
    async with vendor() as (emulator, deepgram):
        stock = Given(await deepgram.speak(OPTIONS))
        await asyncio.sleep(600)
        async with Bench(AuraTTS(deepgram, stock=stock)) as bench:
            await bench.send(Wait(44 * 60), *reply("Still here."), Wait(2))
            assert emulator.connections == 1
            await bench.send(Wait(2 * 60), *reply("Still here."), Wait(2))
            assert emulator.connections == 2


async def test_another_voice_is_another_socket() -> None:
    async with vendor() as (_, deepgram):
        opening = AuraOpening(deepgram, OPTIONS)
        first = await opening.open()
        assert opening.voice == "aura-2-thalia-en"
        opening.want("aura-2-celeste-es")
        assert opening.voice == "aura-2-thalia-en"
        second = await opening.open()
        assert opening.voice == "aura-2-celeste-es"
        assert opening.recipe.options == {**OPTIONS, "model": "aura-2-celeste-es"}
        for socket in (first, second):
            await socket.close()
