"""Whether somebody has done speaking, by the sound of the last seconds: pipecat's smart-turn v3.

One session and a few threads a process, for all calls. A judgement costs some 60 ms of a core, so it is asked
for at a pause and not more often, and nobody waits for one that is late. A core can judge some fifteen pauses
a second: of the lines that choose it, a process carries fewer calls.
"""

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from loguru import logger
from numpy.typing import NDArray

from processors.frames import RATE
from processors.g711 import AMPLITUDE

SECONDS = 8
"""What the model hears: so many seconds, with silence in front of less."""

MODEL_RATE = 16_000
"""Hertz that the model wants."""

DEADLINE = 0.4
"""Seconds that a judgement may take. Deepgram's endpoint is there by then."""

WORKERS = max(1, (os.cpu_count() or 2) // 2)
"""Threads: half of the cores, for a process has calls to carry as well."""

NICE = 5
"""How far the threads step back for the event loop's."""

WAITING = 6
"""Judgements that may wait for each thread; one more would be late."""


class SmartTurn:
    """Judges for all calls of an event loop, off the loop.

    Args:
        workers: threads.
        waiting: judgements that may wait for each of them.
        deadline: seconds after which nobody waits for one any more.
    """

    def __init__(self, workers: int = WORKERS, waiting: int = WAITING, deadline: float = DEADLINE) -> None:
        self._most = workers * (1 + waiting)
        self._deadline = deadline
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="smart-turn", initializer=_step_back)
        self._pool.submit(warm)
        self.at_work = 0
        """Judgements that are made, or wait to be."""

    async def judge(self, mulaw: bytes) -> float | None:
        """How likely it is that the turn is over; None if there is no time to tell.

        Args:
            mulaw: the caller's turn so far, 8 kHz, with its pause; of a long one the end is enough.
        """
        if self.at_work >= self._most:
            return None
        self.at_work += 1
        loop = asyncio.get_running_loop()
        job = self._pool.submit(probability, mulaw)
        job.add_done_callback(lambda _: self._done(loop))
        try:
            # Being late cancels a job that has not begun; one that has goes on, and nobody listens.
            return await asyncio.wait_for(asyncio.wrap_future(job), self._deadline)
        except TimeoutError:
            return None
        except Exception as error:
            logger.warning("smart-turn could not judge: {}", type(error).__name__)
            return None

    def _done(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by a thread of the pool, which may outlive the loop."""
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        self.at_work -= 1


def _step_back() -> None:
    """Have calls go first where there are too few cores. Only Linux knows threads that do."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def shared() -> SmartTurn:
    """The one of the running event loop; the model is the process's."""
    loop = asyncio.get_running_loop()
    if (found := _shared.get(loop)) is None:  # making one starts a thread
        found = _shared[loop] = SmartTurn()
    return found


def warm() -> None:
    """Load the model, which takes some 100 ms, before a call has to wait for it."""
    _model()


def probability(mulaw: bytes) -> float:
    """How likely it is that a turn is over. Takes its time: not on the event loop."""
    return float(_model().run(None, {"input_features": features(mulaw)[None]})[0][0].item())


def features(mulaw: bytes) -> NDArray[np.float32]:
    """What the model takes of a turn: the mel spectrum of its last seconds."""
    import soxr
    from pipecat.audio.turn.smart_turn._whisper_features import compute_whisper_log_mel_features

    heard = AMPLITUDE[np.frombuffer(mulaw[-SECONDS * RATE :], np.uint8)]
    sound = np.zeros(SECONDS * MODEL_RATE, np.float32)
    if heard.size:
        wide = soxr.resample(heard, RATE, MODEL_RATE, quality="HQ")[-sound.size :]
        sound[sound.size - wide.size :] = wide
    return compute_whisper_log_mel_features(sound, do_normalize=True)


@cache
def _model() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Calls are judged side by side; threads inside one judgement would only fight with the others.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    model = files("pipecat.audio.turn.smart_turn.data") / "smart-turn-v3.2-cpu.onnx"
    return onnxruntime.InferenceSession(model.read_bytes(), options, providers=["CPUExecutionProvider"])


_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, SmartTurn] = WeakKeyDictionary()
