"""Turns come out as Flux hears them, once each, and Flux gets what it was asked to listen for."""

import pytest
from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    MetricsFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
)
from pipecat.metrics.metrics import TTFBMetricsData
from pipecat.transcriptions.language import Language

from processors import g711
from processors.flux_stt import FluxSTT
from tests.processors.listening import BOOK, NAME, PHRASES, YES, Phone, deepgram, ears, errors, said, turns
from tests.support import Bench, Wait
from trunkline.sandbox.ears import PhraseEars
from trunkline.sandbox.flux import FluxEmulator

TURN_FRAMES = (
    ProposedUserStartedSpeakingFrame,
    InterimTranscriptionFrame,
    EagerTranscriptionFrame,
    EagerEndOfTurnCancelFrame,
    TranscriptionFrame,
    ProposedUserStoppedSpeakingFrame,
)

STAGES = {
    ProposedUserStartedSpeakingFrame: "started",
    EagerTranscriptionFrame: "eager",
    EagerEndOfTurnCancelFrame: "resumed",
    TranscriptionFrame: "final",
    ProposedUserStoppedSpeakingFrame: "stopped",
}


def course(bench: Bench) -> list[str]:
    """What became of turns, without the interim words."""
    return [STAGES[type(frame)] for frame in bench.heard.down if type(frame) in STAGES]


def story(bench: Bench) -> list[Frame]:
    return [frame for frame in bench.heard.down if isinstance(frame, TURN_FRAMES)]


async def test_a_turn_begins_with_words_and_ends_behind_them() -> None:
    async with deepgram(FluxEmulator(ears)) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench, step_ms=20)
        await phone.pause(500)
        await phone.say(NAME)
        await phone.pause(1000)
        first, second, *_, final, stopped = story(bench)
        assert isinstance(first, ProposedUserStartedSpeakingFrame)
        assert isinstance(second, InterimTranscriptionFrame)
        assert isinstance(final, TranscriptionFrame)
        assert isinstance(stopped, ProposedUserStoppedSpeakingFrame)
        assert final.finalized
        assert (final.text, final.language, final.user_id) == (NAME, Language.EN, "caller")
        interims = [f.text for f in bench.heard.of(InterimTranscriptionFrame)]
        assert interims == ["My", "My name is", "My name is Anna", NAME]
        assert course(bench) == ["started", "final", "stopped"]


async def test_an_eager_end_of_turn_is_taken_back_when_the_caller_goes_on() -> None:
    async with (
        deepgram(FluxEmulator(ears)) as client,
        Bench(FluxSTT(client, eager_eot_threshold=0.4)) as bench,
    ):
        phone = Phone(bench, step_ms=20)
        await phone.say(NAME)
        await phone.pause(200)
        await phone.say(YES)
        await phone.pause(1500)
        assert course(bench) == ["started", "eager", "resumed", "eager", "final", "stopped"]
        assert [f.text for f in bench.heard.of(EagerTranscriptionFrame)] == [NAME, f"{NAME} {YES}"]
        assert said(bench) == [f"{NAME} {YES}"]


async def test_nobody_who_does_not_ask_for_it_hears_of_an_eager_end() -> None:
    async with deepgram(FluxEmulator(ears)) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench)
        for _ in range(2):
            await phone.say(NAME)
            await phone.pause(1000)
        assert course(bench) == ["started", "final", "stopped"] * 2


async def test_what_goes_to_deepgram() -> None:
    emulator = FluxEmulator(ears, api_key="secret")
    async with deepgram(emulator) as client:
        stt = FluxSTT(client, eager_eot_threshold=0.5, keyterms=["Harbour Dental", "Invisalign"])
        async with Bench(stt) as bench:
            await Phone(bench, step_ms=20).pause(1000)
            await bench.send(EndFrame(), Wait(0.2))
    query = emulator.requests[0].query
    assert dict(query) == {
        "model": "flux-general-en",
        "encoding": "mulaw",
        "sample_rate": "8000",
        "eot_threshold": "0.7",
        "eager_eot_threshold": "0.5",
        "eot_timeout_ms": "5000",
        "keyterm": "Invisalign",
    }
    assert [value for name, value in query if name == "keyterm"] == ["Harbour Dental", "Invisalign"]
    connection = emulator.connections[0]
    assert [len(data) for _, data in connection.received] == [640] * 12 + [320]
    assert [order.data for order in connection.orders] == [b'{"type":"CloseStream"}']
    assert connection.close_code == 1000


async def test_other_audio_is_encoded_and_ends_here() -> None:
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        pcm = g711.decode(PHRASES[YES])
        await bench.send(InputAudioRawFrame(audio=pcm, sample_rate=8000, num_channels=1))
        assert emulator.connections[0].audio == g711.encode(pcm)[: len(PHRASES[YES]) // 640 * 640]
        assert not bench.heard.of(InputAudioRawFrame)


@pytest.mark.parametrize(("vad", "final_ms"), [(True, 400), (True, 100), (False, 400)])
async def test_the_wait_for_the_end_of_a_turn_is_measured_from_the_end_of_speech(
    vad: bool, final_ms: int
) -> None:
    emulator = FluxEmulator(lambda _: PhraseEars(BOOK, final_ms))
    async with deepgram(emulator) as client, Bench(FluxSTT(client), metrics=True) as bench:
        phone = Phone(bench, vad=vad, step_ms=20)
        await phone.say(YES)
        await phone.pause(1500)
        (data,) = bench.heard.of(MetricsFrame)[0].data
        assert isinstance(data, TTFBMetricsData)
        assert data.processor == bench.stage.name
        # Flux is told of the last sound with the message that is full behind it.
        assert data.value == pytest.approx(final_ms / 1000 + 0.04, abs=0.05)


async def test_a_pause_that_the_vad_heard_long_before_the_words_is_not_their_end() -> None:
    async with deepgram(FluxEmulator(ears)) as client, Bench(FluxSTT(client), metrics=True) as bench:
        cough = Phone(bench, step_ms=20)
        await cough.play(g711.SILENCE * 2400, speech=True)
        await cough.pause(5000)
        missed = Phone(bench, vad=False, step_ms=20)
        await missed.say(NAME)
        await missed.pause(1000)
        (data,) = bench.heard.of(MetricsFrame)[0].data
        assert isinstance(data, TTFBMetricsData)
        assert 0.2 < data.value < 0.6


@pytest.mark.parametrize(
    ("hints", "languages", "expected"),
    [
        ((), None, Language.EN),
        (("es",), None, Language.ES),
        (("en", "es"), lambda text: ["es", "en"], Language.ES),
        ((), lambda text: ["tlh"], None),
    ],
)
async def test_the_multilingual_model_says_what_is_spoken(
    hints: tuple[str, ...], languages: object, expected: Language | None
) -> None:
    emulator = FluxEmulator(ears, languages=languages)  # type: ignore[arg-type]
    async with deepgram(emulator) as client:
        stt = FluxSTT(client, model="flux-general-multi", language_hints=hints)
        async with Bench(stt) as bench:
            phone = Phone(bench)
            await phone.say(NAME)
            await phone.pause(700)
            assert bench.heard.of(TranscriptionFrame)[0].language is expected
            assert bench.heard.of(InterimTranscriptionFrame)[0].language is expected
    asked = [value for name, value in emulator.requests[0].query if name == "language_hint"]
    assert asked == list(hints)


def flux(bench: Bench) -> FluxSTT:
    assert isinstance(bench.stage, FluxSTT)
    return bench.stage


async def test_patience_begins_with_the_words_behind_it() -> None:
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench, step_ms=20)
        await phone.pause(100)
        flux(bench).configure(eot_threshold=0.9, eot_timeout_ms=2000)
        await phone.say(NAME)
        await phone.pause(400)
        assert turns(bench) == 0
        await phone.pause(300)
        assert turns(bench) == 1
        flux(bench).configure(eot_threshold=0.7)
        await phone.say(NAME)
        await phone.pause(400)
        assert turns(bench) == 2
        orders = [order.data for order in emulator.connections[0].orders]
        assert orders == [
            b'{"type":"Configure","thresholds":{"eot_threshold":0.9,"eot_timeout_ms":2000}}',
            b'{"type":"Configure","thresholds":{"eot_threshold":0.7}}',
        ]


async def test_one_change_is_under_way_at_a_time_and_the_last_word_counts() -> None:
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        phone = Phone(bench)
        await phone.pause(100)
        for threshold in (0.75, 0.8, 0.85):
            flux(bench).configure(eot_threshold=threshold, keyterms="Anna Baker")
        await phone.pause(500)
        connection = emulator.connections[0]
        assert [order.data for order in connection.orders] == [
            b'{"type":"Configure","thresholds":{"eot_threshold":0.75},"keyterms":["Anna Baker"]}',
            b'{"type":"Configure","thresholds":{"eot_threshold":0.85}}',
        ]
        assert (connection.query.eot_threshold, connection.query.keyterms) == (0.85, ("Anna Baker",))


async def test_a_change_that_was_asked_for_while_connecting_or_before_a_drop_is_not_forgotten() -> None:
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client:
        stt = FluxSTT(client)
        stt.configure(keyterms=["Anna"])
        async with Bench(stt) as bench:
            stt.configure(eot_threshold=0.9)
            phone = Phone(bench)
            await phone.pause(500)
            stt.configure(eot_timeout_ms=900)
            await emulator.drop()
            await phone.pause(500)
            first, second = emulator.connections
            assert (first.query.keyterms, first.query.eot_threshold) == (("Anna",), 0.9)
            assert dict(emulator.requests[1].query)["eot_threshold"] == "0.9"
            assert second.query.eot_timeout_ms == 900
            assert second.orders == []


async def test_what_flux_would_refuse_is_said_at_once() -> None:
    async with deepgram(FluxEmulator(ears)) as client:
        stt = FluxSTT(client, eager_eot_threshold=0.5)
        for wrong in ({"eot_threshold": 0.4}, {"eager_eot_threshold": 0.8}, {"model": "flux-general-multi"}):
            with pytest.raises(ValueError, match=r"0\.4|0\.8|model"):
                stt.configure(**wrong)
        assert stt.options.eot_threshold == 0.7


async def test_a_turn_can_be_ended_by_force_and_what_is_said_later_is_another() -> None:
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client, Bench(FluxSTT(client, eot_threshold=1.0)) as bench:
        phone = Phone(bench)
        await phone.pause(300)
        flux(bench).force_end_turn()  # nobody has said anything: Flux would only warn of it
        await phone.say(NAME)
        await phone.pause(2000)
        assert turns(bench) == 0
        flux(bench).force_end_turn()
        await phone.pause(300)
        assert said(bench) == [NAME]
        assert turns(bench) == 1
        orders = [order.data for order in emulator.connections[0].orders]
        assert orders == [b'{"type":"ForceEndTurn"}']
        await phone.say(YES)
        await phone.pause(6000)
        assert said(bench) == [NAME, YES]


async def test_audio_of_another_rate_is_said_to_be_wrong() -> None:
    async with deepgram(FluxEmulator(ears)) as client, Bench(FluxSTT(client)) as bench:
        await bench.send(InputAudioRawFrame(audio=bytes(640), sample_rate=16000, num_channels=1))
        assert "FluxSTT expects audio at 8000 Hz" in errors(bench)[0].error
