"""What every stage does that speaks: text in, and out of it, in order, speech that an interruption ends."""

import asyncio
from abc import abstractmethod
from dataclasses import replace

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

from processors.aura_delivery import Delivery, EndOfSpeech
from processors.aura_gathering import AuraGathering
from processors.direct import UnwatchedStage
from processors.errors import VendorError
from processors.frames import LanguageFrame, SpeechFrame
from processors.language_voices import LanguageVoices
from processors.speak_limits import pieces
from processors.speaker import Speaker
from processors.speculation import SETTLING, Speculation, Verdict, speculation_of
from processors.utterances import Group, Label, Speech, Utterances, has_words

UNSPOKEN = (
    EagerTranscriptionFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    TranslationFrame,
    TTSTextFrame,
)
"""Text that is somebody else's, or spoken already."""


class SpeakingStage(UnwatchedStage):
    """Speaks what it is given, in order; every other frame keeps its place behind the audio before it.

    A sentence is announced (``TTSTextFrame``) right ahead of its audio (``SpeechFrame``), so that what
    follows an announcement belongs to it. After an interruption not a byte of what was cut comes out,
    whatever Aura goes on sending. A reply to a turn that may not be over is spoken, and held until it is: it
    is heard at once then, or it never was. A lost connection is not heard: what had not come is asked for
    again. When every speaker refuses or stays away, the stage reports the ``VendorError`` and becomes
    unusable; nothing waits for it any more, and cached prompts are still spoken.

    A subclass says who speaks: :meth:`_make_speaker`.

    Args:
        voices: of the call's languages, with the prompts that need no vendor.
        speed: 0.7 to 1.5; None for the voice's own.
    """

    def __init__(self, voices: LanguageVoices, speed: float | None = None) -> None:
        super().__init__()
        self.voices = voices
        self._utterances = Utterances(speed or 1.0)
        self._gathering = AuraGathering(self._utterances)
        self._delivery = Delivery()
        self._speaker: Speaker | None = None
        self._pusher: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop
        self._failure: VendorError | None = None
        self._held: Speculation | None = None
        self._unreported: list[str] = []
        self._unsaid: list[str] = []
        self._sounded_at: float | None = None
        self._pieces: list[str] = []
        self._in_reply = False
        self._is_split = False
        self._is_stale = False
        self._is_opened = False
        self._is_over = False

    @abstractmethod
    def _make_speaker(self) -> Speaker:
        """Who speaks; asked for once, when the stage is set up."""

    @property
    def unsaid(self) -> str:
        """What nobody could say any more, of the reply at which the last speaker was lost."""
        return " ".join(self._unsaid)

    def can_generate_metrics(self) -> bool:
        return True

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        self._loop = asyncio.get_running_loop()
        self._speaker = self._make_speaker()
        self._pusher = self.create_task(self._push_speech(), "speech")
        self._speaker.open()

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
                self._gathering.stir()  # what it spared goes on behind it
            elif isinstance(frame, CancelFrame):
                await self._stop()
            if isinstance(frame, SETTLING):
                await self._settle()
        else:
            await self._process_in_order(frame)

    async def _process_in_order(self, frame: Frame) -> None:
        match frame:
            case LanguageFrame():
                self._turn_to(frame)
            case TTSSpeakFrame():
                await self._speak(frame)
            case TextFrame() if not (frame.skip_tts or isinstance(frame, UNSPOKEN)):
                await self._take_text(frame)
            case LLMFullResponseStartFrame():
                await self._begin_reply(speculation_of(frame))
                self._follow(frame)
            case LLMFullResponseEndFrame() | EndFrame():
                await self._end_reply(frame)
            case _:
                self._follow(frame)

    def _turn_to(self, frame: LanguageFrame) -> None:
        """What was asked for so far is said as it was to be; what comes now, in this language."""
        before = self.voices.voice
        self.voices.turn_to(frame.code)
        voice = self.voices.voice
        if self._speaker is not None:
            self._speaker.prepare(voice, frame.code)
        if voice != before:
            self.set_core_metrics_data(MetricsData(processor=self.name, model=voice))
        self._follow(frame)

    # What is to be said.

    async def _begin_reply(self, speculation: Speculation | None) -> None:
        await self._settle()  # a new reply takes the place of one that was held
        self._end_speech(Label())
        self._begin_anew()
        self._held = self._utterances.hold = speculation
        self._sounded_at = None
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

    async def _end_reply(self, frame: Frame) -> None:
        if self._held is not None and isinstance(frame, EndFrame):
            self._held.settle(Verdict.WITHDRAWN)  # the call does not wait for a turn
        await self._settle()
        text = "".join(self._pieces)
        self._pieces.clear()
        if not self._is_split:
            await self._ask(text, Label())
        self._in_reply = self._is_stale = False
        self._end_speech(Label())
        self._follow(frame)
        self._utterances.hold = None

    async def _speak(self, frame: TTSSpeakFrame) -> None:
        label = Label(frame.text_type, frame.append_to_context, frame.interruptible)
        if not self._in_reply:
            self._begin_anew()
        self._utterances.close()
        await self._ask(frame.text, label)
        self._utterances.close()
        if not self._in_reply:
            self._end_speech(label, is_committed=frame.append_to_context)

    async def _ask(self, text: str, label: Label) -> None:
        text = self.voices.words(text)
        audio = self.voices.prompts.get(text)
        text = text.strip()
        label = replace(label, voice=self.voices.voice)
        if audio is not None:
            self._utterances.play(text, audio, label)
        elif not has_words(text):
            return
        elif self._is_over or self._failure is not None or not self.is_usable:
            logger.debug(f"{self} is not usable: {len(text)} characters are not spoken")
            self._unsaid.append(text)
            return
        else:
            for piece in pieces(text):
                self._utterances.say(piece.strip(), label, opening=not self._is_opened)
                self._is_opened = True
        self._is_opened = True
        self._stir()
        if audio is None:
            self._unreported.append(text)
            await self._report_usage()

    def _begin_anew(self) -> None:
        """What is said from here on belongs together, and a speaker may be taken for it."""
        if self._speaker is not None:
            self._speaker.begin()

    def _end_speech(self, label: Label, *, is_committed: bool = False) -> None:
        self._is_opened = False
        self._utterances.follow(EndOfSpeech(label, is_committed), interruptible=label.interruptible)
        self._stir()

    def _follow(self, frame: Frame) -> None:
        self._utterances.follow(frame, interruptible=frame.interruptible)
        self._stir()

    def _stir(self) -> None:
        if self._speaker is not None:
            self._speaker.pump()
        self._gathering.stir()

    async def _settle(self) -> None:
        """Do what is to be done once it is known whether what is held will be heard."""
        held = self._held
        if held is None or held.is_pending:
            return
        self._held = None
        if held.is_withdrawn:
            self._break_off()
            self._unreported.clear()
            if self._speaker is not None:
                self._speaker.withdraw(held)
        self._stir()
        await self._report_usage()

    async def _report_usage(self) -> None:
        if self._held is None:
            texts, self._unreported = self._unreported, []
            for text in texts:
                await self.start_tts_usage_metrics(text)

    def _break_off(self) -> None:
        self._is_stale = self._is_stale or self._in_reply
        self._in_reply = self._is_opened = False
        self._pieces.clear()

    def _interrupt(self) -> None:
        self._break_off()
        self._unsaid.clear()
        if self._speaker is not None:
            self._speaker.interrupt()
        self._gathering.cut()
        if self._utterances.are_silent:
            self._delivery.cut()

    # What is heard.

    async def _push_speech(self) -> None:
        while not self._is_over:
            await self._gathering.stirred()
            await self._report_failure()
            while (taken := self._gathering.take()) is not None:
                if isinstance(taken, Speech):
                    await self._push_audio(taken.group, taken.audio)
                else:
                    await self._push_follower(taken.item)
                await self._report_failure()

    def _sound_came(self) -> None:
        if self._held is not None and self._sounded_at is None:
            self._sounded_at = self._loop.time()
        self._gathering.stir_if_due()

    async def _push_audio(self, group: Group, audio: bytes) -> None:
        if group.opening and not group.is_announced:
            await self._report_first_audio(group)
        for frame in self._delivery.audio(group, audio):
            if isinstance(frame, SpeechFrame):
                self._gathering.handed_on(len(audio))
            await self.push_frame(frame)

    async def _report_first_audio(self, group: Group) -> None:
        if group.asked_at is not None:
            await self.start_ttfb_metrics(start_time=group.asked_at)
            await self.stop_ttfb_metrics(end_time=self._sounded_at or self._loop.time())

    async def _push_follower(self, item: Frame | EndOfSpeech) -> None:
        if isinstance(item, EndOfSpeech):
            for frame in self._delivery.end(item):
                await self.push_frame(frame)
            return
        if isinstance(item, EndFrame):
            self._is_over = True
            await self._close()
        await self.push_frame(item)

    # The vendor.

    def _take_failure(self, error: VendorError) -> None:
        self._failure = error
        self._unsaid += self._utterances.fail()
        self._gathering.stir()

    async def _report_failure(self) -> None:
        if self._failure is not None:
            error = self._failure
            await self.push_error(str(error), exception=error, force_treat_as_permanent=True)
            self._failure = None

    async def _stop(self) -> None:
        """Leave no task and no socket behind. May be cut short, and called again."""
        self._is_over = True
        await self._close()
        if self._pusher is not None:
            await self.cancel_task(self._pusher)

    async def _close(self) -> None:
        if self._speaker is not None:
            await self._speaker.close()
