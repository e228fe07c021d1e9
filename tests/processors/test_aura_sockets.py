"""A lost connection is not heard; a vendor that cannot be had is reported, and holds nothing up."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from pipecat.frames.frames import EndFrame, ErrorFrame, InterruptionFrame

from processors.aura_tts import AuraTTS
from processors.deepgram import Deepgram, Socket
from processors.errors import VendorBusy, VendorError, VendorRefused, VendorUnavailable
from tests.speaking import audible, outline, reply, serving, speaking
from tests.support import Bench, Wait
from trunkline.sandbox.speak import Pace, SpeakEmulator
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.voice import ScriptedVoice

TEXT = "Please call me back tomorrow, or the day after."
VOICE = ScriptedVoice()


@pytest.mark.parametrize("code", [1011, 1006, None], ids=["closed", "closed oddly", "lost"])
@pytest.mark.parametrize("characters", [0.1, 9, 9.6, 12, 30, 46.9])
async def test_what_was_cut_goes_on_and_no_more_than_a_word_is_said_twice(
    characters: float, code: int | None
) -> None:
    cut = SpeakFault(close_after_bytes=int(characters * 533), close_code=None if code == 1006 else code)
    emulator = SpeakEmulator(VOICE, faults=[cut])
    async with speaking(emulator) as bench:
        out = await bench.send(*reply(TEXT, "Goodbye."), Wait(3))
        first = TEXT[: round(characters)]
        again = TEXT[TEXT.rfind(" ", 0, int(characters)) + 1 :]
        assert outline(out.down)[2:6] == [TEXT, f"~{first}{again}", "Goodbye.", "~Goodbye."]
        assert not out.up_of(ErrorFrame)
    assert emulator.connections == 2


async def test_the_gap_is_short() -> None:
    emulator = SpeakEmulator(VOICE, faults=[SpeakFault(close_after_bytes=5330)], pace=Pace(speed=1))
    async with speaking(emulator) as bench:
        await bench.send(*reply(TEXT), Wait(4))
    said = emulator.spoken
    assert said[1].at - said[0].at == pytest.approx(0.08 + 10 / 15, abs=0.15)


async def test_several_losses_in_a_row_are_survived() -> None:
    faults = [SpeakFault(close_after_bytes=bytes_) for bytes_ in (3000, 4000, 5000)]
    emulator = SpeakEmulator(VOICE, faults=faults)
    async with speaking(emulator) as bench:
        out = await bench.send(*reply(TEXT), Wait(6))
        assert audible(out.down).endswith("or the day after.")
        assert not out.up_of(ErrorFrame)


async def test_a_loss_with_nothing_received_yet_is_not_heard_at_all() -> None:
    emulator = SpeakEmulator(VOICE)
    async with speaking(emulator) as bench:
        await bench.send(*reply("One.", "Two."))
        emulator.drop()
        out = await bench.send(Wait(2))
        assert audible(out.down) == "One.Two."


async def test_an_idle_loss_is_mended_once_and_then_when_it_matters() -> None:
    emulator = SpeakEmulator(VOICE)
    async with speaking(emulator) as bench:
        for open_sockets in (1, 0):
            emulator.drop()
            await bench.send(Wait(1))
            assert emulator.open_sockets == open_sockets
        out = await bench.send(*reply("Hello."), Wait(1))
        assert audible(out.down) == "Hello."
        emulator.drop()
        await bench.send(Wait(1))
        assert emulator.open_sockets == 1
        assert not out.up_of(ErrorFrame)


@pytest.mark.parametrize(
    ("status", "kind"), [(401, VendorRefused), (403, VendorRefused), (400, VendorRefused)]
)
async def test_a_refusal_is_reported_at_once_and_once(status: int, kind: type[VendorError]) -> None:
    emulator = SpeakEmulator(VOICE, fault=SpeakFault(refuse=status))
    async with speaking(emulator) as bench:
        out = await bench.send(Wait(0.1))
        assert [type(error.exception) for error in out.up_of(ErrorFrame)] == [kind]
        assert str(status) in out.up_of(ErrorFrame)[0].error
        out = await bench.send(*reply("Hello."), EndFrame())
        assert outline(out.down) == ["LLMFullResponseStartFrame", "LLMFullResponseEndFrame", "EndFrame"]
        assert len(out.up_of(ErrorFrame)) == 1
        assert not bench.stage.is_usable


async def test_a_wrong_key_and_a_wrong_voice_are_refusals_that_say_what_to_do() -> None:
    async with speaking(SpeakEmulator(VOICE, api_key="another")) as bench:
        out = await bench.send(Wait(0.1))
        assert "DEEPGRAM_API_KEY" in out.up_of(ErrorFrame)[0].error
    async with speaking(SpeakEmulator(VOICE), voice="aura-2-nobody-en") as bench:
        out = await bench.send(Wait(0.1))
        assert "aura-2-nobody-en" in out.up_of(ErrorFrame)[0].error


@pytest.mark.parametrize(("status", "kind"), [(503, VendorUnavailable), (429, VendorBusy)])
async def test_a_vendor_that_is_down_is_nobodys_concern_until_there_is_something_to_say(
    status: int, kind: type[VendorError]
) -> None:
    emulator = SpeakEmulator(VOICE, fault=SpeakFault(refuse=status))
    async with speaking(emulator) as bench:
        out = await bench.send(Wait(60))
        assert not out.up_of(ErrorFrame)
        before = asyncio.get_running_loop().time()
        out = await bench.send(*reply("Hello."), EndFrame())
        assert asyncio.get_running_loop().time() - before < 8
        assert [type(error.exception) for error in out.up_of(ErrorFrame)] == [kind]


async def test_a_vendor_that_comes_back_in_time_is_heard() -> None:
    emulator = SpeakEmulator(VOICE, fault=SpeakFault(refuse=503))
    async with speaking(emulator) as bench:
        await bench.send(*reply("Hello."), Wait(2))
        emulator.fault = SpeakFault()
        out = await bench.send(Wait(3))
        assert audible(out.down) == "Hello."
        assert not out.up_of(ErrorFrame)


async def test_a_vendor_that_always_breaks_off_is_given_up() -> None:
    emulator = SpeakEmulator(VOICE, fault=SpeakFault(close_after_bytes=0))
    async with speaking(emulator) as bench:
        out = await bench.send(*reply("Hello."), Wait(15))
        assert "broke off" in out.up_of(ErrorFrame)[0].error
        assert outline(out.down)[-1] == "LLMFullResponseEndFrame"
    assert emulator.connections < 20


async def test_old_failures_are_forgotten() -> None:
    emulator = SpeakEmulator(VOICE, fault=SpeakFault(refuse=503))
    async with speaking(emulator) as bench:
        await bench.send(*reply("Hello."), Wait(3), InterruptionFrame(), Wait(60), *reply("Again."), Wait(1))
        emulator.fault = SpeakFault()
        out = await bench.send(Wait(3))
        assert audible(out.down) == "Again."


async def test_nobody_there() -> None:
    async with serving(SpeakEmulator(VOICE)) as url:
        pass
    deepgram = Deepgram("some-key", url)
    async with Bench(AuraTTS(deepgram)) as bench:
        out = await bench.send(*reply("Hello."), EndFrame())
        assert isinstance(out.up_of(ErrorFrame)[0].exception, VendorUnavailable)
    await deepgram.close()


@pytest.mark.parametrize("error", [RuntimeError("a bug"), VendorUnavailable("Deepgram", "is away")])
async def test_whatever_goes_wrong_with_opening_nothing_hangs(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    deepgram = Deepgram("some-key", "http://127.0.0.1:9")
    monkeypatch.setattr(deepgram, "speak", _raising(error))
    async with Bench(AuraTTS(deepgram)) as bench:
        out = await bench.send(*reply("Hello."), EndFrame())
        assert isinstance(out.up_of(ErrorFrame)[0].exception, VendorUnavailable)
    await deepgram.close()


def _raising(error: Exception) -> Callable[[object], Awaitable[Socket]]:
    async def speak(options: object) -> Socket:
        raise error

    return speak
