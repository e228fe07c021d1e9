"""The VAD says when callers start and stop speaking, soon after they did, and says nothing about noise."""

import asyncio
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    TextFrame,
    UserStartedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection

from benchmarks.load import speech
from processors.frames import RATE, CallerAudioFrame, CallerStoppedFrame
from processors.g711 import PCM, SILENCE, decode, encode
from processors.silero import Silero, shared
from processors.vad import VAD
from processors.voice_activity import VoiceActivitySettings
from tests.support import Bench, Up, contents, heard, same
from trunkline.sandbox.phrases import load

START, STOP = VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame

SECOND = SILENCE * 8000


def packet(mulaw: bytes) -> CallerAudioFrame:
    return CallerAudioFrame(mulaw)


def audible(mulaw: bytes) -> tuple[float, float]:
    """Seconds at which a recording's words begin and end, to 5 ms."""
    words = np.flatnonzero(speech.audible(mulaw))
    return words[0] * 0.005, (words[-1] + 1) * 0.005


def transitions_of(frames: Iterable[Frame]) -> list[type[Frame]]:
    """What a VAD said."""
    return [START if isinstance(f, START) else STOP for f in frames if isinstance(f, (START, STOP))]


class Call:
    """A VAD on its bench, and when it said what (seconds since the call began)."""

    def __init__(self, vad: VAD | None = None) -> None:
        self.vad = vad or VAD()
        self.bench = Bench(self.vad)
        self.said: list[tuple[type[Frame], float]] = []

    async def __aenter__(self) -> "Call":
        await self.bench.__aenter__()
        self._began = asyncio.get_running_loop().time()
        self._spoken = 0.0
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.bench.__aexit__(*error)

    async def speak(self, mulaw: bytes, size: int = 160) -> None:
        """Send audio as the network does: each packet when its last sample has been spoken."""
        for start in range(0, len(mulaw), size):
            sound = mulaw[start : start + size]
            await self.wait(len(sound) / RATE)
            await self.vad.queue_frame(packet(sound))
            self.note()

    async def wait(self, seconds: float) -> None:
        """Let time pass, noting within 2 ms what the VAD says in it."""
        self._spoken += seconds
        loop = asyncio.get_running_loop()
        while (left := self._began + self._spoken - loop.time()) > 1e-9:
            await asyncio.sleep(min(left, 0.002))
            self.note()

    def note(self) -> None:
        transitions = transitions_of(self.bench.heard.down)
        now = asyncio.get_running_loop().time() - self._began
        self.said += [(kind, now) for kind in transitions[len(self.said) :]]

    @property
    def speaking(self) -> bool:
        return self.kinds[-1:] == [START]

    @property
    def kinds(self) -> list[type[Frame]]:
        return [kind for kind, _ in self.said]


async def test_real_speech_starts_and_stops_soon_after_its_words() -> None:
    """Of all callers at once, each with another recording and another phase of packets."""
    late: list[float] = []

    async def caller(mulaw: bytes, phase: float) -> None:
        begins, ends = audible(mulaw)
        async with Call() as call:
            await call.wait(phase)
            await call.speak(SECOND + mulaw + SECOND)
            first, last = call.said[0], call.said[-1]
        assert call.kinds == [START, STOP] * (len(call.said) // 2)
        late.append(first[1] - phase - 1 - begins)
        assert 0.1 < last[1] - phase - 1 - ends < 0.35

    phrases = list(load().values())
    await asyncio.gather(*(caller(mulaw, 0.0037 * place % 0.02) for place, mulaw in enumerate(phrases)))
    assert min(late) > 0
    assert np.median(late) < 0.150
    assert np.percentile(late, 95) < 0.240
    assert max(late) < 0.300


def white(level_dbfs: float) -> NDArray[np.float64]:
    return np.random.default_rng(1).standard_normal(10 * RATE) * 10 ** (level_dbfs / 20)


def tone(*hertz: float, level: float = 0.1) -> NDArray[np.float64]:
    time = np.arange(10 * RATE) / RATE
    sound: NDArray[np.float64] = level * np.sin(2 * np.pi * np.outer(hertz, time)).sum(axis=0)
    return sound


def clicks(a_second: int) -> NDArray[np.float64]:
    random = np.random.default_rng(2)
    sound = white(-60)
    for at in random.choice(10 * RATE - 8, 10 * a_second, replace=False):
        sound[at : at + 8] += random.uniform(-0.9, 0.9) * np.exp(-np.arange(8) / 3)
    return sound


def bursts(sound: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
    """The sound for so long, then silence for so long, and so on."""
    on: NDArray[np.float64] = sound * (np.arange(len(sound)) // int(seconds * RATE) % 2 == 0)
    return on


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(np.zeros(10 * RATE), id="silence"),
        pytest.param(white(-60), id="line noise"),
        pytest.param(white(-40), id="white noise"),
        pytest.param(white(-20), id="loud white noise"),
        pytest.param(bursts(white(-30), 0.2), id="bursts of noise"),
        pytest.param(tone(50, 150), id="mains hum"),
        pytest.param(tone(60, 180), id="mains hum elsewhere"),
        pytest.param(bursts(tone(440, 480), 1.0), id="ringing tone"),
        pytest.param(bursts(tone(770, 1336), 0.1), id="keys"),
        pytest.param(clicks(2), id="a few clicks"),
        pytest.param(clicks(10), id="many clicks"),
        pytest.param(np.tile([0.9, -0.9], 5 * RATE), id="clipping"),
    ],
)
async def test_noise_is_no_voice(sound: NDArray[np.float64]) -> None:
    mulaw = encode((np.clip(sound, -1, 1) * 32767).astype(PCM).tobytes())
    async with Call() as call:
        for start in range(0, len(mulaw), 160):
            await call.bench.send(packet(mulaw[start : start + 160]))
        call.note()
    assert call.kinds == []


async def test_a_voice_is_heard_in_noise() -> None:
    mulaw = max(load().values(), key=len)
    samples = np.frombuffer(decode(mulaw), PCM) + white(-45)[: len(mulaw)] * 32768
    async with Call() as call:
        await call.speak(encode(samples.astype(PCM).tobytes()))
    assert call.kinds[:1] == [START]


async def test_a_faint_voice_is_another_room() -> None:
    mulaw = max(load().values(), key=len)
    faint = encode((np.frombuffer(decode(mulaw), PCM) * 0.01).astype(PCM).tobytes())
    async with Call() as call:
        await call.speak(faint)
    assert call.kinds == []


async def test_who_is_silent_is_not_disturbed_by_who_speaks() -> None:
    mulaw = next(iter(load().values()))
    async with Call() as silent, Call() as speaks:
        await asyncio.gather(silent.speak(SILENCE * len(mulaw)), speaks.speak(mulaw))
    assert (silent.kinds, speaks.kinds[:1]) == ([], [START])


async def test_both_directions_are_told_how_long_it_took_to_be_sure() -> None:
    settings = VoiceActivitySettings(start_ms=96, stop_ms=320)
    async with Call(VAD(settings)) as call:
        await call.speak(next(iter(load().values())) + SECOND)
        out = call.bench.heard
    told = [frame for frame in out.down if isinstance(frame, (START, STOP))]
    assert contents(told[0]) == contents(START(start_secs=0.096))
    assert isinstance(told[-1], STOP)
    assert told[-1].stop_secs == 0.32
    assert [contents(frame) for frame in told] == [contents(frame) for frame in out.up]
    assert [frame.broadcast_sibling_id for frame in told] == [frame.id for frame in out.up]


async def test_the_end_of_speech_is_told_as_it_was_and_not_as_it_was_noticed() -> None:
    for mulaw in map(speech.trimmed, list(load().values())[:6]):
        async with Call() as call:
            began = asyncio.get_running_loop().time()
            await call.speak(SECOND + mulaw + SECOND)
            stop = call.bench.heard.of(CallerStoppedFrame)[-1]
        ended = began + 1 + audible(mulaw)[1]
        assert stop.ended_at == pytest.approx(ended, abs=0.005)
        assert stop.arrived_at == pytest.approx(stop.ended_at, abs=0.001)
        assert ended + 0.1 < stop.noticed_at < ended + 0.35


async def test_a_voice_that_is_cut_off_ends_with_its_last_packet() -> None:
    mulaw = next(iter(load().values()))
    half = mulaw[: len(mulaw) // 2 // 160 * 160]
    async with Call() as call:
        await call.speak(SECOND + half)
        last = asyncio.get_running_loop().time()
        await call.wait(1.5)
        stop = call.bench.heard.of(CallerStoppedFrame)[-1]
    assert stop.ended_at == pytest.approx(last, abs=0.05)
    assert stop.noticed_at == pytest.approx(last + 1, abs=0.01)


@pytest.mark.parametrize("size", [40, 80, 160, 400, 1600])
async def test_packets_may_have_any_length(size: int) -> None:
    mulaw = min(load().values(), key=len)
    async with Call() as call:
        await call.speak(SILENCE * 2000 + mulaw + SILENCE * 4000, size)
    assert call.kinds == [START, STOP] * (len(call.said) // 2)
    assert call.said


async def test_audio_that_comes_all_at_once_tells_the_same_story() -> None:
    mulaw = max(load().values(), key=len) + SECOND
    async with Call() as paced:
        await paced.speak(mulaw)
    async with Call() as stalled:
        for start in range(0, len(mulaw), 160):
            await stalled.vad.queue_frame(packet(mulaw[start : start + 160]))
        await stalled.wait(0.5)
    assert paced.kinds == stalled.kinds
    assert len(paced.kinds) >= 2


async def test_a_caller_whose_audio_stops_has_stopped_speaking() -> None:
    begins, ends = audible(mulaw := max(load().values(), key=len))
    cut = mulaw[: int((begins + ends) / 4 * RATE) // 160 * 160]
    async with Call() as call:
        await call.speak(cut)
        assert call.speaking
        await call.wait(3)
        assert not call.speaking
        assert call.said[-1][1] == pytest.approx(len(cut) / RATE + 1, abs=0.02)
        before = len(call.said)
        await call.speak(mulaw)
        assert call.kinds[before : before + 1] == [START]


async def test_noise_after_a_gap_is_not_the_voice_before_it() -> None:
    noise = encode((white(-35)[:RATE] * 32767).astype(PCM).tobytes())

    async def caller(mulaw: bytes) -> None:
        async with Call() as call:
            await call.speak(mulaw[: len(mulaw) // 320 * 160])
            await call.wait(2)
            before = call.kinds
            await call.speak(noise)
        assert before[-1:] == [STOP]
        assert call.kinds == before

    await asyncio.gather(*(caller(mulaw) for mulaw in list(load().values())[:8]))


async def test_a_short_gap_is_no_silence() -> None:
    mulaw = max(load().values(), key=len)
    async with Call() as call:
        await call.speak(mulaw[:8000])
        said = len(call.said)
        await call.wait(0.9)
        assert call.speaking
        assert len(call.said) == said


async def test_audio_passes_at_once_as_the_same_object() -> None:
    frames = [packet(SILENCE * 160) for _ in range(8)]
    async with Bench(VAD()) as bench:
        for frame in frames:
            await bench.stage.queue_frame(frame)
        assert all(ours is theirs for ours, theirs in zip(bench.heard.down, frames, strict=True))


async def test_everything_else_passes_both_ways() -> None:
    out = await heard(
        VAD(),
        TextFrame("a"),
        UserStartedSpeakingFrame(),
        Up(TextFrame("b")),
        Up(InterruptionFrame()),
        EndFrame(),
    )
    assert same(out.down, [TextFrame("a"), UserStartedSpeakingFrame(), EndFrame()])
    assert same(out.up, [TextFrame("b"), InterruptionFrame()])


@pytest.mark.parametrize(("rate", "channels"), [(16000, 1), (8000, 2)])
async def test_audio_of_another_format_is_reported_once_and_passes(rate: int, channels: int) -> None:
    frame = InputAudioRawFrame(audio=bytes(640), sample_rate=rate, num_channels=channels)
    out = await heard(VAD(), frame, frame, frame, EndFrame())
    assert same(out.down, [frame, frame, frame, EndFrame()])
    assert [error.error for error in out.up] == [  # type: ignore[attr-defined]
        f"VAD hears 8000 Hz mono only, found {rate} Hz with {channels} channel(s); it will miss the caller"
    ]


async def test_any_audio_at_8_khz_is_heard() -> None:
    pcm = decode(next(iter(load().values())))
    frame = InputAudioRawFrame(audio=pcm, sample_rate=RATE, num_channels=1)
    assert (await heard(VAD(), frame)).of(START)


async def test_what_the_agent_hears_upstream_is_not_the_caller() -> None:
    pcm = decode(next(iter(load().values())))
    out = await heard(VAD(), Up(InputAudioRawFrame(audio=pcm, sample_rate=RATE, num_channels=1)))
    assert not out.of(START)


@pytest.mark.parametrize("last", [EndFrame, CancelFrame, None])
async def test_a_place_in_the_batch_is_taken_and_given_back_once(last: type[Frame] | None) -> None:
    silero = Silero()
    async with Bench(VAD(silero=silero)) as bench:
        assert silero.joined == 1
        await bench.send(packet(next(iter(load().values()))))
        if last is not None:
            await bench.stage.queue_frame(last())
            assert silero.joined == 0
            await bench.stage.queue_frame(packet(SECOND))
    assert silero.joined == 0


async def test_a_call_that_ends_while_the_caller_speaks_says_no_more() -> None:
    async with Call() as call:
        await call.speak(max(load().values(), key=len)[:8000])
        assert call.speaking
        await call.bench.send(EndFrame())
        before = len(call.bench.heard.down)
        await call.wait(2)
        assert len(call.bench.heard.down) == before


async def test_calls_share_the_batch_of_their_loop() -> None:
    async with Bench(VAD()), Bench(VAD()):
        assert shared().joined == 2
    assert shared().joined == 0


class Slow(VAD):
    """Whoever is told of a start takes longer to hear of it than the caller speaks."""

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        if isinstance(frame, START):
            await asyncio.sleep(5)
        await super().push_frame(frame, direction)


async def test_a_stop_never_overtakes_its_start() -> None:
    async with Call(Slow()) as call:
        await call.speak(min(load().values(), key=len) + SECOND)
        await call.wait(30)
    assert call.kinds[:2] == [START, STOP]


async def test_what_was_not_said_by_the_end_is_not_said_behind_it() -> None:
    async with Call(Slow()) as call:
        await call.speak(min(load().values(), key=len) + SECOND)
        await call.bench.send(EndFrame())
        await call.wait(30)
    assert STOP not in call.kinds
