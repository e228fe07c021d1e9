"""A Flux socket may break at any moment; a turn stays one turn, with all its words, and always ends."""

from dataclasses import replace
from itertools import pairwise

import pytest
from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    ErrorFrame,
    TranscriptionFrame,
)

from processors import flux_stt, g711
from processors.errors import VendorUnavailable
from processors.flux_stt import FluxSTT
from tests.processors.listening import (
    LONG,
    NAME,
    PHRASES,
    YES,
    Phone,
    deepgram,
    ears,
    errors,
    said,
    turns,
    words,
)
from tests.processors.test_flux_stt import course
from tests.support import Bench, Wait
from trunkline.sandbox.flux import FluxEmulator
from trunkline.sandbox.listen_faults import ListenFault


def permanent(error: ErrorFrame) -> bool:
    return error.processor is not None and not error.processor.is_usable


@pytest.mark.parametrize("code", [1006, 1011, 1000])
@pytest.mark.parametrize("after_ms", [100, 740, 1180, 1730, 2200])
async def test_half_a_turn_is_neither_lost_nor_taken_for_a_whole_one(after_ms: int, code: int) -> None:
    emulator = FluxEmulator(ears, faults=[ListenFault(close_after_ms=after_ms, close_code=code)])
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench, step_ms=20)
        await phone.pause(200)
        await phone.say(NAME)
        await phone.pause(1500)
        first, second = emulator.connections
        assert said(bench) == [NAME]
        assert course(bench) == ["started", "final", "stopped"]
        assert second.opened_at - (first.closed_at or 0) < 0.3
        assert [type(error.exception) for error in errors(bench)] == [VendorUnavailable]
        assert bench.stage.is_usable


async def test_a_turn_that_was_over_is_not_heard_again() -> None:
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench)
        await phone.say(NAME)
        await phone.pause(600)
        assert turns(bench) == 1
        await emulator.drop()
        await phone.say(YES)
        await phone.pause(1500)
        assert said(bench) == [NAME, YES]
        assert emulator.connections[1].audio_bytes < (600 + 700 + 1500) * 8 + 8000


async def test_breaking_again_and_again() -> None:
    faults = [ListenFault(close_after_ms=900, close_code=1006) for _ in range(4)]
    emulator = FluxEmulator(ears, faults=faults)
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench)
        for text in (YES, NAME):
            await phone.say(text)
            await phone.pause(3000)
        assert said(bench) == [YES, NAME]
        assert turns(bench) == 2


async def test_of_a_turn_that_is_longer_than_memory_no_word_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flux_stt, "DIALECT", replace(flux_stt.DIALECT, kept_ms=3000))
    # The sandbox knows a recording by its blocks: what is left of a word that was cut is not understood.
    emulator = FluxEmulator(ears, faults=[ListenFault(close_after_ms=6500, close_code=1006)])
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench)
        await phone.say(LONG)
        await phone.pause(1500)
        assert len(emulator.connections) == 2
        assert said(bench) == [LONG]
        assert emulator.connections[1].audio_bytes < (3.0 + 7.56 - 6.5 + 1.5) * 8000


async def test_an_eager_end_is_withdrawn_with_the_socket_that_foretold_it() -> None:
    emulator = FluxEmulator(ears)
    async with (
        deepgram(emulator) as client,
        Bench(FluxSTT(client, eager_eot_threshold=0.3, eot_threshold=0.9)) as bench,
    ):
        phone = Phone(bench, step_ms=20)
        await phone.say(NAME)
        await phone.pause(300)
        assert course(bench) == ["started", "eager"]
        await emulator.drop()
        await phone.pause(20)
        assert len(bench.heard.of(EagerEndOfTurnCancelFrame)) == 1
        await phone.pause(1500)
        assert course(bench) == ["started", "eager", "resumed", "eager", "final", "stopped"]
        assert said(bench) == [NAME]


async def test_a_turn_of_which_the_next_socket_hears_nothing_ends_with_what_was_heard() -> None:
    deaf = iter([False, True])

    class Deaf:
        final_ms = None

        async def hear(self, mulaw: bytes) -> list[object]:
            return []

        async def finish(self) -> list[object]:
            return []

        async def close(self) -> None:
            pass

    emulator = FluxEmulator(lambda query: Deaf() if next(deaf) else ears(query))  # type: ignore[arg-type,return-value]
    async with deepgram(emulator) as client, Bench(FluxSTT(client, eot_threshold=0.9)) as bench:
        phone = Phone(bench)
        await phone.say(YES)
        await phone.pause(300)
        await emulator.drop()
        await phone.pause(3000)
        assert said(bench) == [YES]
        assert turns(bench) == 1


async def test_audio_that_stops_in_the_middle_of_a_turn_is_silence_to_flux() -> None:
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench, step_ms=20)
        await phone.say(NAME)
        await bench.send(Wait(2.0))
        assert said(bench) == [NAME]
        assert turns(bench) == 1
        connection = emulator.connections[0]
        assert connection.audio.endswith(g711.SILENCE * 640)
        # No more of it than the turn needed to end, and what the recording itself ends with.
        assert len(connection.audio) - len(connection.audio.rstrip(g711.SILENCE)) < 8 * 1300


async def test_a_network_that_stalls_for_less_than_a_second_cuts_no_turn_in_two() -> None:
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench, step_ms=20)
        middle = len(PHRASES[NAME]) // 320 * 160
        await phone.play(PHRASES[NAME][:middle], speech=True)
        await bench.send(Wait(0.8))
        await phone.play(PHRASES[NAME][middle:], speech=True)
        await phone.pause(700)
        assert said(bench) == [NAME]
        assert emulator.connections[0].audio.startswith(PHRASES[NAME])


async def test_a_line_on_hold_hears_a_little_silence_and_no_keep_alive() -> None:
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench)
        await phone.pause(480)
        before = emulator.connections[0].audio_bytes
        await bench.send(Wait(60))
        (connection,) = emulator.connections
        assert connection.orders == []
        assert connection.audio_bytes - before <= 60 / 4 * 640
        assert all(b.at - a.at < 5 for a, b in pairwise(connection.received))
        await phone.say(NAME)
        await phone.pause(1000)
        assert words(bench) == NAME


async def test_a_silent_socket_is_replaced_and_told_everything() -> None:
    for vad in (True, False):
        emulator = FluxEmulator(ears, faults=[ListenFault(silent=True)])
        async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
            phone = Phone(bench, vad=vad)
            await phone.say(NAME)
            await phone.pause(4000)
            assert said(bench) == [NAME]
            assert turns(bench) == 1
            assert 3.0 < emulator.connections[1].opened_at - emulator.connections[0].opened_at < 4.0
            assert ["fell silent" in error.error for error in errors(bench)] == [True]


@pytest.mark.parametrize("vad", [True, False])
async def test_a_socket_that_falls_silent_in_a_turn_is_replaced(vad: bool) -> None:
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench, vad=vad)
        await phone.pause(600)
        emulator.connections[0]._fault = ListenFault(silent=True)
        await phone.say(NAME)
        await phone.pause(4500)
        assert len(emulator.connections) == 2
        assert said(bench) == [NAME]


async def test_a_socket_that_only_speaks_of_speech_is_not_taken_for_dead() -> None:
    # Deepgram says that it speaks of silence as well; one that does not is no worse for it.
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench, step_ms=20)
        await phone.pause(40)
        emulator.connections[0]._fault = ListenFault(silent=True)
        await phone.pause(20_000)
        assert len(emulator.connections) == 1
        emulator.connections[0]._fault = ListenFault()
        await phone.say(NAME)
        await phone.pause(1000)
        assert said(bench) == [NAME]
        assert not errors(bench)


async def test_a_server_that_connects_and_breaks_off_every_time_is_given_up() -> None:
    emulator = FluxEmulator(ears, fault=ListenFault(close_after_ms=80))
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        await Phone(bench).pause(20_000)
        assert len(emulator.connections) <= 8
        assert permanent(errors(bench)[-1])


async def test_a_fatal_error_is_the_end_of_its_socket_only() -> None:
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench)
        await phone.say(NAME)
        message = {"type": "Error", "code": "INTERNAL_SERVER_ERROR", "description": "private"}
        emulator.connections[0]._say([message], 0)
        await phone.pause(1500)
        assert said(bench) == [NAME]
        assert turns(bench) == 1
        (error,) = errors(bench)
        assert error.error == "Deepgram reported INTERNAL_SERVER_ERROR on the listening socket"
        assert len(emulator.connections) == 2


async def test_a_long_call_keeps_little_audio() -> None:
    emulator = FluxEmulator(ears, keep_audio=False)
    async with deepgram(emulator) as client:
        stt = FluxSTT(client)
        async with Bench(stt) as bench:
            phone, most = Phone(bench, step_ms=500), 0
            for _ in range(6):
                await phone.say(YES)
                for _ in range(8):
                    await phone.pause(1000)
                    most = max(most, len(stt._link.replay))
            assert len(bench.heard.of(TranscriptionFrame)) == 6
            assert most <= 5 * 8000
