"""In a batch every call is heard as if it were alone."""

import asyncio
import gc
import itertools
import subprocess
import sys
import weakref
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pipecat.audio.vad.silero import SileroVADAnalyzer

from processors.g711 import SILENCE, decode, encode
from processors.silero import WINDOW, Silero, Slot, shared
from trunkline.sandbox.phrases import load

TOLERANCE = 1e-4
"""Of a probability: a batch of 32 rounds its sums in another order than a batch of one."""

NO_WAIT = 0.030
"""Seconds within which a whole window is heard, however many calls there are."""


QUIET = SILENCE * WINDOW


def recordings() -> list[bytes]:
    """Real speech, mu-law at 8 kHz."""
    return list(load().values())


@cache
def model_of_pipecat() -> Any:
    return SileroVADAnalyzer(sample_rate=8000)._model


@cache
def alone(mulaw: bytes) -> list[float]:
    """What pipecat's own copy of the model, one window at a time, says about the first 1.9 s."""
    model = model_of_pipecat()
    model.reset_states()
    samples = np.frombuffer(decode(mulaw[: 59 * WINDOW]), np.int16).astype(np.float32) / 32768
    windows = samples[: len(samples) // 256 * 256].reshape(-1, 256)
    return [float(model(window, 8000)[0, 0]) for window in windows]


class Ear:
    """A call that keeps what it is told."""

    def __init__(self, silero: Silero) -> None:
        self.probabilities: list[float] = []
        self.levels: list[float] = []
        self.times: list[float] = []
        self.slot: Slot = silero.join(self._on_window)

    def _on_window(self, probability: float, level_dbfs: float) -> None:
        self.probabilities.append(probability)
        self.levels.append(level_dbfs)
        self.times.append(asyncio.get_running_loop().time())

    def agrees_with(self, mulaw: bytes) -> bool:
        expected = alone(mulaw)
        return np.allclose(self.probabilities[: len(expected)], expected, rtol=0, atol=TOLERANCE)


def packets(mulaw: bytes, size: int = 160) -> Iterator[bytes]:
    return (mulaw[start : start + size] for start in range(0, len(mulaw), size))


async def pace(*calls: tuple[Ear, bytes], skew: float = 0.0) -> None:
    """Let each call speak in packets of 20 ms, ``skew`` seconds after the call before it."""

    async def speak(ear: Ear, mulaw: bytes, delay: float) -> None:
        await asyncio.sleep(delay)
        for packet in packets(mulaw):
            ear.slot.feed(packet)
            await asyncio.sleep(0.02)

    await asyncio.gather(*(speak(ear, mulaw, place * skew) for place, (ear, mulaw) in enumerate(calls)))


async def settle() -> None:
    await asyncio.sleep(NO_WAIT)


async def test_one_call_is_heard_as_by_the_model_itself() -> None:
    mulaw = recordings()[0]
    ear = Ear(Silero())
    await pace((ear, mulaw))
    assert max(ear.probabilities) > 0.9
    assert len(ear.probabilities) == len(mulaw) // WINDOW
    assert ear.agrees_with(mulaw)


async def test_many_calls_with_different_audio_do_not_disturb_each_other() -> None:
    silero = Silero()
    calls = [(Ear(silero), mulaw) for mulaw in itertools.islice(itertools.cycle(recordings()), 12)]
    await pace(*((ear, mulaw[:10000]) for ear, mulaw in calls), skew=0.003)
    assert all(ear.agrees_with(mulaw[:10000]) for ear, mulaw in calls)


async def test_a_call_alone_does_not_wait() -> None:
    ear = Ear(Silero())
    before = asyncio.get_running_loop().time()
    ear.slot.feed(QUIET)
    await settle()
    assert ear.times == [before]


async def test_many_calls_wait_for_each_other_but_not_long() -> None:
    silero = Silero()
    loop = asyncio.get_running_loop()
    ears = [Ear(silero) for _ in range(32)]
    whole: list[float] = []
    for ear in ears:
        ear.slot.feed(QUIET)
        whole.append(loop.time())
        await asyncio.sleep(0.001)
    await settle()
    heard = [ear.times[0] for ear in ears]
    assert max(at - ready for at, ready in zip(heard, whole, strict=True)) <= NO_WAIT
    assert len(set(heard)) <= 5


@pytest.mark.parametrize("size", [2, 100, 320, 512, 2000, 10**6])
async def test_packets_of_any_length_make_the_same_windows(size: int) -> None:
    mulaw = recordings()[0][:10000]
    ear = Ear(Silero())
    for packet in packets(mulaw, size):
        ear.slot.feed(packet)
    await settle()
    assert ear.agrees_with(mulaw)
    assert len(ear.probabilities) == len(mulaw) // WINDOW


async def test_after_a_stall_every_window_is_heard_in_order() -> None:
    silero = Silero()
    calls = [(Ear(silero), mulaw) for mulaw in recordings()[:3]]
    for ear, mulaw in calls:
        ear.slot.feed(mulaw)
    await settle()
    assert all(len(ear.probabilities) == len(mulaw) // WINDOW for ear, mulaw in calls)
    assert all(ear.agrees_with(mulaw) for ear, mulaw in calls)


async def test_a_stall_of_many_calls_leaves_turns_to_the_rest_of_the_process() -> None:
    loop = asyncio.get_running_loop()
    in_a_row: list[int] = [0]

    def heard(_probability: float, _level_dbfs: float) -> None:
        if in_a_row[-1] == 0:
            loop.call_soon(in_a_row.append, 0)
        in_a_row[-1] += 1

    silero = Silero()
    for slot in [silero.join(heard) for _ in range(100)]:
        slot.feed(QUIET * 3)
    await settle()
    assert sum(in_a_row) == 300
    assert max(in_a_row) <= 64


async def test_a_place_used_again_remembers_nothing() -> None:
    silero = Silero()
    first, second = recordings()[:2]
    before = Ear(silero)
    before.slot.feed(first)
    await settle()
    before.slot.feed(first[:150])
    place = before.slot.index
    before.slot.leave()
    after = Ear(silero)
    assert after.slot.index == place
    await pace((after, second))
    assert after.agrees_with(second)


async def test_calls_that_join_later_do_not_move_those_that_are_there() -> None:
    silero = Silero()
    mulaw = recordings()[0]
    first = Ear(silero)
    first.slot.feed(mulaw[:5000])
    await settle()
    others = [Ear(silero) for _ in range(30)]
    assert silero.joined == 31
    await pace((first, mulaw[5000:]), *((other, mulaw[:10000]) for other in others))
    assert first.agrees_with(mulaw)
    assert all(other.agrees_with(mulaw[:10000]) for other in others)


async def test_who_has_left_hears_nothing_more() -> None:
    silero = Silero()
    gone, stays = Ear(silero), Ear(silero)
    for ear in (gone, stays):
        ear.slot.feed(QUIET)
    gone.slot.leave()
    gone.slot.leave()
    gone.slot.feed(QUIET)
    await settle()
    assert (len(gone.probabilities), len(stays.probabilities), silero.joined) == (0, 1, 1)


async def test_a_gap_is_forgotten() -> None:
    first, second = recordings()[:2]
    ear = Ear(Silero())
    ear.slot.feed(first + SILENCE * 50)
    await settle()
    ear.probabilities.clear()
    ear.slot.forget()
    await pace((ear, second))
    assert ear.agrees_with(second)


async def test_long_silence_does_not_dull_it() -> None:
    """Ten to fifteen seconds of it, so that some calls speak soon after a reset and some long after."""
    silero = Silero()
    calls = [(Ear(silero), mulaw[:6000]) for mulaw in recordings()]
    for place, (ear, _) in enumerate(calls):
        ear.slot.feed(SILENCE * (WINDOW * (300 + 7 * place)))
    await settle()
    for ear, _ in calls:
        ear.probabilities.clear()
    await pace(*calls)
    late = [onset(ear.probabilities) - onset(alone(mulaw)) for ear, mulaw in calls]
    assert sum(late) / len(late) < 0.35


def onset(probabilities: list[float]) -> int:
    """The first window that is clearly a voice."""
    return next(window for window, probability in enumerate(probabilities) if probability >= 0.6)


async def test_levels_are_relative_to_full_scale() -> None:
    square = np.tile(np.array([16384, -16384], np.int16), 128).tobytes()
    ear = Ear(Silero())
    ear.slot.feed(encode(square) + QUIET)
    await settle()
    heard = np.frombuffer(decode(encode(square)), np.int16) / 32768  # mu-law has no such sample
    level = 10 * np.log10((heard**2).mean())
    assert level == pytest.approx(-6.02, abs=0.3)
    assert ear.levels == pytest.approx([level, -120], abs=0.01)


async def test_the_mistake_of_one_listener_is_reported_and_costs_the_others_nothing() -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))

    def broken(_probability: float, _level_dbfs: float) -> None:
        raise ValueError("boom")

    silero = Silero()
    slot, ear = silero.join(broken), Ear(silero)
    for _ in range(2):
        slot.feed(QUIET)
        ear.slot.feed(QUIET)
        await settle()
    assert len(ear.probabilities) == 2
    assert [str(context["exception"]) for context in reported] == ["boom", "boom"]


def test_calls_on_one_loop_share_a_batch_which_ends_with_the_loop() -> None:
    async def on_one_loop() -> "weakref.ref[Silero]":
        silero = shared()
        assert shared() is silero
        slots = [silero.join(lambda _probability, _level_dbfs: None) for _ in range(2)]
        for slot in slots:
            slot.feed(QUIET)
        for slot in slots:
            slot.leave()
        return weakref.ref(silero)

    first = asyncio.run(on_one_loop())
    gc.collect()
    assert first() is None
    asyncio.run(on_one_loop())


NO_RECORD = """
from pathlib import Path
from processors import silero
silero.warm()
files = [str(fd.readlink()) for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink()]
assert not [file for file in files if "onnxruntime" in file], files
"""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are listed on Linux only")
def test_the_model_s_runtime_keeps_no_record_of_its_use() -> None:
    """Else it holds a database open, which it sends to its maker."""
    subprocess.run([sys.executable, "-W", "ignore", "-c", NO_RECORD], check=True)  # noqa: S603
