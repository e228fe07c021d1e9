"""The last stage before the caller: frames to sound on the line, and word of what was heard.

What was said before a frame must be heard before the frame goes on: text, the end of a reply, a hang-up wait
here until marks prove it. Bot-speaking frames follow the ledger, not the sender.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    EndFrame,
    Frame,
    FunctionCallInProgressFrame,
    FunctionCallResultFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    OutputAudioRawFrame,
    StartFrame,
    SystemFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.utils.text.base_text_aggregator import TextType

from processors import g711
from processors.direct import DirectStage
from processors.frames import (
    RATE,
    HangUpFrame,
    HeardOutFrame,
    HeardTextFrame,
    ReplyPlayedFrame,
    ReplySentFrame,
    SpeechFrame,
    UninterruptibleSpeechFrame,
)
from transports.errors import LocalProtocolError
from transports.playback import HeardText
from transports.reach import Sent
from transports.twilio_stream import TwilioStream

PATIENCE = 1.0
"""Seconds after which sound counts as heard although its mark has not come back."""

AT_ONCE = (FunctionCallInProgressFrame, FunctionCallResultFrame)
"""What a tool does has no place in the order of sound."""

OPENS = (LLMFullResponseStartFrame, TTSStartedFrame)
"""More speech of the same reply may follow a silence from here on."""

CLOSES = (LLMFullResponseEndFrame, TTSStoppedFrame, EndFrame, HangUpFrame, HeardOutFrame)
"""All speech of the reply is here."""

SPEECH = (OutputAudioRawFrame, TTSTextFrame)
"""What is said: sound, and ahead of it the text that it speaks."""

TICK = 0.001
"""Seconds; keeps a deadline on the far side of a rounded byte position."""


class TwilioOutput(DirectStage):
    """Plays speech to the caller and releases every other frame when its moment is heard.

    Args:
        stream: the call's way to the caller.
        on_hang_up: called with the reason when a ``HangUpFrame`` is due.
    """

    def __init__(self, stream: TwilioStream, *, on_hang_up: Callable[[str], None] = lambda _: None) -> None:
        super().__init__()
        self._stream = stream
        self._on_hang_up = on_hang_up
        self._held: deque[tuple[int, Frame]] = deque()
        self._speaking = False
        self._reply_open = False
        self._is_uninterruptible = False
        self._progress = asyncio.Event()
        self._started = asyncio.Event()
        self._follower: asyncio.Task[None] | None = None

    def unheard(self, *, whole: bool) -> list[str]:
        """What is here of the agent's words, and was not heard.

        Args:
            whole: from the beginning of the text that is being heard; else from the clause.
        """
        held = [frame for _, frame in self._held if isinstance(frame, TTSTextFrame)]
        now = None if whole else asyncio.get_running_loop().time()
        texts = self._stream.playback.unheard(now)
        # What must be heard to its end is not lost with the line here: it waits on.
        return texts + [f.text for f in held if f.append_to_context and (whole or f.interruptible)]

    @property
    def is_cut(self) -> bool:
        """Whether more of what is being said is on its way here."""
        return self._reply_open

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            await self.push_frame(frame, direction)
        elif isinstance(frame, SPEECH) and not isinstance(frame, HeardTextFrame):
            await self._speak(frame)
        elif isinstance(frame, InterruptionFrame):
            await self._interrupt(frame)
        elif isinstance(frame, (SystemFrame, *AT_ONCE)):
            await self._pass(frame)
        else:
            self._hold(frame)

    async def cleanup(self) -> None:
        await super().cleanup()  # type: ignore[no-untyped-call]
        await self._stop()

    async def _pass(self, frame: Frame) -> None:
        if isinstance(frame, StartFrame):
            self._follow()
        elif isinstance(frame, CancelFrame):
            await self._stop()
        await self.push_frame(frame)

    async def _speak(self, frame: Frame) -> None:
        """Play it, unless it has to wait: an interruption is to spare what must be heard to its end."""
        if any(isinstance(held, SPEECH) for _, held in self._held):
            self._hold(frame)
        elif frame.interruptible or self._is_uninterruptible:
            self._play(frame)
        elif self._position() < self._stream.playback.queued:
            self._hold(frame)
        else:
            self._is_uninterruptible = True
            await self.broadcast_frame(UninterruptibleSpeechFrame, playing=True)
            self._play(frame)

    def _play(self, frame: Frame) -> None:
        if frame.interruptible:
            self._end_uninterruptible()
        if isinstance(frame, TTSTextFrame):
            self._stream.begin(frame.text, append_to_context=frame.append_to_context)
            self._stream.on_words()
        elif isinstance(frame, OutputAudioRawFrame):
            self._sound(frame)

    def _end_uninterruptible(self) -> None:
        """What comes next may be interrupted; told when what came before it was heard."""
        if self._is_uninterruptible:
            self._is_uninterruptible = False
            self._held.append((self._stream.playback.queued, UninterruptibleSpeechFrame(playing=False)))

    def _sound(self, frame: OutputAudioRawFrame) -> None:
        if isinstance(frame, SpeechFrame):
            self._stream.say(frame.mulaw)
        elif (frame.sample_rate, frame.num_channels) == (RATE, 1):
            self._stream.say(g711.encode(frame.audio))
        else:
            raise LocalProtocolError(
                f"{frame.sample_rate} Hz, {frame.num_channels} channel(s) of audio reached the phone line; "
                f"expected {RATE} Hz mono: set the service's sample rate"
            )

    def _hold(self, frame: Frame) -> None:
        """Keep a frame until the sound queued before it was heard."""
        self._stream.mark()
        if isinstance(frame, TTSStartedFrame):
            self._stream.reach.begin(self._stream.playback.queued, self.get_event_loop().time())
        if isinstance(frame, OPENS):
            self._reply_open = True
        elif isinstance(frame, CLOSES):
            self._reply_open = False
            self._stream.playback.finish()
            self._end_uninterruptible()
            self._stream.on_words()
        self._held.append((self._stream.playback.queued, frame))
        self._progress.set()

    async def _interrupt(self, frame: InterruptionFrame) -> None:
        self._stream.cut(pair(frame))
        for heard in self._stream.heard_at_cut():
            await self._push_heard(heard)
        kept = [held for _, held in self._held if not held.interruptible]
        await self._tell_interruptible()
        self._held.clear()
        self._reply_open = False
        self._stream.open_gate()
        await self._stop_speaking()
        await self.push_frame(frame)
        await self._take_again(kept)

    async def _take_again(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            if isinstance(frame, SPEECH):
                await self._speak(frame)
            else:
                self._hold(frame)

    async def _tell_interruptible(self) -> None:
        marked = any(isinstance(held, UninterruptibleSpeechFrame) for _, held in self._held)
        if self._is_uninterruptible or marked:
            self._is_uninterruptible = False
            await self.broadcast_frame(UninterruptibleSpeechFrame, playing=False)

    def _follow(self) -> None:
        self._stream.on_progress = self._progress.set
        self._stream.on_started = self._started.set
        self._follower = self.create_task(self._follow_playback(), "playback")

    async def _follow_playback(self) -> None:
        """Release what is due, whenever sound goes out, a mark comes back or patience ends."""
        while True:
            try:
                async with asyncio.timeout_at(self._next_deadline()):
                    await self._progress.wait()
            except TimeoutError:
                pass
            self._progress.clear()
            if self._started.is_set():
                self._started.clear()
                await self._start_speaking()
            await self._tell_reach()
            await self._release()

    async def _tell_reach(self) -> None:
        for news in self._stream.reach.news():
            if isinstance(news, Sent):
                await self.push_frame(ReplySentFrame(news.voiced_at, news.sent_at))
            else:
                await self.push_frame(ReplyPlayedFrame(news.at))

    def _next_deadline(self) -> float | None:
        """When the clock alone says that what waits first was heard; None while nothing waits for it."""
        playback = self._stream.playback
        target = self._held[0][0] if self._held else playback.sent
        if target <= self._position() or target > playback.sent:
            return None
        return playback.due(target) + PATIENCE + TICK

    def _position(self) -> int:
        """Bytes that count as heard: proven by marks, or so long overdue that the mark must be lost."""
        playback = self._stream.playback
        return max(playback.proven, playback.played(self.get_event_loop().time() - PATIENCE))

    async def _release(self) -> None:
        position = self._position()
        while self._held and self._held[0][0] <= position:
            at, frame = self._held.popleft()
            await self._tell_heard(at)
            if isinstance(frame, SPEECH):
                behind = [held for _, held in self._held]
                self._held.clear()
                await self._take_again((frame, *behind))
            else:
                await self._let_go(frame)
        await self._tell_heard(position)
        if not self._reply_open and position >= self._stream.playback.queued:
            await self._stop_speaking()

    async def _let_go(self, frame: Frame) -> None:
        if isinstance(frame, HangUpFrame):
            self._on_hang_up(frame.reason)
            return
        if isinstance(frame, HeardOutFrame):
            frame.due()
            return
        if isinstance(frame, UninterruptibleSpeechFrame):
            await self.broadcast_frame(UninterruptibleSpeechFrame, playing=False)
            return
        if isinstance(frame, LLMFullResponseEndFrame):
            await self._stop_speaking()
        await self.push_frame(frame)

    async def _tell_heard(self, position: int) -> None:
        for heard in self._stream.playback.heard(position):
            await self._push_heard(heard)

    async def _push_heard(self, heard: HeardText) -> None:
        for direction in (FrameDirection.DOWNSTREAM, FrameDirection.UPSTREAM):
            frame = HeardTextFrame(heard.text, TextType.SENTENCE)
            frame.append_to_context = heard.append_to_context
            await self.push_frame(frame, direction)
        self._stream.on_words()

    async def _start_speaking(self) -> None:
        if not self._speaking:
            self._speaking = True
            await self.broadcast_frame(BotStartedSpeakingFrame)

    async def _stop_speaking(self) -> None:
        if self._speaking:
            self._speaking = False
            self._stream.play_on()  # nothing is left to be ducked; the next reply is as loud as ever
            await self.broadcast_frame(BotStoppedSpeakingFrame)

    async def _stop(self) -> None:
        if self._follower is not None:
            follower, self._follower = self._follower, None
            await self.cancel_task(follower)


def pair(frame: InterruptionFrame) -> frozenset[int]:
    """The ids of an interruption's two halves, the upstream and the downstream frame."""
    return frozenset(i for i in (frame.id, frame.broadcast_sibling_id) if i is not None)
