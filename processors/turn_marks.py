"""Where a turn ends, for recognisers that do not tell: at a silence, when the words are final."""

import asyncio
from collections.abc import Awaitable, Callable

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.utils.time import time_now_iso8601

from processors.frames import FinalWordsFrame

SILENCE = 0.5
"""Seconds of silence after which a turn with final words is over."""

FINAL_LATE = 1.5
"""Seconds of silence in which words should be final; then they are taken as they are."""

ASKED_LATE = 0.5
"""Seconds for it when somebody has asked for them."""

UNSEEN = 1.2
"""Seconds behind the last words, where no VAD tells of a silence."""


class TurnMarks:
    """Follows words and the VAD, and proposes ends of turns while :attr:`is_needed`.

    Interim words that do not become final are taken as they are; what a recogniser still says of them is
    dropped.

    Args:
        push: sends a frame down.
    """

    def __init__(self, push: Callable[[Frame], Awaitable[None]]) -> None:
        self.is_needed = False
        self.is_open = False
        """Whether there are words that no end of turn has closed."""
        self._push = push
        self._interim: InterimTranscriptionFrame | None = None
        self._taken: list[str] = []
        self._speaks = False
        self._silent_since: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is being said, and nothing was said that is not over."""
        return not (self._speaks or self.is_open)

    def words(self, frame: TranscriptionFrame | InterimTranscriptionFrame) -> bool:
        """More words; False if they have been taken already."""
        if self._taken and not self._is_new(frame):
            return False
        self.is_open = self.is_open or bool(frame.text.strip())
        self._interim = frame if isinstance(frame, InterimTranscriptionFrame) and frame.text.strip() else None
        self._expect()
        return True

    def sign(self, frame: Frame) -> None:
        """What the VAD says."""
        if isinstance(frame, VADUserStartedSpeakingFrame):
            self._speaks, self._silent_since, self._taken = True, None, []
            self._stop()
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._speaks, self._silent_since = False, _now() - frame.stop_secs
            self._expect()
        elif isinstance(frame, FinalWordsFrame) and self._interim is not None and self.is_needed:
            self._at(_now() + ASKED_LATE)

    def over(self) -> None:
        """The turn is over."""
        self.is_open, self._interim = False, None
        self._stop()

    def lost(self) -> None:
        """Interim words will be said again, by somebody else."""
        self._interim = None
        self._taken = []
        self._expect()

    def close(self) -> None:
        self.is_needed = False
        self._stop()

    def _expect(self) -> None:
        self._stop()
        if not (self.is_needed and self.is_open) or self._speaks:
            return
        if self._silent_since is None:
            self._at(_now() + UNSEEN)
        else:
            late = FINAL_LATE if self._interim is not None else SILENCE
            self._at(max(_now(), self._silent_since + late))

    def _at(self, when: float) -> None:
        self._stop()
        self._timer = asyncio.get_running_loop().call_at(when, self._fire)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fire(self) -> None:
        self._timer = None
        task = asyncio.get_running_loop().create_task(self._end())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end(self) -> None:
        interim = self._interim
        self.over()
        if interim is not None:
            self._taken = _plain(interim.text)
            now = time_now_iso8601()
            await self._push(
                TranscriptionFrame(interim.text, interim.user_id, now, interim.language, finalized=True)
            )
        await self._push(ProposedUserStoppedSpeakingFrame())

    def _is_new(self, frame: TranscriptionFrame | InterimTranscriptionFrame) -> bool:
        """Whether it says more than was taken; it then says only that."""
        words = _plain(frame.text)
        is_same = words[: len(self._taken)] == self._taken
        if is_same:
            frame.text = " ".join(frame.text.split()[len(self._taken) :])
        elif self._taken[: len(words)] == words:
            frame.text = ""
        if isinstance(frame, TranscriptionFrame):
            self._taken = []
        return bool(frame.text)


def _plain(text: str) -> list[str]:
    words = ("".join(filter(str.isalnum, word)).lower() for word in text.split())
    return list(words)


def _now() -> float:
    return asyncio.get_running_loop().time()
