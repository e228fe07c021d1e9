"""The first stage: what the carrier sends becomes frames, and a barge-in becomes ``clear``."""

from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import Frame, InputDTMFFrame, InterruptionFrame
from pipecat.processors.frame_processor import FrameDirection

from processors.direct import DirectStage
from processors.frames import CallerAudioFrame
from transports.media_streams import Dtmf, Event, Mark, Media
from transports.twilio_output import pair
from transports.twilio_stream import TwilioStream

KEYS = frozenset(KeypadEntry)
"""The keys that pipecat knows; A to D are on no telephone and mean nothing to a line."""


class TwilioInput(DirectStage):
    """Turns stream events into frames; runs in the task that reads the socket, without a queue.

    An interruption that travels upstream ends here: no vendor stands in its way, so the caller's line is cut
    first and at once.
    """

    def __init__(self, stream: TwilioStream) -> None:
        super().__init__()
        self._stream = stream

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame) and direction is FrameDirection.UPSTREAM:
            self._stream.cut(pair(frame))
        await self.push_frame(frame, direction)

    async def receive(self, event: Event) -> None:
        """One event of the stream, in order."""
        if isinstance(event, Media):
            await self._hear(event.payload)
        elif isinstance(event, Mark):
            self._stream.marked(event.name)
        elif isinstance(event, Dtmf) and event.digit in KEYS:
            await self.push_frame(InputDTMFFrame(button=KeypadEntry(event.digit)))

    async def _hear(self, mulaw: bytes) -> None:
        if mulaw:
            await self.push_frame(CallerAudioFrame(mulaw))
