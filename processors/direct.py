"""Stages that only look at frames, or change them: no queue, no task, and next to no cost for audio."""

from collections.abc import Mapping
from typing import Any

from pipecat.frames.frames import Frame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.utils.errors import ErrorCategory

from processors.frames import CallerAudioFrame

HOOKS = frozenset(
    {"on_before_process_frame", "on_after_process_frame", "on_before_push_frame", "on_after_push_frame"}
)
"""pipecat's events of each frame's way through a stage."""


class DirectStage(FrameProcessor):
    """A stage in pipecat's direct mode: it runs in the task of whoever pushes, so it waits for nothing.

    From one such stage to the next the caller's audio goes by a plain call. pipecat's own hop formats two log
    lines, makes two objects for observers and asks for four event handlers, 50 times a second: 11 us that
    nobody sees. As soon as somebody does (an observer, a handler of such an event), audio takes that way, as
    all other frames always do.
    """

    def __init__(self) -> None:
        super().__init__(enable_direct_mode=True)
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

    @property
    def is_watched(self) -> bool:
        """Whether somebody follows each frame's way through this stage."""
        return self._is_hooked or bool(self._observers)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        if type(frame) is not CallerAudioFrame or self.is_watched:
            await super().process_frame(frame, direction)

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        after = self._next
        if (
            type(frame) is CallerAudioFrame
            and direction is FrameDirection.DOWNSTREAM
            and isinstance(after, DirectStage)
            and not (self.is_watched or after.is_watched or after._cancelling)
        ):
            await after.take_audio(frame)
        else:
            await super().push_frame(frame, direction)

    async def take_audio(self, frame: CallerAudioFrame) -> None:
        """Process a frame of the caller's audio; what goes wrong is reported as pipecat reports it."""
        try:
            await self.process_frame(frame, FrameDirection.DOWNSTREAM)
        except Exception as error:
            message = f"Error processing frame: {error}"
            await self.push_error(message, exception=error, category=ErrorCategory.UNKNOWN)
