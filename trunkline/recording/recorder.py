"""The recorder of one call, over all its streams: until it is stopped or the call ends, but for pauses."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pipecat.frames.frames import Frame, TTSSpeakFrame

from processors.frames import RATE, HeardOutFrame
from transports.call_sound import CallSound
from transports.sound_clock import SoundClock
from transports.twilio_input import TwilioInput
from transports.twilio_stream import Commands
from trunkline.calls.models import now
from trunkline.recording import folder
from trunkline.recording.disk import Disk, Writing
from trunkline.recording.options import Recording

EVERY = 1.0
"""Seconds from one piece to the next."""

UNANNOUNCED, LOST, STOPPED = "unannounced", "lost", "stopped"
"""Why nothing is recorded: the caller does not know yet; a process died while it was paused; by wish."""


class Recorder:
    """Keeps the time of a call's sound, and its sound if the line wants that.

    Args:
        sid: the call's.
        line: its line's name.
        wish: the line's; None for no recording.
        disk: where recordings go.
        source: hears the caller.
    """

    def __init__(self, sid: str, line: str, wish: Recording | None, disk: Disk, source: TwilioInput) -> None:
        self.clock = SoundClock()
        self.on_file: Callable[[str | None], None] = lambda _: None
        """Told where the recording is, when it begins; None when it is deleted."""
        self.changed: Callable[[], None] = lambda: None
        """Told when :meth:`state` is another one."""
        self._sid, self._line, self._wish, self._disk, self._source = sid, line, wish, disk, source
        self._loop = asyncio.get_running_loop()
        self._began: datetime | None = None
        self._sound: CallSound | None = None
        self._writing: Writing | None = None
        self._silent: set[object] = {UNANNOUNCED} if wish is not None and wish.announce else set()
        """For what reasons nothing is recorded now."""
        self._timer: asyncio.TimerHandle | None = None
        self._is_streaming = self._is_discarded = False
        self._streams = 0

    def heard_ms(self, sent: float) -> float:
        """When the caller hears what went out at a time, in milliseconds of the call's sound."""
        return self.clock.ms(sent + (self._sound.way if self._sound is not None else 0.0))

    # The streams.

    def stream_began(self, commands: Commands) -> Commands:
        """A stream of the call begins; returns its commands, heard along."""
        if not self.clock.is_running:
            at = now()
            self._began = self._began or at
            elapsed = (at - self._began).total_seconds()
            self.clock.begin(self._loop.time(), max(0, round(elapsed * RATE)))
        else:
            self.clock.begin(self._loop.time())
        self._is_streaming = True
        self._streams += 1
        if self._wish is None or self._is_discarded:
            return commands
        if self._sound is None:
            self._sound = CallSound(self.clock)
            if self._silent:
                self._sound.mute()
        self._source.tap = self._sound.receive
        self._sound.began()
        self._wait()
        return self._sound.told(commands)

    def stream_ended(self) -> None:
        """It is over; another may follow."""
        self._is_streaming = False
        if self._sound is not None:
            self._sound.ended()
            self._keep()
        if self._writing is not None:
            self._writing.close()  # the next stream may be another process's
        self._stop_timer()

    # What the caller is told.

    def announcement(self) -> list[Frame]:
        """What is to be said before anything is recorded; nothing if it was heard, or is not wanted."""
        if self._wish is None or UNANNOUNCED not in self._silent:
            return []
        words = TTSSpeakFrame(self._wish.announce, append_to_context=False)
        heard = HeardOutFrame(due=partial(self._announced, self._streams))
        words.interruptible = heard.interruptible = False
        return [words, heard]

    def _announced(self, stream: int) -> None:
        """It was said to its end; to nobody, if that stream was lost meanwhile."""
        if self._is_streaming and stream == self._streams:
            self.resume(UNANNOUNCED)

    # Pauses.

    def pause(self, reason: object) -> None:
        """Record nothing until :meth:`resume` is told the same reason; the time goes on."""
        self._silent.add(reason)
        if self._sound is not None:
            self._sound.mute()
        self.changed()

    def resume(self, reason: object) -> None:
        """A reason is gone; there may be others."""
        self._silent -= {reason} if reason is UNANNOUNCED else {reason, LOST}
        if not self._silent and self._sound is not None:
            self._sound.unmute()
        self.changed()

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Nothing is recorded inside."""
        reason = object()
        self.pause(reason)
        try:
            yield
        finally:
            self.resume(reason)

    def stop(self, *, discard: bool) -> None:
        """Record nothing more.

        Args:
            discard: delete what was recorded.
        """
        self.pause(STOPPED)
        if discard:
            self._discard()

    def _discard(self) -> None:
        self._is_discarded = True
        self._source.tap = self._sound = None
        self._stop_timer()
        if self._wish is not None and self._began is not None:
            (self._writing or self._begin()).delete()
            self._writing = None
        self.on_file(None)

    # The file.

    def _wait(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(EVERY, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._keep()
        if self._is_streaming:
            self._wait()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _keep(self) -> None:
        """Write what is final."""
        stretch = self._sound.take() if self._sound is not None else None
        if stretch is not None:
            self._writing = self._writing or self._begin()
            self._writing.write(stretch)

    def _begin(self) -> Writing:
        began = self._began or now()
        recording = folder.place(self._line, began, self._sid)
        self.on_file(recording)
        return self._disk.begin(recording, began)

    # For another process.

    def state(self) -> dict[str, Any]:
        """What another process needs to go on; JSON can hold it. Empty before the first stream."""
        if self._began is None:
            return {}
        reasons = {reason for reason in self._silent if isinstance(reason, str)}
        if self._silent - {UNANNOUNCED, STOPPED}:
            reasons = reasons & {UNANNOUNCED, STOPPED} | {LOST}
        return {"began": self._began.timestamp(), "silent": sorted(reasons), "gone": self._is_discarded}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on with a call that another process had.

        One that was paused stays so until another pause has ended: nobody knows what the caller is saying.
        """
        if "began" not in state:
            return
        self._began = datetime.fromtimestamp(0, UTC) + timedelta(seconds=state["began"])
        self._silent = set(state.get("silent", ()))
        self._is_discarded = bool(state.get("gone"))
