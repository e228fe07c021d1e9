"""What has been asked for and what of it has come: texts with their audio, and what follows them in order.

No I/O and no clock: who sends the texts and brings the audio is not its concern.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

RATE = 8000
"""Bytes of mu-law a second."""

CHARACTERS_PER_SECOND = 15
"""The pace of speech, until a voice has shown its own."""

PRIOR_CHARACTERS = 150
"""How many characters our guess of the pace counts for."""

SHARED_CHARACTERS = 600
"""Characters up to which several texts may share one Flush."""


@dataclass(frozen=True, slots=True)
class Label:
    """What the listener's side has to know of a text."""

    text_type: str = "sentence"
    append_to_context: bool = True
    interruptible: bool = True
    voice: str = ""
    """Who is to say it; anybody if empty."""


class Hold(Protocol):
    """Why something is not to be heard yet."""

    @property
    def is_pending(self) -> bool: ...
    @property
    def is_withdrawn(self) -> bool: ...


@dataclass(slots=True, eq=False)
class Group:
    """Text that ends with one Flush, and the audio that came for it."""

    text: str
    label: Label = field(default_factory=Label)
    opening: bool = False
    """Whether a reply begins with it: somebody is waiting in silence."""
    hold: Hold | None = None
    """What keeps it from being heard."""
    unsent: str = ""
    """What is still to be sent on the present socket."""
    sent_at: float | None = None
    """Seconds; when it was begun on the present socket."""
    asked_at: float | None = None
    """Seconds; when it was first begun on any."""
    is_closed: bool = False
    """Whether no more text joins it."""
    flushed_at: float | None = None
    """Seconds; when its Flush was sent on the present socket."""
    is_whole: bool = False
    """Whether all its audio has come."""
    is_dropped: bool = False
    is_retried: bool = False
    """Whether it was asked for again because nothing had come for it."""
    is_announced: bool = False
    """Whether its text went out ahead of its audio."""
    audio: bytearray = field(default_factory=bytearray)
    """Mu-law that came and was not taken."""
    received: int = 0
    """Bytes that came in all."""
    asked_from: int = 0
    """Where in the text the present socket began."""
    received_before: int = 0
    """Bytes that came from sockets before this one."""

    @property
    def has_sound(self) -> bool:
        """Whether anything came from the present socket."""
        return self.received > self.received_before

    def begin(self, now: float) -> None:
        """All of its text so far has been sent."""
        self.unsent = ""
        self.sent_at = now if self.sent_at is None else self.sent_at
        self.asked_at = now if self.asked_at is None else self.asked_at

    def end(self, now: float) -> None:
        """Its Flush has been sent."""
        self.is_closed = True
        self.flushed_at = now


@dataclass(slots=True, eq=False)
class Follower:
    """Something that keeps its place behind the audio before it."""

    item: Any
    interruptible: bool
    hold: Hold | None = None
    is_taken: bool = False


class Speech(NamedTuple):
    """A stretch of a group's audio."""

    group: Group
    audio: bytes
    """Mu-law."""


class Utterances:
    """Texts in the order in which they are to be heard, and the audio that is there for the first of them.

    Args:
        speed: how much faster than usual the voice speaks.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self.hold: Hold | None = None
        """What keeps from being heard what is asked for now. Withdrawn, nothing is taken in any more."""
        self._queue: deque[Group | Follower] = deque()
        self._characters = PRIOR_CHARACTERS
        self._bytes = int(PRIOR_CHARACTERS * RATE / CHARACTERS_PER_SECOND / speed)

    def say(self, text: str, label: Label, *, opening: bool = False) -> None:
        """Ask for ``text``. It joins the text before it if that has not been flushed."""
        last = self._queue[-1] if self._queue else None
        if isinstance(last, Group) and last.hold is self.hold and _joins(last, text, label):
            last.text += f" {text}"
            last.unsent += f" {text}"
        else:
            self._append(Group(text, label, opening, self.hold, unsent=text))

    def play(self, text: str, audio: bytes, label: Label) -> None:
        """Have ``audio`` heard in its turn: ``text`` needs no vendor."""
        given = bytearray(audio)
        self._append(Group(text, label, hold=self.hold, is_closed=True, is_whole=True, audio=given))

    def follow(self, item: Any, *, interruptible: bool = True) -> None:
        """Have ``item`` taken when all that was asked for before it has been."""
        self._append(Follower(item, interruptible, self.hold))

    def close(self) -> None:
        """What comes next does not join what came before."""
        if self._queue and isinstance(last := self._queue[-1], Group):
            last.is_closed = True

    @property
    def next_to_send(self) -> Group | None:
        """The first group of which text or its Flush is to be sent."""
        group = next((group for group in self._unfinished() if _wants_sending(group)), None)
        return None if group is not None and self._may_be_in_vain(group) else group

    @property
    def awaited(self) -> Group | None:
        """The group that the next audio belongs to."""
        return next((group for group in self._unfinished() if group.sent_at is not None), None)

    @property
    def need_a_vendor(self) -> bool:
        return any(self._unfinished())

    @property
    def are_silent(self) -> bool:
        """Whether there is nothing more to be heard."""
        return not any(isinstance(queued, Group) for queued in self._queue)

    def hear(self, audio: bytes) -> bool:
        """Take audio in; False if it belongs to nothing."""
        group = self.awaited
        if group is None:
            return False
        group.audio += audio
        group.received += len(audio)
        return True

    def complete(self, group: Group) -> None:
        """All audio of ``group`` has come."""
        group.is_whole = True
        if group.received and not group.asked_from:
            self._characters += len(group.text)
            self._bytes += group.received

    def take(self, limit: int, least: int = 0) -> Speech | Follower | None:
        """What comes next, if it is there: up to ``limit`` bytes of one group, or what follows it.

        Less than ``least`` bytes wait for more, unless no more will come. What was taken stays first in the
        queue until the next call: until then it is on its way.
        """
        while self._queue:
            head = self._queue[0]
            if _is_held(head):
                return None
            if isinstance(head, Follower):
                if not head.is_taken:
                    head.is_taken = True
                    return head
            elif head.audio:
                if _waits(head, min(least, limit)):
                    return None
                audio = bytes(head.audio[:limit])
                del head.audio[:limit]
                return Speech(head, audio)
            elif not head.is_whole:
                return None
            self._queue.popleft()
        return None

    def holds_back(self, least: int) -> bool:
        """Whether there is audio, and it is for :meth:`take` too little."""
        if not self._queue:
            return False
        head = self._queue[0]
        return isinstance(head, Group) and bool(head.audio) and _waits(head, least) and not _is_held(head)

    def interrupt(self) -> bool:
        """Drop what may be interrupted; whether audio is on its way for any of it."""
        return self._drop_all(list(self._queue))

    def withdraw(self, hold: Hold) -> bool:
        """Drop what was held, and may be interrupted; whether audio is on its way for any of it."""
        return self._drop_all([queued for queued in self._queue if queued.hold is hold])

    def lose(self) -> None:
        """The socket is gone: what has not come is to be asked for again."""
        for group in self._unfinished():
            if group.sent_at is not None:
                self._ask_again(group)

    def fail(self) -> list[str]:
        """Nothing more will come: drop what has not, and let what has be heard; returns what will not be."""
        unsaid = [rest for group in self._unfinished() if (rest := self._rest(group))]
        self._drop([group for group in self._unfinished() if not group.received])
        for group in self._unfinished():
            group.is_whole = True
        return unsaid

    def is_nearly_whole(self, group: Group) -> bool:
        """Whether so much audio came for it that, by the pace of the voice, hardly anything is missing."""
        return not has_words(group.text[self._reached(group, slack=0.7) :])

    def _append(self, queued: Group | Follower) -> None:
        if self.hold is None or not self.hold.is_withdrawn or not _is_interruptible(queued):
            self.close()
            self._queue.append(queued)

    def _may_be_in_vain(self, group: Group) -> bool:
        """Whether it is held and others of its reply are ahead: one sentence is enough to begin with."""
        return _is_held(group) and next(g for g in self._groups() if g.hold is group.hold) is not group

    def _drop_all(self, unwanted: list[Group | Follower]) -> bool:
        unwanted = [queued for queued in unwanted if _is_interruptible(queued)]
        groups = [queued for queued in unwanted if isinstance(queued, Group)]
        self._drop(groups)
        self._queue = deque(q for q in self._queue if isinstance(q, Group) or q not in unwanted)
        return any(group.sent_at is not None and not group.is_whole for group in groups)

    def _groups(self) -> Iterator[Group]:
        return (queued for queued in self._queue if isinstance(queued, Group))

    def _unfinished(self) -> Iterator[Group]:
        return (group for group in self._groups() if not group.is_whole)

    def _rest(self, group: Group) -> str:
        """What of its text no audio has come for, if it is for the caller at all."""
        if _is_held(group):
            return ""
        rest = group.text[self._reached(group) :]
        return rest if has_words(rest) else ""

    def _reached(self, group: Group, slack: float = 1.0) -> int:
        """Where in the text the audio that came ends, at the pace of the voice, or one so much faster."""
        came = (group.received - group.received_before) * self._characters
        return word_start(group.text, group.asked_from + int(came / (self._bytes * slack)))

    def _ask_again(self, group: Group) -> None:
        group.asked_from = self._reached(group)
        group.received_before = group.received
        group.unsent = group.text[group.asked_from :]
        group.sent_at = group.flushed_at = None
        group.is_whole = group.is_closed and not has_words(group.unsent)

    def _drop(self, groups: list[Group]) -> None:
        for group in groups:
            group.is_dropped = True
        self._queue = deque(q for q in self._queue if isinstance(q, Follower) or not q.is_dropped)


def has_words(text: str) -> bool:
    """Whether there is anything to say: of a lone dash Aura makes no sound."""
    return any(map(str.isalnum, text))


def word_start(text: str, at: int) -> int:
    """Where to go on when ``at`` characters have been heard: at the word that was cut, or the next one."""
    if at >= len(text):
        return len(text)
    while at and not text[at].isspace() and not text[at - 1].isspace():
        at -= 1
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _is_held(queued: Group | Follower) -> bool:
    return queued.hold is not None and queued.hold.is_pending


def _is_interruptible(queued: Group | Follower) -> bool:
    return queued.label.interruptible if isinstance(queued, Group) else queued.interruptible


def _waits(group: Group, least: int) -> bool:
    return len(group.audio) < least and not group.is_whole


def _joins(last: Group, text: str, label: Label) -> bool:
    # Text that joined a group after its first audio would be heard without having been announced.
    fits = len(last.text) + 1 + len(text) <= SHARED_CHARACTERS
    return not (last.is_closed or last.received) and last.label == label and fits


def _wants_sending(group: Group) -> bool:
    return bool(group.unsent) or (group.is_closed and group.flushed_at is None)
