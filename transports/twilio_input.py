"""The first stage: what the carrier sends becomes frames, and a barge-in becomes ``clear``."""

import asyncio
from collections.abc import Callable

from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    Frame,
    InputDTMFFrame,
    InterruptionFrame,
    ProposedUserStartedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection

from processors.barge_in import BargeIn, vad
from processors.direct import DirectStage
from processors.frames import CallerAudioFrame, PlayOnFrame
from processors.g711 import SILENCE
from processors.turn_start_shield import Shield
from transports.media_streams import Dtmf, Event, Mark, Media
from transports.twilio_output import pair
from transports.twilio_stream import TwilioStream

KEYS = frozenset(KeypadEntry)
"""The keys that pipecat knows; A to D are on no telephone and mean nothing to a line."""


ONCE_BITTEN = 3.0
"""Seconds after a false alarm in which the next sound ducks at most: a barking dog must not silence it."""


class TwilioInput(DirectStage):
    """Turns stream events into frames; runs in the task that reads the socket, without a queue.

    An interruption that travels upstream ends here: no vendor stands in its way, so the caller's line is cut
    first and at once. So does word of a voice: until it is known whether it interrupts, the agent is ducked
    or held back.

    Args:
        stream: the call's way to the caller.
        barge_in: the line's policy.
    """

    def __init__(self, stream: TwilioStream, barge_in: BargeIn = vad) -> None:
        super().__init__()
        self.tap: Callable[[Event], None] | None = None
        """Told of each event before anybody else, if somebody listens along."""
        self._stream = stream
        self._barge_in = barge_in
        self._shield = Shield(barge_in.protects)
        self.is_deaf = False
        """Whether what the caller says and presses is heard by nobody: they are on hold."""
        self._hears_voice = False
        self._played_on_at = float("-inf")

    @property
    def may_interrupt(self) -> bool:
        """Whether the line's policy lets the caller interrupt what is being said now."""
        return not self._shield.is_up

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            self._attend(frame)
        await self.push_frame(frame, direction)

    def _attend(self, frame: Frame) -> None:
        was_up = self._shield.is_up
        came_down = self._shield.follow(frame)
        match frame:
            case InterruptionFrame():
                self._stream.cut(pair(frame))
            case PlayOnFrame():
                self._played_on_at = asyncio.get_running_loop().time()
                self._stream.play_on()
            case VADUserStartedSpeakingFrame() | ProposedUserStartedSpeakingFrame():
                self._hears_voice = isinstance(frame, VADUserStartedSpeakingFrame) or self._hears_voice
                self._make_way()
            case VADUserStoppedSpeakingFrame():
                self._hears_voice = False
            case _ if came_down and self._hears_voice:
                self._make_way()
            case _ if self._shield.is_up and not was_up:
                self._stream.play_on()

    def _make_way(self) -> None:
        """The caller makes a sound; whether it interrupts is not known yet."""
        if not self._barge_in.words or self._shield.is_up:
            return  # the interruption is on its way, or there will be none
        since = asyncio.get_running_loop().time() - self._played_on_at
        if self._barge_in.meanwhile == "hold" and since > ONCE_BITTEN:
            self._stream.hold()
        else:
            self._stream.duck()

    async def receive(self, event: Event) -> None:
        """One event of the stream, in order."""
        if self.tap is not None:
            self.tap(event)
        if isinstance(event, Media):
            await self._hear(event)
        elif isinstance(event, Mark):
            self._stream.marked(event.name)
        elif isinstance(event, Dtmf) and event.digit in KEYS and not self.is_deaf:
            await self.broadcast_frame(InputDTMFFrame, button=KeypadEntry(event.digit))

    async def _hear(self, media: Media) -> None:
        if media.payload:
            # Silence, so that those who count the caller's time or wait for an end of speech go on.
            frame = CallerAudioFrame(SILENCE * len(media.payload) if self.is_deaf else media.payload)
            frame.timestamp_ms = media.timestamp_ms
            await self.push_frame(frame)
