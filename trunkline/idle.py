"""What is said to a caller who says nothing, and when the call is given up."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from processors.language_wording import wording
from trunkline.life import IDLE

if TYPE_CHECKING:
    from trunkline.call import Call

BREATH = 2.0
"""Seconds after a sound of the caller in which nothing is asked: its words may be on their way."""


@dataclass(frozen=True, slots=True)
class Idle:
    """After a silence the caller is asked, more plainly each time; then the call is ended politely.

    The silence counts while it is the caller's move: not while somebody speaks, a reply or a tool is awaited,
    the caller is on hold or a tool waits for keys. A noise without words holds it up and does not begin it
    anew, else a television would keep a forgotten call for ever. Words and keys of the caller do.

    Raises:
        ValueError: a silence that is none, or a prompt without words.
    """

    after: float = 8.0
    """Seconds of silence, each time."""
    prompts: tuple[str, ...] = ("Are you still there?", "I cannot hear you. Is there anything else I can do?")
    """Said one after the other; part of the conversation, so the model knows what "yes, I am" means."""
    farewell: str = "I cannot hear you, so I will hang up now. Please call again any time. Goodbye."
    """Said after the last silence; a caller who speaks into it keeps the call."""

    def __post_init__(self) -> None:
        if isinstance(self.prompts, str):  # a type checker sees it, a pipeline file may have none
            raise ValueError(f"Idle has prompts={self.prompts!r}; expected a tuple of texts")
        object.__setattr__(self, "prompts", tuple(wording(text) for text in self.prompts))
        object.__setattr__(self, "farewell", wording(self.farewell))
        if not self.after > 0:
            raise ValueError(f"Idle has after={self.after}; expected seconds, more than 0")
        if not all(text.strip() for text in self.texts):
            raise ValueError(f"Idle has an empty text in {self.texts}; expected words to be said")

    @property
    def texts(self) -> Sequence[str]:
        """All that may be said."""
        return (*self.prompts, self.farewell)


class IdleClock:
    """Counts the silence of one call from now on, and breaks it.

    Args:
        idle: when, and what to say.
        call: where.
    """

    def __init__(self, idle: Idle, call: "Call") -> None:
        self._idle = idle
        self._call = call
        self._floor = call.floor
        self._loop = asyncio.get_running_loop()
        self._asked = 0
        self._signs = self._signs_of_life()
        self._left = idle.after
        self._since = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._unwatch = self._floor.watch(self._look)
        self._look()

    def stop(self) -> None:
        """Count no more."""
        self._unwatch()
        self._pause()

    def _look(self) -> None:
        """Something has changed."""
        self._pause()
        if (signs := self._signs_of_life()) != self._signs:
            self._signs, self._asked, self._left = signs, 0, self._idle.after
        if self._floor.is_free:
            self._count()
        elif self._floor.caller_speaks and self._floor.is_callers_move:
            self._left = max(self._left, min(BREATH, self._idle.after))
        else:
            self._left = self._idle.after

    def _signs_of_life(self) -> int:
        return self._floor.turns + self._floor.keys

    def _count(self) -> None:
        self._since = self._loop.time()
        self._timer = self._loop.call_later(self._left, self._break)

    def _pause(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._left -= self._loop.time() - self._since

    def _break(self) -> None:
        asked, self._asked = self._asked, self._asked + 1
        if asked < len(self._idle.prompts):
            words = self._call.say(self._idle.prompts[asked])
        else:
            words = self._call.hang_up(self._idle.farewell, reason=IDLE)
        self._floor.create_task(words, "idle")
        self._left = self._idle.after
        self._count()
