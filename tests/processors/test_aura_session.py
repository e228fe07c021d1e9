"""Aura's limits are kept without a pause, and a vendor that falls silent is noticed."""

import asyncio

import pytest
from loguru import logger
from pipecat.frames.frames import ErrorFrame, LLMFullResponseStartFrame, TTSTextFrame

from processors.errors import VendorUnavailable
from processors.speak_limits import RETIREMENT
from tests.speaking import audible, outline, reply, sentence, speaking
from tests.support import Bench, Wait
from trunkline.sandbox.speak import Pace, SpeakEmulator, SpeakRequest
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.voice import ScriptedVoice

LONG = "This is a rather long sentence, for there must be time to cut it."
VOICE = ScriptedVoice()
FAST = Pace(speed=200, chunk_ms=(1000, 2000))


def words(characters: int) -> str:
    """A text of that length."""
    return ("word " * characters)[: characters - 1] + "."


def letters(text: str) -> str:
    """Between a text's parts there may be a space or none."""
    return text.replace(" ", "")


def flushes(requests: list[SpeakRequest]) -> list[str]:
    """What was spoken, one string a flush."""
    groups = [""]
    for request in requests:
        if request.type == "Flush":
            groups.append("")
        groups[-1] += request.text
    return groups[:-1]


def failure(bench: Bench) -> Exception | None:
    errors = bench.heard.up_of(ErrorFrame)
    assert len(errors) <= 1
    return errors[0].exception if errors else None


async def test_each_sentence_has_its_flush() -> None:
    emulator = SpeakEmulator(VOICE)
    async with speaking(emulator) as bench:
        await bench.send(*reply("One.", "Two.", "Three."), Wait(2))
    assert flushes(list(emulator.requests)) == ["One.", "Two.", "Three."]


async def test_when_flushes_run_short_sentences_share_one_and_a_reply_still_begins_at_once() -> None:
    emulator = SpeakEmulator(VOICE, pace=FAST)
    async with speaking(emulator) as bench:
        for turn in range(3):
            await bench.send(*reply(*(f"Sentence {turn} {n}." for n in range(7))), Wait(1))
        flushed = flushes(list(emulator.requests))
        assert flushed[:15] == [f"Sentence {n // 7} {n % 7}." for n in range(15)]
        assert flushed[15:] == [" ".join(f"Sentence 2 {n}." for n in range(1, 7))]
        assert audible(bench.heard.down).count("Sentence") == 21
    assert emulator.connections == 1


async def test_no_flush_is_ever_ignored_however_many_replies_there_are() -> None:
    emulator = SpeakEmulator(VOICE, pace=FAST)
    async with speaking(emulator) as bench:
        for turn in range(50):
            await bench.send(*reply(f"Turn {turn}.", "Is that so?"), Wait(0.5))
        assert audible(bench.heard.down).count("Is that so?") == 50
    assert emulator.connections > 1


async def test_a_sentence_that_has_been_heard_is_not_joined_by_another() -> None:
    emulator = SpeakEmulator(VOICE, pace=Pace(needs_flush=False))
    async with speaking(emulator) as bench:
        await bench.send(*reply(*(f"Sentence {n}." for n in range(16))), Wait(3))
        await bench.send(LLMFullResponseStartFrame(), sentence("A."), Wait(1), sentence("B."), Wait(1))
        await bench.send(sentence("C."), Wait(1))
        texts = [frame.text for frame in bench.heard.of(TTSTextFrame)]
        assert texts[-3:] == ["A.", "B.", "C."]
        assert outline(bench.heard.down)[-4:] == ["B.", "~B.", "C.", "~C."]


async def test_a_text_of_any_length_is_spoken_in_messages_that_are_allowed() -> None:
    text = words(3000)
    emulator = SpeakEmulator(VOICE, pace=FAST)
    async with speaking(emulator) as bench:
        await bench.send(*reply(text), Wait(60))
        assert letters(audible(bench.heard.down)) == letters(text)
    assert all(len(request.text) <= 2000 for request in emulator.spoken)


async def test_more_than_a_minutes_worth_of_text_goes_to_another_socket_without_a_wait() -> None:
    emulator = SpeakEmulator(VOICE, pace=FAST)
    sentences = [words(200).replace("word", f"w{n:03}") for n in range(18)]
    async with speaking(emulator) as bench:
        before = asyncio.get_running_loop().time()
        await bench.send(*reply(*sentences), Wait(8))
        assert letters(audible(bench.heard.down)) == letters("".join(sentences))
        assert asyncio.get_running_loop().time() - before < 20
    assert emulator.connections >= 2
    assert {request.socket for request in emulator.spoken} == set(range(1, emulator.connections + 1))


async def test_an_old_socket_is_replaced_while_nobody_speaks() -> None:
    emulator = SpeakEmulator(VOICE)
    async with speaking(emulator) as bench:
        await bench.send(Wait(RETIREMENT + 1))
        assert (emulator.connections, emulator.open_sockets) == (2, 1)
        await bench.send(*reply("Still there?"), Wait(2))
        assert audible(bench.heard.down) == "Still there?"


async def test_a_call_of_three_hours_loses_nothing() -> None:
    emulator = SpeakEmulator(VOICE)
    async with speaking(emulator) as bench:
        for n in range(18):
            await bench.send(*reply(f"Part {n}."), Wait(600))
        assert audible(bench.heard.down) == "".join(f"Part {n}." for n in range(18))
        assert failure(bench) is None


async def test_silence_is_noticed_and_the_text_said_on_another_socket() -> None:
    emulator = SpeakEmulator(VOICE, faults=[SpeakFault(silent=True)])
    async with speaking(emulator) as bench:
        out = await bench.send(*reply("One.", "Two."), Wait(2.9))
        assert emulator.connections == 1
        out = await bench.send(Wait(2))
        assert audible(out.down) == "One.Two."
        assert failure(bench) is None


async def test_silence_in_the_middle_is_noticed_and_the_rest_said_on_another_socket() -> None:
    emulator = SpeakEmulator(VOICE, faults=[SpeakFault(silent_after_bytes=533 * 20)])
    async with speaking(emulator) as bench:
        out = await bench.send(*reply(LONG, "And more."), Wait(6))
        assert LONG[:20] == "This is a rather lon"
        assert outline(out.down)[2:6] == [LONG, f"~{LONG[:20]}{LONG[17:]}", "And more.", "~And more."]


async def test_a_slow_vendor_is_not_taken_for_a_silent_one() -> None:
    emulator = SpeakEmulator(VOICE, fault=SpeakFault(slow_ms=2500), pace=Pace(speed=1))
    async with speaking(emulator) as bench:
        out = await bench.send(*reply(LONG, LONG, LONG), Wait(25))
        assert audible(out.down) == LONG * 3
    assert emulator.connections == 1


async def test_a_vendor_that_stays_silent_is_given_up_and_holds_nothing_up() -> None:
    emulator = SpeakEmulator(VOICE, fault=SpeakFault(silent=True))
    async with speaking(emulator) as bench:
        out = await bench.send(*reply("One."), Wait(6.5))
        assert isinstance(failure(bench), VendorUnavailable)
        assert not bench.stage.is_usable
        assert outline(out.down) == ["LLMFullResponseStartFrame", "LLMFullResponseEndFrame"]
        out = await bench.send(*reply("Two."))
        assert outline(out.down)[2:] == ["LLMFullResponseStartFrame", "LLMFullResponseEndFrame"]
        assert emulator.open_sockets == 0


async def test_a_stage_that_is_made_usable_again_speaks() -> None:
    emulator = SpeakEmulator(VOICE, fault=SpeakFault(silent=True))
    async with speaking(emulator) as bench:
        await bench.send(*reply("One."), Wait(7))
        emulator.fault = SpeakFault()
        await bench.stage.set_usable(True)
        out = await bench.send(*reply("Two."), Wait(2))
        assert audible(out.down) == "Two."


async def test_a_text_that_gets_no_sound_is_asked_for_again() -> None:
    emulator = SpeakEmulator(VOICE, faults=[SpeakFault(mute=True)])
    async with speaking(emulator) as bench:
        out = await bench.send(*reply("One.", "Two."), Wait(2))
        assert audible(out.down) == "One.Two."


async def test_the_rest_of_a_text_that_gets_no_sound_is_asked_for_again() -> None:
    faults = [SpeakFault(close_after_bytes=533 * 20), SpeakFault(mute=True)]
    async with speaking(SpeakEmulator(VOICE, faults=faults)) as bench:
        out = await bench.send(*reply(LONG), Wait(3))
        assert audible(out.down) == f"{LONG[:20]}{LONG[17:]}"


async def test_one_text_without_sound_is_no_failure_but_three_in_a_row_are() -> None:
    emulator = SpeakEmulator(VOICE, fault=SpeakFault(mute=True))
    async with speaking(emulator) as bench:
        await bench.send(*reply("One."), Wait(2))
        assert failure(bench) is None
        await bench.send(*reply("Two.", "Three."), Wait(2))
        assert isinstance(failure(bench), VendorUnavailable)


async def test_garbage_and_warnings_change_nothing_and_are_told_once() -> None:
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level="WARNING")
    try:
        async with speaking(SpeakEmulator(VOICE, fault=SpeakFault(garbage="}{"))) as bench:
            out = await bench.send(*reply(LONG), Wait(2))
            assert audible(out.down) == LONG
    finally:
        logger.remove(sink)
    assert sum("warns" in line for line in lines) == 1


@pytest.mark.parametrize("needs_flush", [True, False])
async def test_audio_may_come_before_its_flush(needs_flush: bool) -> None:
    emulator = SpeakEmulator(VOICE, pace=Pace(needs_flush=needs_flush))
    async with speaking(emulator) as bench:
        out = await bench.send(*reply("One.", "Two and", "three."), Wait(3))
        assert audible(out.down) == "One.Two andthree."
        assert outline(out.down)[-1] == "LLMFullResponseEndFrame"
