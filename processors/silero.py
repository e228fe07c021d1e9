"""Silero's voice detector at 8 kHz: one model a process, all calls in one batch."""

import asyncio
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from processors.frames import RATE
from processors.g711 import AMPLITUDE

WINDOW = 256
"""Samples that the model hears at once: 32 ms."""

CONTEXT = 32
"""Samples of the window before, which the model wants in front of each window."""

RECURRENT = 128
"""Width of each half of the model's recurrent state."""

GATHER_PER_CALL = 0.001
"""Seconds for which windows are gathered into a batch, for each call after the first."""

GATHER_MOST = 0.024
"""Seconds for which windows are gathered at most. With the run itself, no window waits for 30 ms."""

BATCH_MOST = 64
"""Windows that run without a turn for the rest of the process: 2 to 4 ms."""

TIRED = 62
"""Windows (2 s) after which the model no longer hears the start of speech well.

What is not speech wears its recurrent state out: at the end of 12 s of silence a voice is heard some 20 ms
later than after a reset, at the end of 40 s some 40 ms.
"""

CALM = 8
"""Windows (256 ms) in a row, all below ``CALM_BELOW``, that make it sure that a reset cuts into no word."""

CALM_BELOW = 0.1

Listener = Callable[[float, float], None]
"""Takes one window: how likely it is a voice (0 to 1), and its level (RMS, dB below full scale)."""


class Slot:
    """One call's place in the batch. It hears its windows in order, each once, until it leaves."""

    __slots__ = ("_age", "_audio", "_calm", "_listener", "_silero", "index", "waiting")

    def __init__(self, silero: "Silero", index: int, listener: Listener) -> None:
        self._silero: Silero | None = silero
        self._listener = listener
        self._audio = bytearray()
        self._age = 0
        self._calm = 0
        self.index = index
        self.waiting = False

    def feed(self, mulaw: bytes) -> None:
        """Add audio, mu-law, of any length. A slot that has left takes none."""
        if self._silero is None:
            return
        self._audio += mulaw
        if self.ready and not self.waiting:
            self.waiting = True
            self._silero.run_soon(self)

    def leave(self) -> None:
        """Free the place; what is waiting in it is not heard any more. Twice does no harm."""
        if self._silero is not None:
            self._silero.free(self.index)
            self._silero = None
            self._audio.clear()

    def forget(self) -> None:
        """Start anew, as after a gap: what comes next does not follow on what came before."""
        if self._silero is not None:
            self._audio.clear()
            self._reset(self._silero)

    @property
    def ready(self) -> bool:
        """Whether a whole window is waiting."""
        return len(self._audio) >= WINDOW

    def take(self) -> bytes:
        """The oldest window, which the slot gives up."""
        window = bytes(self._audio[:WINDOW])
        del self._audio[:WINDOW]
        return window

    def hear(self, probability: float, level_dbfs: float) -> None:
        """What the model says about the window taken last."""
        if self._silero is None:
            return
        self._age += 1
        self._calm = self._calm + 1 if probability < CALM_BELOW else 0
        if self._age >= TIRED and self._calm >= CALM:
            self._reset(self._silero)
        self._listener(probability, level_dbfs)

    def _reset(self, silero: "Silero") -> None:
        silero.reset(self.index)
        self._age = self._calm = 0


class Silero:
    """Listens to many calls at once, on one event loop.

    Windows that become whole within a few milliseconds of each other run as one batch, inline: alone a window
    takes 90 us, in a batch of 32 it takes 35, and a thread would cost more than it saves.
    """

    def __init__(self) -> None:
        self._state: NDArray[np.float32] = np.zeros((2, 0, RECURRENT), np.float32)
        self._context: NDArray[np.float32] = np.zeros((0, CONTEXT), np.float32)
        self._input: NDArray[np.float32] = np.zeros((BATCH_MOST, CONTEXT + WINDOW), np.float32)
        self._free: list[int] = []
        self._waiting: list[Slot] = []
        self._run_due: asyncio.Handle | None = None

    @property
    def joined(self) -> int:
        """How many calls it listens to."""
        return len(self._context) - len(self._free)

    def join(self, listener: Listener) -> Slot:
        """Give a call a place. The first one of the process loads the model, unless it is warm."""
        warm()
        if not self._free:
            self._grow()
        index = self._free.pop()
        self.reset(index)
        return Slot(self, index, listener)

    def reset(self, index: int) -> None:
        """Make the model forget what it heard in a place."""
        self._state[:, index] = 0
        self._context[index] = 0

    def free(self, index: int) -> None:
        """Take a place back."""
        self._free.append(index)
        if self.joined == 0 and self._run_due is not None:
            # Nobody is left to run for, and a pending run would keep a loop alive that has ended.
            self._run_due.cancel()
            self._run_due = None
            self._waiting.clear()

    def run_soon(self, slot: Slot) -> None:
        """Run the slot's windows with those of the others."""
        self._waiting.append(slot)
        if self._run_due is not None:
            return
        # A window costs 35 us, and each run 60 to 600 on top, the more the longer ago the last one was: by
        # then other work has pushed the model's megabyte out of the cache. One call has its answer at once.
        # From 25 on, 24 ms gather three quarters of the calls' windows (each brings one every 32 ms): a few
        # of the 250 ms that a barge-in may take buy back most of what the runs cost.
        loop = asyncio.get_running_loop()
        delay = min((self.joined - 1) * GATHER_PER_CALL, GATHER_MOST)
        self._run_due = loop.call_later(delay, self._run) if delay > 0 else loop.call_soon(self._run)

    def _run(self) -> None:
        """Run the oldest window of each waiting slot; a slot with more waits for the next run."""
        self._run_due = None
        turn, self._waiting = self._waiting[:BATCH_MOST], self._waiting[BATCH_MOST:]
        batch = [slot for slot in turn if slot.ready]
        windows = [slot.take() for slot in batch]
        for slot in turn:
            slot.waiting = slot.ready
        self._waiting += [slot for slot in turn if slot.waiting]
        try:
            if batch:
                self._hear(batch, b"".join(windows))
        finally:
            if self._waiting and self._run_due is None:
                self._run_due = asyncio.get_running_loop().call_soon(self._run)

    def _hear(self, batch: list[Slot], windows: bytes) -> None:
        """Run a window of each slot and tell the slots."""
        probabilities, levels = self._infer(np.array([slot.index for slot in batch]), windows)
        for slot, probability, level in zip(batch, probabilities, levels, strict=True):
            try:
                slot.hear(probability, level)
            except Exception as error:
                # One call's mistake must not cost the others of its batch their windows.
                context = {"message": "a listener to Silero raised", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)

    def _infer(self, places: NDArray[np.int_], windows: bytes) -> tuple[list[float], list[float]]:
        """Probability and level of a window for each place; moves the places' states on."""
        audio = self._input[: len(places)]
        audio[:, :CONTEXT] = self._context[places]
        samples = audio[:, CONTEXT:]
        # A batch is decoded at once, not each packet.
        samples[:] = AMPLITUDE[np.frombuffer(windows, np.uint8).reshape(-1, WINDOW)]
        states = self._state.take(places, axis=1)
        feed = {"input": audio, "state": states, "sr": SAMPLE_RATE}
        probabilities, self._state[:, places] = _model().run(OUTPUTS, feed)
        self._context[places] = audio[:, -CONTEXT:]
        power = np.einsum("ij,ij->i", samples, samples) / WINDOW
        return probabilities[:, 0].tolist(), (10 * np.log10(power + FAINTEST)).tolist()

    def _grow(self) -> None:
        size = len(self._context)
        more = max(size, 8)
        self._state = np.concatenate([self._state, np.zeros((2, more, RECURRENT), np.float32)], axis=1)
        self._context = np.concatenate([self._context, np.zeros((more, CONTEXT), np.float32)])
        self._free += range(size + more - 1, size - 1, -1)


def shared() -> Silero:
    """The batch of the running event loop."""
    return _shared.setdefault(asyncio.get_running_loop(), Silero())


@cache
def warm() -> None:
    """Load the model, which takes some 100 ms, before a call has to wait for it."""
    silence = np.zeros((1, CONTEXT + WINDOW), np.float32)
    state = np.zeros((2, 1, RECURRENT), np.float32)
    _model().run(OUTPUTS, {"input": silence, "state": state, "sr": SAMPLE_RATE})


@cache
def _model() -> Any:
    import onnxruntime  # starts a thread, which does not survive a fork: not before there is a use for it

    options = onnxruntime.SessionOptions()
    # Calls run side by side in one batch; threads inside it would only fight with other processes.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    model = files("pipecat.audio.vad.data") / "silero_vad.onnx"
    return onnxruntime.InferenceSession(model.read_bytes(), options, providers=["CPUExecutionProvider"])


OUTPUTS = ["output", "stateN"]
SAMPLE_RATE = np.array(RATE, np.int64)

FAINTEST = 1e-12
"""Power of a window that counts as silent: -120 dBFS."""

_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, Silero] = WeakKeyDictionary()
