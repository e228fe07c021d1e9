"""Text to speech: Deepgram's Aura, streamed, with an interruption that nothing can delay."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loguru import logger
from pipecat.frames.frames import (
    AggregatedTextFrame,
    CancelFrame,
    EagerTranscriptionFrame,
    EndFrame,
    Frame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    SystemFrame,
    TextFrame,
    TranscriptionFrame,
    TranslationFrame,
    TTSSpeakFrame,
    TTSTextFrame,
)
from pipecat.metrics.metrics import MetricsData
from pipecat.processors.frame_processor import FrameDirection, FrameProcessorSetup

from processors import g711
from processors.aura_opening import AuraOpening, aura_options
from processors.aura_session import AuraSession
from processors.deepgram import Deepgram
from processors.direct import UnwatchedStage
from processors.errors import VendorError
from processors.lead import Lead
from processors.socket_recipe import Recipe, Stock
from processors.speak_limits import pieces
from processors.speech_frames import announced, committed, spoken, started, stopped
from processors.utterances import Follower, Group, Label, Speech, Utterances, has_words

LONGEST_FRAME = 500 * g711.BYTES_PER_MS
"""Bytes of audio in one frame at most."""

UNSPOKEN = (
    EagerTranscriptionFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    TranslationFrame,
    TTSTextFrame,
)
"""Text that is somebody else's, or spoken already."""


@dataclass(frozen=True, slots=True)
class EndOfSpeech:
    """Where a reply, or a text of its own, has been said."""

    label: Label
    is_committed: bool
    """Whether the assistant's context takes it in at once, not with the reply around it."""


class AuraTTS(UnwatchedStage):
    """Speaks what it is given, in order; every other frame keeps its place behind the audio before it.

    A sentence is announced (``TTSTextFrame``) right ahead of its audio (``SpeechFrame``), so that what
    follows an announcement belongs to it. After an interruption not a byte of what was cut comes out,
    whatever Aura goes on sending. A lost connection is not heard: what had not come is asked for again.
    When Aura refuses or stays away, the stage reports the ``VendorError`` and becomes unusable; nothing
    waits for it any more, and ``cached`` prompts are still spoken.

    Args:
        deepgram: opens sockets.
        voice: Aura's voice, such as ``aura-2-thalia-en``.
        speed: 0.7 to 1.5; None for the voice's own.
        stock: where a socket may be open already.
        cached: prompts that need no vendor: exact text -> mu-law, 8 kHz.
    """

    def __init__(
        self,
        deepgram: Deepgram,
        *,
        voice: str = "aura-2-thalia-en",
        speed: float | None = None,
        stock: Stock | None = None,
        cached: Mapping[str, bytes] | None = None,
    ) -> None:
        super().__init__()
        self.set_core_metrics_data(MetricsData(processor=self.name, model=voice))
        self._opening = AuraOpening(deepgram, aura_options(voice, speed), stock)
        self._cached: Mapping[str, bytes] = {} if cached is None else cached
        self._utterances = Utterances(speed or 1.0)
        self._lead = Lead()
        self._stirred = asyncio.Event()
        self._session: AuraSession | None = None
        self._speaker: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop
        self._failure: VendorError | None = None
        self._pieces: list[str] = []
        self._in_reply = False
        self._is_split = False
        self._is_stale = False
        self._is_opened = False
        self._is_started = False
        self._is_over = False

    @property
    def recipe(self) -> Recipe:
        """What its sockets are opened with."""
        return self._opening.recipe

    def can_generate_metrics(self) -> bool:
        return True

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        self._loop = asyncio.get_running_loop()
        self._session = AuraSession(
            self._utterances, self._opening.open, self.create_task, self._stir_if_due, self._take_failure
        )
        self._speaker = self.create_task(self._push_speech(), "speech")
        self._session.open()

    async def cleanup(self) -> None:
        await super().cleanup()  # type: ignore[no-untyped-call]
        await self._stop()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        if isinstance(frame, InterruptionFrame):
            self._interrupt()
        await super().process_frame(frame, direction)
        if isinstance(frame, SystemFrame) or direction is FrameDirection.UPSTREAM:
            await self.push_frame(frame, direction)
            if isinstance(frame, InterruptionFrame):
                self._stirred.set()  # what it spared goes on behind it
            elif isinstance(frame, CancelFrame):
                await self._stop()
        else:
            await self._process_in_order(frame)

    async def _process_in_order(self, frame: Frame) -> None:
        match frame:
            case TTSSpeakFrame():
                await self._speak(frame)
            case TextFrame() if not (frame.skip_tts or isinstance(frame, UNSPOKEN)):
                await self._take_text(frame)
            case LLMFullResponseStartFrame():
                self._begin_reply()
                self._follow(frame)
            case LLMFullResponseEndFrame() | EndFrame():
                await self._end_reply()
                self._follow(frame)
            case _:
                self._follow(frame)

    # What is to be said.

    def _begin_reply(self) -> None:
        self._end_speech(Label())
        self._in_reply = True
        self._is_split = self._is_stale = False

    async def _take_text(self, frame: TextFrame) -> None:
        if self._is_stale:
            return
        label = Label(append_to_context=frame.append_to_context, interruptible=frame.interruptible)
        if not self._in_reply:
            await self._ask(frame.text, label)
            self._end_speech(label)
        elif isinstance(frame, AggregatedTextFrame):
            self._is_split = True
            await self._ask(frame.text, label)
        else:
            self._pieces.append(frame.text)

    async def _end_reply(self) -> None:
        text = "".join(self._pieces)
        self._pieces.clear()
        if not self._is_split:
            await self._ask(text, Label())
        self._in_reply = self._is_stale = False
        self._end_speech(Label())

    async def _speak(self, frame: TTSSpeakFrame) -> None:
        label = Label(frame.text_type, frame.append_to_context, frame.interruptible)
        self._utterances.close()
        await self._ask(frame.text, label)
        self._utterances.close()
        if not self._in_reply:
            self._end_speech(label, is_committed=frame.append_to_context)

    async def _ask(self, text: str, label: Label) -> None:
        audio = self._cached.get(text)
        text = text.strip()
        if audio is not None:
            self._utterances.play(text, audio, label)
        elif not has_words(text):
            return
        elif self._is_over or self._failure is not None or not self.is_usable:
            logger.debug(f"{self} is not usable: {len(text)} characters are not spoken")
            return
        else:
            for piece in pieces(text):
                self._utterances.say(piece.strip(), label, opening=not self._is_opened)
                self._is_opened = True
        self._is_opened = True
        self._stir()
        if audio is None:
            await self.start_tts_usage_metrics(text)

    def _end_speech(self, label: Label, *, is_committed: bool = False) -> None:
        self._is_opened = False
        self._utterances.follow(EndOfSpeech(label, is_committed), interruptible=label.interruptible)
        self._stir()

    def _follow(self, frame: Frame) -> None:
        self._utterances.follow(frame, interruptible=frame.interruptible)
        self._stir()

    def _stir(self) -> None:
        if self._session is not None:
            self._session.pump()
        self._stirred.set()

    def _interrupt(self) -> None:
        self._is_stale = self._is_stale or self._in_reply
        self._in_reply = self._is_opened = False
        self._pieces.clear()
        if self._session is not None:
            self._session.interrupt()
        self._lead.cut()
        if self._utterances.are_silent:
            self._is_started = False

    # What is heard.

    async def _push_speech(self) -> None:
        while not self._is_over:
            await self._stirred.wait()
            self._stirred.clear()
            await self._report_failure()
            while (taken := self._take()) is not None:
                if isinstance(taken, Speech):
                    await self._push_audio(taken.group, taken.audio)
                else:
                    await self._push_follower(taken.item)
                await self._report_failure()

    def _take(self) -> Speech | Follower | None:
        """What comes next, unless there is time for more of it to come."""
        least = self._least()
        taken = self._utterances.take(LONGEST_FRAME, least)
        if taken is None:
            self._wait_if_held_back(least)
        return taken

    def _stir_if_due(self) -> None:
        """Sound came, or what makes a difference to it."""
        if not self._wait_if_held_back(self._least()):
            self._stirred.set()

    def _wait_if_held_back(self, least: int) -> bool:
        if not self._utterances.holds_back(least):
            return False
        if (wait := self._lead.wait(self._loop.time())) is not None:
            self._loop.call_later(wait, self._stirred.set)
        return True

    def _least(self) -> int:
        """Bytes that are to be pushed together, if more will come."""
        return min(self._lead.gather(self._loop.time()), LONGEST_FRAME)

    async def _push_audio(self, group: Group, audio: bytes) -> None:
        if group.opening and not group.is_announced:
            await self._report_first_audio(group)
        for frame in self._frames(group, audio):
            await self.push_frame(frame)

    def _frames(self, group: Group, audio: bytes) -> Iterator[Frame]:
        """What makes the audio heard; ends where the group is dropped, which may be between two frames."""
        label = group.label
        if not group.is_dropped and not self._is_started:
            self._is_started = True
            yield started(label)
        if not group.is_dropped and not group.is_announced:
            group.is_announced = True
            yield announced(group.text, label)
        if not group.is_dropped:
            self._lead.handed_on(len(audio), self._loop.time())
            yield spoken(audio, label)

    async def _report_first_audio(self, group: Group) -> None:
        if group.asked_at is not None:
            await self.start_ttfb_metrics(start_time=group.asked_at)
            await self.stop_ttfb_metrics(end_time=self._loop.time())

    async def _push_follower(self, item: Frame | EndOfSpeech) -> None:
        if isinstance(item, EndOfSpeech):
            await self._push_end(item)
            return
        if isinstance(item, EndFrame):
            self._is_over = True
            await self._close()
        await self.push_frame(item)

    async def _push_end(self, end: EndOfSpeech) -> None:
        was_heard, self._is_started = self._is_started, False
        if was_heard:
            await self.push_frame(stopped(end.label))
            if end.is_committed:
                await self.push_frame(committed(end.label))

    # The vendor.

    def _take_failure(self, error: VendorError) -> None:
        self._failure = error
        self._stirred.set()

    async def _report_failure(self) -> None:
        if self._failure is not None:
            error = self._failure
            await self.push_error(str(error), exception=error, force_treat_as_permanent=True)
            self._failure = None

    async def _stop(self) -> None:
        """Leave no task and no socket behind. May be cut short, and called again."""
        self._is_over = True
        await self._close()
        if self._speaker is not None:
            await self.cancel_task(self._speaker)

    async def _close(self) -> None:
        if self._session is not None:
            await self._session.close()
