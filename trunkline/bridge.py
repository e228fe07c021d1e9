"""A bridge: a word to the caller while a reply is late."""

import asyncio
from typing import Any

from pipecat.frames.frames import Frame, LLMTextFrame, TTSSpeakFrame
from pipecat.processors.frame_processor import FrameProcessor

from processors.floor import Floor
from trunkline.asides import Asides
from trunkline.late import Late


class Bridge:
    """Says it in one call.

    Args:
        late: when, and what.
        floor: tells whether a reply is due.
        asides: says it.
    """

    def __init__(self, late: Late, floor: Floor, asides: Asides) -> None:
        self._late = late
        self._floor = floor
        self._asides = asides
        self._said = 0
        self._has_begun = False
        """Whether there are words of the reply; they would be cut in two."""
        self._timer: asyncio.TimerHandle | None = None
        floor.watch(self._look)

    def attend(self, model: FrameProcessor) -> None:
        """Learn from a model when its reply begins."""
        model.add_event_handler("on_after_push_frame", self._see)

    async def _see(self, _: Any, frame: Frame) -> None:
        if isinstance(frame, LLMTextFrame) or (isinstance(frame, TTSSpeakFrame) and _is_a_reply(frame)):
            self._has_begun = True
            self._wait_no_more()

    def _look(self) -> None:
        floor = self._floor
        if floor.caller_speaks or floor.tools:
            self._has_begun = False
        if not floor.reply_is_due:
            self._said = 0
        waits = floor.reply_is_due and floor.is_quiet and not (floor.tools or floor.is_claimed)
        if not waits or self._has_begun:
            self._wait_no_more()
        elif self._timer is None:
            seconds = self._late.again_after if self._said else self._late.after
            self._timer = asyncio.get_running_loop().call_later(seconds, self._say)

    def _say(self) -> None:
        self._timer = None
        text = self._late.words[self._said % len(self._late.words)]
        self._said += 1
        self._floor.create_task(self._asides.say(text), "bridge")

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _is_a_reply(frame: TTSSpeakFrame) -> bool:
    """Whether it is part of the conversation, as an apology is."""
    return frame.append_to_context is not False
