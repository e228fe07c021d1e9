"""Stages that only look at frames, or change them: no queue, no task, and next to no cost for audio."""

from collections.abc import Mapping
from typing import Any

from pipecat.frames.frames import (
    CancelFrame,
    Frame,
    FrameProcessorPauseFrame,
    FrameProcessorPauseUrgentFrame,
    FrameProcessorResumeFrame,
    FrameProcessorResumeUrgentFrame,
    InterruptionFrame,
    StartFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.utils.errors import ErrorCategory

from processors.frames import CallerAudioFrame

HOOKS = frozenset(
    {"on_before_process_frame", "on_after_process_frame", "on_before_push_frame", "on_after_push_frame"}
)
"""pipecat's events of each frame's way through a stage."""


LIFE = (
    StartFrame,
    InterruptionFrame,
    CancelFrame,
    FrameProcessorPauseFrame,
    FrameProcessorPauseUrgentFrame,
    FrameProcessorResumeFrame,
    FrameProcessorResumeUrgentFrame,
)
"""What pipecat itself does something about when a stage processes it."""

DOWN = FrameDirection.DOWNSTREAM


class UnwatchedStage(FrameProcessor):
    """A stage whose frames cost less while nobody watches them.

    At each hop pipecat formats a log line, makes two objects for observers and asks for four event handlers:
    11 us. That is left out until somebody sees it: an observer, or a handler of such an event.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._observers: Mapping[Any, Any] = {}
        self._is_hooked = False

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        # pipecat has one observer a worker; the others are in a mapping of its own, and come and go.
        proxies = getattr(setup.observer, "_proxies", None)
        self._observers = {} if proxies is None else proxies

    def add_event_handler(self, event_name: str, handler: Any) -> None:
        self._is_hooked = self._is_hooked or event_name in HOOKS
        super().add_event_handler(event_name, handler)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        if self._observers or isinstance(frame, LIFE):
            await super().process_frame(frame, direction)

    async def push_frame(self, frame: Frame, direction: FrameDirection = DOWN) -> None:
        if self._observers or self._is_hooked:
            await super().push_frame(frame, direction)
            return
        neighbour = self._next if direction is DOWN else self._prev
        if neighbour is not None:
            try:
                await neighbour.queue_frame(frame, direction)
            except Exception as error:
                await self.push_error(f"Uncaught exception: {error}", error, category=ErrorCategory.UNKNOWN)


class DirectStage(UnwatchedStage):
    """A stage in pipecat's direct mode: it runs in the task of whoever pushes, so it waits for nothing.

    To a :class:`HearingStage` behind it the caller's audio goes by a plain call, 50 times a second.
    """

    def __init__(self) -> None:
        super().__init__(enable_direct_mode=True)

    def hand_on(self, frame: CallerAudioFrame) -> "DirectStage | None":
        """Have the next stage hear it, if it can and nobody watches.

        Returns:
            The stage from which it is still to be pushed; None if it has arrived.
        """
        after = self._next
        if not isinstance(after, HearingStage) or self._observers or self._is_hooked:
            return self
        if after._is_hooked or after._cancelling:
            return self
        try:
            return after.hear(frame)
        except Exception as error:
            message = f"Error processing frame: {error}"
            report = after.push_error(message, exception=error, category=ErrorCategory.UNKNOWN)
            after.create_task(report, "report")
            return None

    async def push_frame(self, frame: Frame, direction: FrameDirection = DOWN) -> None:
        if type(frame) is CallerAudioFrame and direction is DOWN:
            rest = self.hand_on(frame)
            if rest is None:
                return
            if rest is not self:
                await rest.push_frame(frame)
                return
        await super().push_frame(frame, direction)


class HearingStage(DirectStage):
    """One that takes the caller's audio in a plain call; ``process_frame`` gets what comes pipecat's way."""

    def hear(self, frame: CallerAudioFrame) -> DirectStage | None:
        """Do what is to be done with it, and hand it on; returns what :meth:`hand_on` does."""
        return self.hand_on(frame)
