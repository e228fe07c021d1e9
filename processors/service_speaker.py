"""Has texts spoken by a text-to-speech service of pipecat, run beside the pipeline."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from pipecat.audio.utils import create_stream_resampler
from pipecat.frames.frames import (
    AggregatedTextFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSUpdateSettingsFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService
from pipecat.transcriptions.language import Language

from processors import g711
from processors.errors import VendorError, VendorUnavailable
from processors.frames import RATE
from processors.understudy import Understudy
from processors.utterances import Group, Hold, Utterances

AHEAD = 2
"""Texts that it is asked for at once: the next is made while one is heard, and little in vain."""

SILENCE_LIMIT = 2.0
"""Seconds in which something must come of what it was asked for."""

STOP_LIMIT = 1.0
"""Seconds in which it must have stopped when it was interrupted."""


@dataclass(slots=True, eq=False)
class Request:
    """A text that the service was asked for."""

    group: Group
    context: str | None = None
    """By which the service names what it makes of it; None until it has begun."""


class ServiceSpeaker:
    """Asks for each text by itself, and knows by the service's own names which audio is whose.

    After an interruption nothing is asked for until the service has dropped what it was at, so that not a
    byte of it is taken for what comes next.

    Args:
        service: any of pipecat's, with its sample rate left to the pipeline, or set to 8000.
        stage: where it stands.
        utterances: what is to be spoken.
        stirred: told whenever utterances may have something new to take.
        failed: told when it is of no use any more, and why.
    """

    def __init__(
        self,
        service: TTSService,
        stage: FrameProcessor,
        utterances: Utterances,
        stirred: Callable[[], None],
        failed: Callable[[VendorError], None],
    ) -> None:
        self.is_active = True
        self.is_ready = False
        self._name = type(service).__name__
        self._utterances = utterances
        self._stage = stage
        self._stirred = stirred
        self._failed = failed
        self._understudy = Understudy(service, stage, self._hear)
        self._resampler = create_stream_resampler()
        self._running: asyncio.Task[None] | None = None
        self._asked: list[Request] = []
        self._interruptions = 0
        self._since = 0.0
        """Loop time of the last sign of life, or of what it is to answer."""
        self._alarm: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._is_over = False

    # What it is asked for.

    def open(self) -> None:
        if self._running is None and not self._is_over:
            self._running = self._stage.create_task(self._start(), "service")

    async def _start(self) -> None:
        try:
            await self._understudy.start()
        except Exception as error:
            self._fail(f"could not be started ({type(error).__name__})")
            return
        self.is_ready = True
        self.pump()

    def begin(self) -> None:
        return

    def prepare(self, voice: str, language: str = "") -> None:
        try:
            spoken = Language(language)
        except ValueError:
            return
        self._understudy.post(TTSUpdateSettingsFrame(delta=TTSSettings(language=spoken)))

    def pump(self) -> None:
        if self._is_over or not self.is_active:
            return
        if not self.is_ready:
            self.open()
            return
        while not self._interruptions and len(self._asked) < AHEAD:
            group = self._utterances.next_to_send
            if group is None:
                break
            self._ask(group)
        self._set_alarm()

    def _ask(self, group: Group) -> None:
        now = self._loop.time()
        if not self._asked:
            self._since = now
        text = group.unsent
        group.begin(now)
        group.end(now)
        frame = TTSSpeakFrame(text, append_to_context=False)
        frame.interruptible = group.label.interruptible
        self._asked.append(Request(group))
        self._understudy.post(frame)

    def interrupt(self) -> None:
        self._utterances.interrupt()
        self._drop()

    def withdraw(self, hold: Hold) -> None:
        self._utterances.withdraw(hold)
        self._drop()

    def _drop(self) -> None:
        if any(request.group.is_dropped for request in self._asked):
            self._interruptions += 1
            self._since = self._loop.time()
            self._understudy.post(InterruptionFrame())
        self.pump()

    def rest(self) -> None:
        self.is_active = self.is_ready = False
        self._is_over = True
        self._stop_alarm()

    async def close(self) -> None:
        self._is_over = True
        self._stop_alarm()
        if self._running is not None:
            await self._stage.cancel_task(self._running)
            await self._understudy.stop()
            self._running = None

    # What it says.

    async def _hear(self, frame: Frame, direction: FrameDirection) -> None:
        if self._is_over:
            return
        match frame:
            case ErrorFrame():
                self._fail(f"failed ({frame.error})")
            case InterruptionFrame() if direction is FrameDirection.DOWNSTREAM:
                self._stopped()
            case AggregatedTextFrame(context_id=str(context)) | TTSStartedFrame(context_id=str(context)):
                self._began(context)
            case TTSAudioRawFrame():
                await self._take(frame)
            case TTSStoppedFrame(context_id=str(context)):
                if (request := self._of(context)) is not None:
                    self._complete(request)
                    self.pump()

    def _began(self, context: str) -> None:
        """What it makes comes in the order in which it was asked for."""
        if self._of(context) is None:
            unnamed = next((request for request in self._asked if request.context is None), None)
            if unnamed is not None:
                unnamed.context = context

    def _stopped(self) -> None:
        """All that comes from here on is of what was not dropped."""
        self._interruptions -= 1
        self._asked = [request for request in self._asked if not request.group.is_dropped]
        self._since = self._loop.time()
        self.pump()

    async def _take(self, frame: TTSAudioRawFrame) -> None:
        request = self._of(frame.context_id)
        if request is None or request.group.is_dropped:
            return
        mulaw = g711.encode(await self._pcm(frame))
        if request not in self._asked:
            return  # dropped while it was resampled
        for before in self._asked[: self._asked.index(request)]:
            self._complete(before)
        if not self._is_over and self._utterances.hear(mulaw):
            self._since = self._loop.time()
            self._stirred()
            self._set_alarm()

    async def _pcm(self, frame: TTSAudioRawFrame) -> bytes:
        if frame.sample_rate == RATE:
            return frame.audio
        return await self._resampler.resample(frame.audio, frame.sample_rate, RATE)

    def _of(self, context: str | None) -> Request | None:
        return next((r for r in self._asked if context is not None and r.context == context), None)

    def _complete(self, request: Request) -> None:
        """All of its audio has come."""
        if request.group.is_dropped or self._is_over:
            return
        if not request.group.has_sound:
            self._fail("had no sound for a text")
            return
        self._asked.remove(request)
        self._utterances.complete(request.group)
        self._since = self._loop.time()
        self._stirred()

    def _fail(self, found: str) -> None:
        if self._is_over:
            return
        if self.is_active:
            self._utterances.lose()
        self._is_over = True
        self._stop_alarm()
        self._failed(VendorUnavailable(self._name, found))

    # Time.

    def _set_alarm(self) -> None:
        self._stop_alarm()
        if self._asked or self._interruptions:
            limit = STOP_LIMIT if self._interruptions else SILENCE_LIMIT
            self._alarm = self._loop.call_at(self._since + limit, self._wake)

    def _stop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _wake(self) -> None:
        self._alarm = None
        if self._interruptions:
            self._fail("did not stop when it was interrupted")
            return
        first = self._asked[0]
        if first.group.has_sound and self._utterances.is_nearly_whole(first.group):
            self._complete(first)  # some do not say where a text ends
            self.pump()
        else:
            self._fail("took text to speak and fell silent")
