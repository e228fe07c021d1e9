"""The telephone's keys: what the caller presses is said to the model in words, or gathered for a tool.

pipecat's aggregator puts an interruption before each sequence, whatever the line's policy, and has nobody who
could wait for the keys.
"""

import asyncio
from collections.abc import Awaitable, Callable

from pipecat.frames.frames import CancelFrame, EndFrame, Frame, InputDTMFFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.utils.time import time_now_iso8601

from processors.direct import DirectStage
from processors.floor import Floor
from processors.frames import KeysFrame, KeysSoFarFrame

PAUSE = 1.5
"""Seconds without another key after which the keys are complete; less than a turn without words may last."""

TERMINATOR = "#"
"""The key that says "that was all"."""


class Keypad(DirectStage):
    """Collects keys. Stands before the input, where the upstream half of a key arrives.

    Args:
        floor: stands before this stage.
        cut: stops what the agent is saying; called at the first of the keys that are gathered.
    """

    def __init__(self, floor: Floor, cut: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._floor = floor
        self._cut = cut
        self._keys = ""
        self._pause: asyncio.TimerHandle | None = None
        self._gather: Gather | None = None
        self._leftover = ""
        self._is_over = False

    async def digits(self, count: int, terminator: str, timeout: float, *, cuts: bool) -> str | None:
        """Wait for keys; see ``Call.digits``.

        Raises:
            ValueError: somebody else waits for keys already, or for a number of them that is none.
        """
        if count < 1 or len(terminator) > 1:
            raise ValueError(f"expected 1 or more keys and one terminator, found {count} and {terminator!r}")
        if self._gather is not None:
            raise ValueError("two gathers of keys at once; wait for the first one to end")
        if self._is_over:
            return None
        self._gather = Gather(self._floor, count, terminator, timeout, cuts)
        try:
            with self._floor.claimed():
                return await self._gather.result()
        finally:
            self._expect_leftover(self._gather, terminator)
            self._gather = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputDTMFFrame) and direction is FrameDirection.UPSTREAM:
            await self._press(frame.button.value)
        elif isinstance(frame, (EndFrame, CancelFrame)):
            self._close()
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        self._close()
        await super().cleanup()  # type: ignore[no-untyped-call]

    async def _press(self, key: str) -> None:
        if self._gather is not None:
            if self._gather.cuts and not self._gather.keys and self._floor.agent_speaks:
                await self._cut()
            self._gather.press(key)
        elif key != self._leftover:
            await self._add(key)
        self._leftover = ""

    async def _add(self, key: str) -> None:
        self._keys += key
        self._forget_pause()
        if key == TERMINATOR:
            await self._say()
        else:
            self._pause = self.get_event_loop().call_later(PAUSE, self._paused)
            await self.push_frame(KeysSoFarFrame(words(self._keys), "", time_now_iso8601()))

    def _paused(self) -> None:
        self.create_task(self._say(), "keys")

    async def _say(self) -> None:
        keys, self._keys = self._keys, ""
        if keys:
            await self.push_frame(KeysFrame(words(keys), "", time_now_iso8601(), finalized=True))

    def _expect_leftover(self, gather: "Gather", terminator: str) -> None:
        """Who has pressed the last of four digits often presses ``#`` as well, which then means nothing."""
        if gather.is_full and not self._is_over:
            self._leftover = terminator
            self.get_event_loop().call_later(PAUSE, self._forget_leftover)

    def _forget_leftover(self) -> None:
        self._leftover = ""

    def _forget_pause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _close(self) -> None:
        self._is_over = True
        self._keys = ""
        self._forget_pause()
        if self._gather is not None:
            self._gather.end(None)


class Gather:
    """Keys that somebody waits for: until there are enough, or no more are to be expected.

    Args:
        floor: tells when the agent speaks, for that time does not count, and when the caller does instead.
        count: keys that are enough.
        terminator: the key that says "that was all"; empty for none.
        timeout: seconds without a key, while the agent is silent.
        cuts: whether the first key stops what the agent is saying.
    """

    def __init__(self, floor: Floor, count: int, terminator: str, timeout: float, cuts: bool) -> None:
        self.keys = ""
        self.cuts = cuts
        self._floor = floor
        self._count = count
        self._terminator = terminator
        self._timeout = timeout
        self._turns = floor.turns
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[str | None] = self._loop.create_future()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_full(self) -> bool:
        return len(self.keys) >= self._count

    async def result(self) -> str | None:
        unwatch = self._floor.watch(self._look)
        try:
            self._look()
            return await self._done
        finally:
            unwatch()
            self._stop_clock()

    def press(self, key: str) -> None:
        if key == self._terminator:
            self.end(self.keys)
            return
        self.keys += key
        self._stop_clock()
        self._look()
        if self.is_full:
            self.end(self.keys)

    def end(self, keys: str | None) -> None:
        """No more are to be expected. The first end counts."""
        if not self._done.done():
            self._done.set_result(keys)

    def _look(self) -> None:
        if self._floor.turns != self._turns:
            self.end(self.keys)  # the caller has said something instead
        elif not self._floor.is_quiet:
            self._stop_clock()
        elif self._timer is None:
            self._timer = self._loop.call_later(self._timeout, self._time_is_up)

    def _time_is_up(self) -> None:
        self.end(self.keys)

    def _stop_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def words(keys: str) -> str:
    """Keys as the model reads them: ``pressed 1 2 #``."""
    return f"pressed {' '.join(keys)}"
