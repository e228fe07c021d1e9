"""Hears when the caller starts and stops speaking, and says so in both directions."""

import asyncio
from collections import deque
from typing import NamedTuple

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    StartFrame,
    VADUserStartedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection

from processors import g711
from processors.direct import DirectStage, HearingStage
from processors.frames import RATE, CallerAudioFrame, CallerStoppedFrame, FarVoiceFrame
from processors.recent_audio import LastSound, RecentAudio
from processors.silero import Silero, Slot, shared
from processors.voice_activity import Transition, VoiceActivity, VoiceActivitySettings

DEAF_AFTER = 1.0
"""Seconds without audio (muted, or the network is gone) after which a speaking caller counts as silent."""

MOMENT = 0.001
"""Seconds. A timer may fire this much early."""


class _Stop(NamedTuple):
    """The caller has stopped speaking."""

    sound: LastSound
    at: float
    """When the VAD was sure, in seconds."""


class VAD(HearingStage):
    """Passes every frame on at once, and listens to the caller's audio as it goes by.

    Says ``VADUserStartedSpeakingFrame`` and ``VADUserStoppedSpeakingFrame`` (a
    :class:`~processors.frames.CallerStoppedFrame`, which knows since when), both ways, each once and
    alternating. Audio of another format than 8 kHz mono is reported once and not listened to.

    Args:
        settings: how sure is sure enough.
        silero: the batch to listen in; without one, that of the event loop.
    """

    def __init__(
        self, settings: VoiceActivitySettings | None = None, *, silero: Silero | None = None
    ) -> None:
        super().__init__()
        self._activity = VoiceActivity(settings)
        self._silero = silero
        self._slot: Slot | None = None
        self._loop: asyncio.AbstractEventLoop
        self._unfit = False
        self._heard_at = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._recent = RecentAudio()
        self._unsaid: deque[_Stop | None] = deque()
        self._saying: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            if direction is FrameDirection.DOWNSTREAM and self._slot is not None:
                await self._listen(frame, self._slot)
        elif isinstance(frame, StartFrame):
            self._join()
        elif isinstance(frame, (EndFrame, CancelFrame)):
            self._leave()
        elif isinstance(frame, (BotStartedSpeakingFrame, BotStoppedSpeakingFrame)):
            self._activity.agent_speaks = isinstance(frame, BotStartedSpeakingFrame)
        await self.push_frame(frame, direction)

    def hear(self, frame: CallerAudioFrame) -> DirectStage | None:
        if self._slot is not None:
            self._take(frame.mulaw, frame.timestamp_ms, self._slot)
        return self.hand_on(frame)

    async def cleanup(self) -> None:
        self._leave()
        if self._saying is not None:
            await self.cancel_task(self._saying)
        await super().cleanup()  # type: ignore[no-untyped-call]

    def _join(self) -> None:
        if self._slot is None:
            self._loop = asyncio.get_running_loop()
            self._slot = (self._silero or shared()).join(self._on_window)

    def _leave(self) -> None:
        if self._slot is not None:
            self._slot.leave()
            self._slot = None
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        self._unsaid.clear()

    async def _listen(self, frame: InputAudioRawFrame, slot: Slot) -> None:
        if frame.sample_rate == RATE and frame.num_channels == 1:
            if isinstance(frame, CallerAudioFrame):
                self._take(frame.mulaw, frame.timestamp_ms, slot)
            else:
                self._take(g711.encode(frame.audio), None, slot)
        elif not self._unfit:
            self._unfit = True
            found = f"{frame.sample_rate} Hz with {frame.num_channels} channel(s)"
            await self.push_error(f"VAD hears {RATE} Hz mono only, found {found}; it will miss the caller")

    def _take(self, mulaw: bytes, timestamp_ms: int | None, slot: Slot) -> None:
        self._heard_at = self._loop.time()
        self._recent.hear(self._heard_at, timestamp_ms, mulaw)
        slot.feed(mulaw)

    def _on_window(self, probability: float, level_dbfs: float) -> None:
        transition = self._activity.hear(probability, level_dbfs=level_dbfs)
        if transition is Transition.FAR:
            self.create_task(self.push_frame(FarVoiceFrame()), "far voice")
        elif transition is not None:
            self._say(transition)

    def _say(self, transition: Transition) -> None:
        # Windows are heard outside of any task. One task says everything that is to be said, so that
        # nothing overtakes: a stop must not arrive ahead of its start.
        self._unsaid.append(self._stop() if transition is Transition.STOPPED else None)
        if transition is Transition.STARTED and self._watch is None:
            self._watch = self._loop.call_later(DEAF_AFTER, self._check_deaf)
        if self._saying is None or self._saying.done():
            self._saying = self.create_task(self._say_all(), "say")

    def _stop(self) -> "_Stop":
        now, silent = self._loop.time(), self._activity.settings.stop_ms / 1000
        # Where packets fail to come, what came last was no silence.
        sound = self._recent.last_sound(silent if now - self._heard_at < silent else 0.0)
        return _Stop(sound or LastSound(now - silent, now - silent), now)

    async def _say_all(self) -> None:
        settings = self._activity.settings
        while self._unsaid:
            stop = self._unsaid.popleft()
            if stop is None:
                await self.broadcast_frame(VADUserStartedSpeakingFrame, start_secs=settings.start_ms / 1000)
            else:
                await self.broadcast_frame(
                    CallerStoppedFrame,
                    stop_secs=settings.stop_ms / 1000,
                    ended_at=stop.sound.ended_at,
                    arrived_at=stop.sound.arrived_at,
                    noticed_at=stop.at,
                )

    def _check_deaf(self) -> None:
        """Runs while the caller speaks, about once a second; packets only leave the time they came."""
        self._watch = None
        if self._slot is None or not self._activity.speaking:
            return
        left = self._heard_at + DEAF_AFTER - self._loop.time()
        if left > MOMENT:
            self._watch = self._loop.call_later(left, self._check_deaf)
            return
        self._slot.forget()
        transition = self._activity.fall_silent()
        if transition is not None:
            self._say(transition)
