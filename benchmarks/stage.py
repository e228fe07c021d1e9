"""Plays a dialogue with an agent over the sandbox's carrier, and keeps both channels of the call.

The caller does what its dialogue says when it hears that it is time: it knows no more of the agent than
anybody on a phone.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.dialogue.material import said, sound
from benchmarks.dialogue.moves import Dialogue, Into, Meanwhile, Say
from benchmarks.panel.floor import RESPONSE_WINDOW
from benchmarks.panel.marks import Kind, Mark, Recording
from benchmarks.panel.sound import BRIDGE, FRAME, RATE, audible
from trunkline.sandbox.telephone.call_log import NotSeen
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Warned

LOOK = 0.02
"""Seconds between two looks at what is heard."""

PICK_UP = 20.0
"""Seconds in which the subject is to answer the phone, and to say its greeting."""

DONE = 0.4
"""Seconds of silence after which the caller takes it that the agent is done."""

PATIENCE = 30.0
"""Seconds after which a caller no longer waits for the agent to be done."""

ANSWER = 3.0
"""Seconds after which a caller no longer waits for an answer, or for the agent to talk on."""

TALKS = 0.3
"""Seconds of sound that are talk."""

LISTEN = 1.0
"""Seconds for which the last answer of a call is listened to."""

PROMPT = "hello"
"""Said when the agent should talk, and does not."""


@dataclass(frozen=True)
class Take:
    """A dialogue as it went."""

    dialogue: str
    call_sid: str
    answered_at: float
    """Loop time in seconds at which both channels begin."""
    said: bytes = field(repr=False)
    """Mu-law of the caller."""
    heard: bytes = field(repr=False)
    """Mu-law of the agent, as it was played; as long as the caller's."""
    marks: tuple[Mark, ...]
    failures: tuple[str, ...]
    """What went wrong with the call itself."""

    @property
    def recording(self) -> Recording:
        return Recording.of(self.said, self.heard, self.marks)


class Hearing:
    """What a caller hears of the agent, up to now. Times are seconds of the call."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._frames = 0
        self.talks_since: float | None = None
        """When it began to talk; ``None`` while it is silent."""
        self.last_sound: float | None = None
        """When it was last heard; ``None`` if it never was."""

    @property
    def now(self) -> float:
        return self._phone.handset.now / RATE

    def look(self) -> None:
        """Take in what was played since the last look."""
        for loud in audible(self._phone.heard_since(self._frames * FRAME)):
            now = self._frames * FRAME / RATE
            self._frames += 1
            if loud:
                self.last_sound = now
                if self.talks_since is None:
                    self.talks_since = now
            elif self.talks_since is not None and now - (self.last_sound or 0.0) > BRIDGE:
                self.talks_since = None

    def talks(self, seconds: float = 0.0) -> bool:
        """Whether the agent talks, and has for so long."""
        return self.talks_since is not None and self.now - self.talks_since >= seconds

    def silent(self, seconds: float) -> bool:
        """Whether the agent has said something, and nothing for so long."""
        return self.last_sound is not None and self.now - self.last_sound >= seconds


class Stage:
    """One call of one caller.

    Args:
        phone: dialled.
        dialogue: what the caller does.
    """

    def __init__(self, phone: Phone, dialogue: Dialogue) -> None:
        self._phone = phone
        self._dialogue = dialogue
        self._agent = Hearing(phone)
        self._marks: list[Mark] = []
        self._failures: list[str] = []
        self._quiet_since = 0.0

    async def play(self) -> Take:
        """The whole call, to its end."""
        try:
            await self._phone.answered(PICK_UP)
            if not await self._until(self._has_spoken, PICK_UP):
                self._failures.append("no greeting")
            for move in self._dialogue.moves:
                await self._make(move)
            await self._until(lambda: self._agent.talks(LISTEN), ANSWER)
        except NotSeen:
            self._failures.append("not answered")
        await self._phone.hang_up()
        await self._phone.ended(PICK_UP)
        return self._take()

    async def _make(self, move: Say | Into | Meanwhile) -> None:
        if isinstance(move, Into):
            await self._say_into(move)
        elif isinstance(move, Say):
            await self._until(lambda: self._agent.silent(DONE), PATIENCE)
            await self._sound(Kind.TURN, move.text, said(move), paused=bool(move.pauses))
            # Who was answered into a pause may be answered again.
            await self._until(self._is_answered, ANSWER)
        else:
            await self._until(lambda: self._agent.silent(DONE), PATIENCE)
            await self._sound(move.kind, move.text, sound(move.kind, move.text))
            await self._until(lambda: False, RESPONSE_WINDOW)

    async def _say_into(self, move: Into) -> None:
        if not await self._until(lambda: self._agent.talks(TALKS), ANSWER):
            await self._sound(Kind.PROMPT, PROMPT, sound(Kind.PROMPT, PROMPT))
        if not await self._until(lambda: self._is_time(move.at), move.at + ANSWER):
            self._failures.append(f"nothing to say {move.text!r} into")
            return
        await self._sound(move.kind, move.text, sound(move.kind, move.text))

    def _is_answered(self) -> bool:
        since = self._agent.talks_since
        return since is not None and since > self._marks[-1].end

    def _is_time(self, at: float) -> bool:
        return self._agent.talks(at) and self._agent.now - self._quiet_since >= at

    async def _sound(self, kind: Kind, text: str, mulaw: bytes, *, paused: bool = False) -> None:
        saying = self._phone.say(mulaw)
        start = saying.begins_at - self._phone.answered_at
        await saying
        self._quiet_since = self._agent.now
        self._marks.append(Mark(kind, text, start, start + len(mulaw) / RATE, paused))

    def _has_spoken(self) -> bool:
        return self._agent.last_sound is not None

    async def _until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Whether something becomes true in so many seconds of a call that goes on."""
        until = self._agent.now + seconds
        while self._agent.now < until and not self._phone.is_over.is_set():
            self._agent.look()
            if true():
                return True
            await asyncio.sleep(LOOK)
        return False

    def _take(self) -> Take:
        warned = {f"carrier warns {warning.code}" for warning in self._phone.log.of(Warned)}
        return Take(
            self._dialogue.name,
            self._phone.call.sid,
            self._phone.answered_at,
            self._phone.said,
            self._phone.heard,
            tuple(self._marks),
            (*self._failures, *sorted(warned)),
        )
