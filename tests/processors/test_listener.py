"""When Deepgram misses the end of what the caller said, the turn still ends, with all its words, once."""

import pytest

from processors.deepgram_stt import DeepgramSTT
from tests.processors.listening import LONG, NAME, YES, Phone, deepgram, ears, now, said, turns, words
from tests.support import Bench
from trunkline.sandbox.listen import ListenEmulator, ListenFault

NOISE = ListenFault(no_endpoint=True)
DEAF = ListenFault(no_endpoint=True, ignore_finalize=True)


@pytest.mark.parametrize("vad", [True, False])
async def test_words_that_stay_interim_are_asked_for(vad: bool) -> None:
    emulator = ListenEmulator(ears, fault=NOISE)
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench, vad=vad)
        await phone.say(NAME)
        ended = now()
        await phone.pause(2500)
        assert said(bench) == [NAME]
        assert turns(bench) == 1
        (order,) = emulator.connections[0].orders
        assert order.data == b'{"type":"Finalize"}'
        assert order.at - ended == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize("vad", [True, False])
async def test_words_that_nobody_makes_final_are_taken_as_they_are_and_not_twice(vad: bool) -> None:
    emulator = ListenEmulator(ears, fault=DEAF)
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench, vad=vad)
        for text in (NAME, YES):
            await phone.say(text)
            await phone.pause(2500)
        assert said(bench) == [NAME, YES]
        assert turns(bench) == 2


async def test_without_endpointing_the_missing_words_end_the_turn() -> None:
    emulator = ListenEmulator(ears)
    stt_options = {"endpointing": False}
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client, options=stt_options)) as bench:
        phone = Phone(bench)
        for text in (NAME, LONG):
            await phone.say(text)
            await phone.pause(2500)
        assert words(bench) == f"{NAME} {LONG}"
        assert turns(bench) == 2
        assert not any(message["speech_final"] for _, message in results(emulator))


async def test_a_recogniser_that_never_says_that_an_utterance_ended() -> None:
    emulator = ListenEmulator(ears)
    options = {"endpointing": False, "utterance_end_ms": None}
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client, options=options)) as bench:
        phone = Phone(bench)
        await phone.say(NAME)
        await phone.pause(2500)
        assert said(bench) == [NAME]
        assert turns(bench) == 1


async def test_late_results_are_waited_for() -> None:
    emulator = ListenEmulator(ears, fault=ListenFault(slow_ms=600))
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        await phone.say(NAME)
        await phone.pause(2500)
        assert said(bench) == [NAME]
        assert turns(bench) == 1


async def test_words_taken_as_they_are_are_not_sent_to_the_next_socket() -> None:
    emulator = ListenEmulator(ears, faults=[DEAF])
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        await phone.say(NAME)
        await phone.pause(1800)
        assert said(bench) == [NAME]
        await emulator.drop()
        await phone.pause(1500)
        assert said(bench) == [NAME]
        assert turns(bench) == 1


@pytest.mark.parametrize("stall_ms", [1000, 1800, 2400])
async def test_a_recogniser_that_is_behind_is_waited_for(stall_ms: int) -> None:
    # It has heard half of the sentence; taking that for all of it would answer half a sentence.
    fault = ListenFault(stall_after_ms=800, stall_ms=stall_ms)
    emulator = ListenEmulator(ears, fault=fault)
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        await phone.say(NAME)
        await phone.pause(3500)
        assert said(bench) == [NAME]
        assert turns(bench) == 1


async def test_a_caller_who_goes_on_speaking_is_not_cut_short_by_an_answer() -> None:
    # Words are asked for a second after the caller paused; the answer arrives when he has gone on.
    emulator = ListenEmulator(ears, fault=ListenFault(no_endpoint=True, slow_ms=350))
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench, step_ms=20)
        await phone.say(YES)
        await phone.pause(1060)
        await phone.say(NAME)
        assert said(bench) == [YES]
        assert turns(bench) == 0
        await phone.pause(2500)
        assert words(bench) == f"{YES} {NAME}"
        assert turns(bench) == 1


def results(emulator: ListenEmulator) -> list[tuple[float, dict[str, object]]]:
    sent = [(at, message) for connection in emulator.connections for at, message in connection.sent]
    return [(at, message) for at, message in sent if message["type"] == "Results"]
