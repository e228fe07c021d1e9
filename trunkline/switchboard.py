"""The switchboard: lines by number, calls by SID."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from loguru import logger

from trunkline.admission import Admission, Refused, Waits
from trunkline.events import Watchers
from trunkline.life import CALLER_HUNG_UP, HANDED_OVER, PROVISIONAL, Outcome
from trunkline.line import Line
from trunkline.minutes import Keeper, Minutes
from trunkline.overflow import Reason
from trunkline.records import Facts, Message
from trunkline.session import Session
from trunkline.vendors import Vendors

REMEMBERED = 60.0
"""Seconds for which the outcome of a call is known by heart: Twilio asks sooner than a database has it."""

SHUTDOWN = "the server was stopped"


class Archive(Keeper, Protocol):
    """A keeper that can also be asked."""

    async def outcome(self, sid: str) -> Outcome | None:
        """How a call ended, if it has."""

    async def history(self, sid: str) -> Sequence[Message]:
        """The conversation so far, as messages for the model."""


class Switchboard:
    """Puts calls through to lines and keeps track of them.

    Args:
        lines: one a number.
        vendors: what the calls of this process share.
        archive: keeps the calls.
        watchers: told what happens.
        only: a line that answers whatever number is called.
        admission: decides which calls are taken; by default all are.
    """

    def __init__(
        self,
        lines: Iterable[Line],
        vendors: Vendors,
        archive: Archive,
        watchers: Watchers,
        *,
        only: Line | None = None,
        admission: Admission | None = None,
    ) -> None:
        self.lines = {line.number: line for line in lines}
        self.calls: dict[str, Session] = {}
        self.archive = archive
        self.watchers = watchers
        self.admission = admission or Admission()
        self.closing = False
        """Whether no more calls are taken because the server stops."""
        self._vendors = vendors
        self._only = only
        self.on_over: Callable[[int], None] = lambda live: None
        """Told of each call that is over, and how many go on."""
        self._over: dict[str, tuple[float, Outcome]] = {}
        self._loop = asyncio.get_running_loop()

    @property
    def full(self) -> Reason | None:
        """Why no line takes another call; None if one does."""
        return self.admission.full([self._only] if self._only else self.lines.values())

    def line(self, called: str) -> Line | None:
        """The line that answers a number."""
        return self._only or self.lines.get(called)

    def turns_away(self, facts: Facts, line: Line, *, answered: bool) -> Refused | Waits | None:
        """What a caller hears for whom there is no room; None if the call may ring, as one that is known may.

        Args:
            facts: what Twilio says of the call.
            line: the line that is to answer it.
            answered: whether the caller has heard something of us already.
        """
        return self.admission.ask(facts.sid, line, answered=answered, closing=self.closing)

    def ring(self, facts: Facts, line: Line, history: Sequence[Message] | None = None) -> Session:
        """The call's session; a call that is known already (a repeated webhook) keeps the one it has.

        Raises:
            Exception: whatever the line's file raises for this call; the call is kept as failed.
        """
        if (known := self.calls.get(facts.sid)) is not None:
            return known
        turns = sum(message["role"] == "user" for message in history or ())
        minutes = Minutes(facts, line, self.archive, self.watchers, turns)
        try:
            session = Session(facts, line, self._vendors, minutes, history=history, on_over=self._forget)
        except Exception as error:
            failed = Outcome("failed", f"its pipeline could not be composed: {type(error).__name__}")
            minutes.decided(failed)
            minutes.ended(failed)
            raise
        self.calls[facts.sid] = session
        self.admission.take(facts.sid, line)
        self._vendors.prepare(line, session.call.voices)
        logger.info("call {} rings on {}", facts.sid, line.name)
        return session

    def carries(self, sid: str) -> bool:
        """Whether a call goes on here."""
        session = self.calls.get(sid)
        return session is not None and session.outcome is None

    def decided(self, sid: str) -> Outcome | None:
        """The outcome of a call that goes on here, or was here a moment ago; None if it has none yet."""
        if (session := self.calls.get(sid)) is not None:
            return session.outcome
        return self._over[sid][1] if sid in self._over else None

    async def outcome(self, sid: str) -> Outcome | None:
        """How a call ended, here or in another process, if it has."""
        if sid in self.calls or sid in self._over:
            known = self.decided(sid)
            return None if known is HANDED_OVER else known
        kept = await self.archive.outcome(sid)
        # Another process has given up waiting for the stream; whoever asks us now, has not.
        return None if kept is not None and kept.kind in PROVISIONAL else kept

    async def hung_up(self, sid: str) -> None:
        """The caller is gone, Twilio says, whatever our end of the call thinks."""
        self.admission.stop_waiting(sid)
        if (session := self.calls.get(sid)) is not None:
            session.end(CALLER_HUNG_UP)
        elif await self.outcome(sid) is None:
            self.archive.end(sid, CALLER_HUNG_UP)

    async def close(self) -> int:
        """Take no more calls and end those that go on; returns how many these were."""
        self.closing = True
        sessions = list(self.calls.values())
        for session in sessions:
            session.end(Outcome("failed", SHUTDOWN, session.line.apology))
        for session in sessions:
            await session.over()
        return len(sessions)

    def _forget(self, session: Session) -> None:
        now, sid = self._loop.time(), session.call.sid
        self.calls.pop(sid, None)
        self.admission.leave(sid)
        while self._over and now - next(iter(self._over.values()))[0] > REMEMBERED:
            self._over.pop(next(iter(self._over)))
        if session.outcome is not None:
            self._over[sid] = (now, session.outcome)
        self.on_over(len(self.calls))
        logger.info("call {} is over: {}", sid, session.outcome.kind if session.outcome else "no outcome")
