"""What the caller says comes out exactly once, whatever happens to the socket."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from loguru import logger
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    MetricsFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    TextFrame,
    TranscriptionFrame,
)
from pipecat.metrics.metrics import TTFBMetricsData
from pipecat.transcriptions.language import Language

from processors import g711
from processors.deepgram import Socket
from processors.deepgram_socket import DeepgramSocket
from processors.deepgram_stt import DeepgramSTT
from tests.processors.listening import (
    LONG,
    NAME,
    PHRASES,
    VAD_MS,
    YES,
    Phone,
    deepgram,
    ears,
    errors,
    said,
    turns,
    words,
)
from tests.processors.stock import Given
from tests.support import Bench, Wait
from trunkline.sandbox.listen import ListenEmulator, ListenFault


async def test_words_come_out_exact_and_the_turn_ends_behind_them() -> None:
    async with deepgram(ListenEmulator(ears)) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench, step_ms=20)
        await phone.pause(500)
        await phone.say(NAME)
        await phone.pause(1500)
        texts = [
            f
            for f in bench.heard.down
            if isinstance(f, (TranscriptionFrame, ProposedUserStoppedSpeakingFrame))
        ]
        assert said(bench) == [NAME]
        assert [type(f) for f in texts] == [TranscriptionFrame, ProposedUserStoppedSpeakingFrame]
        assert bench.heard.of(TranscriptionFrame)[0].finalized
        assert bench.heard.of(TranscriptionFrame)[0].language is Language.EN
        interims = [f.text for f in bench.heard.of(InterimTranscriptionFrame)]
        assert interims[0] == "My"
        assert interims[-1] == NAME


async def test_several_utterances_and_a_long_one_of_several_finals() -> None:
    async with deepgram(ListenEmulator(ears)) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        for text in (YES, LONG, NAME):
            await phone.say(text)
            await phone.pause(1600)
        assert words(bench) == f"{YES} {LONG} {NAME}"
        assert len(said(bench)) > 3
        assert turns(bench) == 3


async def test_plain_frames_are_encoded_and_audio_ends_here() -> None:
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        pcm = g711.decode(PHRASES[YES])
        await bench.send(InputAudioRawFrame(audio=pcm, sample_rate=8000, num_channels=1), TextFrame("on"))
        assert emulator.connections[0].audio == g711.encode(pcm)
        assert [f.text for f in bench.heard.of(TextFrame)] == ["on"]
        assert not bench.heard.of(InputAudioRawFrame)


async def test_what_goes_to_deepgram() -> None:
    emulator = ListenEmulator(ears, api_key="secret")
    async with deepgram(emulator) as client:
        stt = DeepgramSTT(client, keyterms=["Harbour Dental", "Invisalign"], options={"numerals": True})
        async with Bench(stt) as bench:
            await Phone(bench, step_ms=20).pause(1000)
            await bench.send(EndFrame(), Wait(0.2))
    query = emulator.requests[0].query
    assert dict(query) == {
        "model": "nova-3",
        "language": "en",
        "encoding": "mulaw",
        "sample_rate": "8000",
        "channels": "1",
        "interim_results": "true",
        "vad_events": "true",
        "endpointing": "300",
        "utterance_end_ms": "1000",
        "smart_format": "true",
        "numerals": "true",
        "keyterm": "Invisalign",
    }
    assert [value for name, value in query if name == "keyterm"] == ["Harbour Dental", "Invisalign"]
    sizes = [len(data) for _, data in emulator.connections[0].received]
    assert min(sizes) >= 160
    assert max(sizes) <= 800
    assert emulator.connections[0].orders[-1].data == b'{"type":"CloseStream"}'
    assert emulator.connections[0].close_code == 1000


async def test_without_a_vad_all_is_heard_as_well() -> None:
    async with deepgram(ListenEmulator(ears)) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench, vad=False)
        for _ in range(2):
            await phone.say(NAME)
            await phone.pause(1500)
        assert said(bench) == [NAME, NAME]
        assert turns(bench) == 2


async def test_the_wait_for_the_end_of_a_turn_is_measured_from_the_end_of_speech() -> None:
    async with (
        deepgram(ListenEmulator(ears)) as client,
        Bench(DeepgramSTT(client), metrics=True) as bench,
    ):
        phone = Phone(bench, step_ms=20)
        await phone.say(YES)
        await phone.pause(1500)
        (metrics,) = bench.heard.of(MetricsFrame)
        (data,) = metrics.data
        assert isinstance(data, TTFBMetricsData)
        assert data.processor == bench.stage.name
        assert data.value == pytest.approx(0.35, abs=0.03)


async def test_speech_started_is_only_passed_on_where_it_is_asked_for() -> None:
    for wanted in (False, True):
        async with (
            deepgram(ListenEmulator(ears)) as client,
            Bench(DeepgramSTT(client, speech_started=wanted)) as bench,
        ):
            await Phone(bench).say(YES)
            assert len(bench.heard.of(ProposedUserStartedSpeakingFrame)) == int(wanted)


async def test_audio_of_another_rate_is_said_to_be_wrong_once() -> None:
    async with deepgram(ListenEmulator(ears)) as client, Bench(DeepgramSTT(client)) as bench:
        wrong = InputAudioRawFrame(audio=bytes(640), sample_rate=16000, num_channels=1)
        await bench.send(wrong, wrong)
        (error,) = errors(bench)
        assert isinstance(error, ErrorFrame)
        assert "16000 Hz" in error.error


async def test_options_that_the_sdk_does_not_know_are_reported_not_swallowed() -> None:
    options = {"no_such_option": 1}
    async with (
        deepgram(ListenEmulator(ears)) as client,
        Bench(DeepgramSTT(client, options=options)) as bench,
    ):
        await bench.send(Wait(0.1))
        assert "no_such_option" in errors(bench)[0].error
        assert not bench.stage.is_usable


class Scripted(Socket):
    """A socket on which all that is to come has come already."""

    def __init__(self, *messages: str) -> None:
        super().__init__(None, DeepgramSocket("ws://nowhere", {}), AsyncExitStack())
        self._messages = list(messages)
        self.recv = self._next

    async def send(self, data: str | bytes) -> None:
        pass

    async def _next(self) -> str | bytes:
        if not self._messages:
            await asyncio.Event().wait()
        return self._messages.pop(0)


async def test_messages_that_say_nothing_are_noted_once_and_change_nothing() -> None:
    socket = Scripted(
        '{"type":"Metadata","request_id":"x"}',
        '{"type":"Warning","code":"SLOW_DOWN","description":"private"}',
        '{"type":"Warning","code":"SLOW_DOWN"}',
        '{"type":"Error","variant":"SchemaError","message":"private"}',
        '{"type":"Tomorrow"}',
        '{"type":"Results","is_final":true,"speech_final":true,'
        '"channel":{"alternatives":[{"transcript":"hola","languages":["es"]}]}}',
    )
    logged: list[str] = []
    sink = logger.add(logged.append, level="WARNING", format="{message}")
    async with (
        deepgram(ListenEmulator(ears)) as client,
        Bench(DeepgramSTT(client, stock=Given(socket))) as bench,
    ):
        assert [type(f) for f in bench.heard.down] == [TranscriptionFrame, ProposedUserStoppedSpeakingFrame]
        assert bench.heard.of(TranscriptionFrame)[0].language is Language.ES
        assert bench.heard.of(TranscriptionFrame)[0].user_id == "caller"
    logger.remove(sink)
    assert len(logged) == 2
    assert "SLOW_DOWN" in logged[0]
    assert "private" not in "".join(logged)


async def test_errors_and_logs_carry_no_words_and_no_key() -> None:
    emulator = ListenEmulator(ears, faults=[ListenFault(close_after_ms=1200)])
    logged: list[str] = []
    sink = logger.add(logged.append, level="INFO", format="{message}")
    async with deepgram(emulator, "dg-secret") as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        await phone.say(NAME)
        await phone.pause(1000)
    logger.remove(sink)
    text = "".join(logged)
    assert "listening again" in text
    assert "Anna" not in text
    assert "dg-secret" not in text


async def test_silence_goes_in_larger_messages_than_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    send = DeepgramSocket.send_at_once

    def note(socket: DeepgramSocket, data: bytes) -> bool:
        sizes.append(len(data))
        return send(socket, data)

    monkeypatch.setattr(DeepgramSocket, "send_at_once", note)
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench, step_ms=20)
        await phone.say(YES)
        await phone.pause(3000)
        assert turns(bench) == 1
        assert set(sizes[:-60]) == {160}
        assert set(sizes[-15:]) == {800}
        sizes.clear()
        await phone.say(YES)
        assert set(sizes[VAD_MS // 20 :]) == {160}
        await phone.pause(3000)
        assert said(bench) == [YES, YES]
    connection = emulator.connections[0]
    assert bytes(connection.audio).count(PHRASES[YES]) == 2
