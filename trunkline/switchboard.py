"""The switchboard: lines by number, calls by SID."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Protocol, TypeVar

from loguru import logger

from trunkline.admission import Admission, Refused, Waits
from trunkline.costs.spending import Spending
from trunkline.events import Watchers
from trunkline.life import CALLER_HUNG_UP, PROVISIONAL, TRANSFERRED, VOICEMAIL, Outcome
from trunkline.line import Line
from trunkline.minutes import Keeper, Minutes
from trunkline.overflow import Busy, LastAnswer, Reason, SayAndHangUp
from trunkline.records import Facts
from trunkline.resuming.fetch_back import Told, tell
from trunkline.resuming.resumption import UNKNOWN_PAST, Resumed
from trunkline.session import Session
from trunkline.transfers.settling import Settling
from trunkline.vendors import Vendors

REMEMBERED = 60.0
"""Seconds for which the outcome of a call is known by heart: Twilio asks sooner than a database has it."""

ARCHIVE_LIMIT = 2.0
"""Seconds that the archive may take; Twilio gives up after fifteen; the caller hears nothing meanwhile."""

SHUTDOWN = "the server was stopped"

T = TypeVar("T")


class Archive(Keeper, Protocol):
    """A keeper that can also be asked."""

    async def outcome(self, sid: str) -> Outcome | None:
        """How a call ended, if it has."""

    async def resumed(self, sid: str) -> Resumed:
        """What is needed to go on with a call that another process has begun."""

    async def flush(self) -> bool:
        """Return when all that was given so far can be asked for; False if that cannot be had."""


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
        self.consultations = vendors.consultations
        """Humans who are asked to take a call of this process, by its SID."""
        self.settling = Settling(vendors, self.outcome, self._came_of_transfer)
        """Transfers of whose end the carrier tells too little."""
        self.spending: Spending | None = None
        """What the lines have spent today; None where nobody asks."""
        self._vendors = vendors
        self._only = only
        self.on_over: Callable[[int], None] = lambda live: None
        """Told of each call that is over, and how many go on."""
        self._over: dict[str, tuple[float, Outcome]] = {}
        self._loop = asyncio.get_running_loop()
        self._archive_is_away_until = 0.0

    @property
    def full(self) -> Reason | None:
        """Why no line takes another call; None if one does."""
        return self.admission.full([self._only] if self._only else self.lines.values())

    def line(self, called: str) -> Line | None:
        """The line that answers a number."""
        return self._only or self.lines.get(called)

    def line_of(self, facts: Facts) -> Line | None:
        """The line of a call, whoever called."""
        return self.line(facts.number)

    async def over_budget(self, facts: Facts, line: Line, *, answered: bool) -> LastAnswer | None:
        """What a caller hears whose line has spent its budget for today; None if the call may go on.

        Whom we have called ourselves is not sent away.
        """
        if self.spending is None or facts.is_outbound:
            return None
        answer = await self.spending.refuses(line, facts.sid, self.calls)
        if answer is not None:
            self.admission.stop_waiting(facts.sid)
        return SayAndHangUp() if isinstance(answer, Busy) and answered else answer

    def turns_away(self, facts: Facts, line: Line, *, answered: bool) -> Refused | Waits | None:
        """What a caller hears for whom there is no room; None if the call may ring, as one that is known may.

        Args:
            facts: what Twilio says of the call.
            line: the line that is to answer it.
            answered: whether the caller has heard something of us already.
        """
        return self.admission.ask(facts.sid, line, answered=answered, closing=self.closing)

    def ring(self, facts: Facts, line: Line, resumed: Resumed | None = None) -> Session:
        """The call's session; a call that is known already (a repeated webhook) keeps the one it has.

        Args:
            facts: what Twilio says of the call.
            line: the line that answers it.
            resumed: what is known of a call that another process, or another session, has begun.

        Raises:
            Exception: whatever the line's file raises for this call; the call is kept as failed.
        """
        if (known := self.calls.get(facts.sid)) is not None and known.outcome is None:
            return known
        if resumed is not None and resumed.is_known and resumed.state:
            # Before anything that may kill this process too.
            self.archive.note(facts.sid, urgent=True, state=dict(resumed.state))
        minutes = Minutes(facts, line, self.archive, self.watchers, resumed.turn if resumed else None)
        try:
            session = Session(
                facts,
                line,
                self._vendors,
                minutes,
                resumed=resumed,
                on_over=self._forget,
                ask=self._ask_anew,
            )
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
        here = sid in self.calls or sid in self._over
        known = self.decided(sid) if here else await self._ask(partial(self.archive.outcome, sid), None)
        if known is None or known.kind not in PROVISIONAL or known.then is not None:
            return known
        # Some process has given up waiting for a stream that was lost; whoever asks us now, has not. But one
        # that never came here, keeps the caller in silence.
        return known if here and known.last_words else None

    def settle(self, sid: str, outcome: Outcome) -> None:
        """What came of a transfer, whoever began it."""
        self.settling.forget(sid)
        if sid not in self.calls:
            self._remember(sid, outcome)
        self.archive.end(sid, outcome)

    def _came_of_transfer(self, sid: str, outcome: Outcome) -> None:
        consultation = self.consultations.get(sid)
        if consultation is not None and outcome.kind != TRANSFERRED:
            consultation.dismiss()  # who waits in a room for a caller who is gone
        self.settle(sid, outcome)

    async def reopen(self, sid: str) -> None:
        """A call that was put through to somebody comes back: it has no outcome any more."""
        if (session := self.calls.get(sid)) is not None:
            await session.over()
        self.settling.forget(sid)
        self._over.pop(sid, None)
        self.archive.note(sid, urgent=True, outcome=None, reason="", then=None, ended_at=None)
        await self._ask(self.archive.flush, None)  # what was heard last goes on with it

    async def resumed(self, sid: str) -> Resumed:
        """What another process, or another session, has left of a call: as much of it as can be had now."""
        return await self._ask(partial(self.archive.resumed, sid), UNKNOWN_PAST)

    async def _ask(self, question: Callable[[], Awaitable[T]], otherwise: T) -> T:
        """What the archive says. A caller waits for it: if it does not answer, the call goes on without."""
        if self._loop.time() < self._archive_is_away_until:
            return otherwise
        try:
            async with asyncio.timeout(ARCHIVE_LIMIT):
                return await question()
        except Exception as error:  # whichever driver it is of, the caller comes first
            kind = type(error).__name__
            logger.error("the call store does not answer ({}); a call goes on without it", kind)
            self._archive_is_away_until = self._loop.time() + ARCHIVE_LIMIT
            return otherwise

    def give_up(self, sid: str, outcome: Outcome) -> None:
        """Nothing goes on with a call any more, here or anywhere."""
        if (session := self.calls.get(sid)) is not None:
            session.end(outcome)
        else:
            self.archive.end(sid, outcome)
            self._remember(sid, outcome)

    def left_message(self, sid: str, url: str) -> None:
        """The caller has left a message with the carrier: the better outcome, whatever led to it."""
        if (session := self.calls.get(sid)) is not None:
            session.end(VOICEMAIL)
        self.archive.end(sid, VOICEMAIL)
        self.archive.note(sid, urgent=True, outcome=VOICEMAIL.kind, voicemail=url)
        self._remember(sid, VOICEMAIL)

    async def hung_up(self, sid: str) -> None:
        """The caller is gone, Twilio says, whatever our end of the call thinks."""
        self.admission.stop_waiting(sid)
        if (session := self.calls.get(sid)) is not None:
            session.end(CALLER_HUNG_UP)
        outcome = session.outcome if session is not None else await self.outcome(sid)
        if outcome is None:
            self.archive.end(sid, CALLER_HUNG_UP)
        elif outcome.then is not None:
            self.settling.over(sid)

    async def close(self) -> int:
        """Take no more calls and end those that go on; returns how many these were."""
        self.closing = True
        sessions = list(self.calls.values())
        for session in sessions:
            session.end(Outcome("failed", SHUTDOWN, session.line.apology))
        for session in sessions:
            await session.over()
        await self.settling.close()
        return len(sessions)

    async def _ask_anew(self, session: Session) -> Told:
        """Have the carrier ask about a call that waits for a stream, unless another process has it."""
        known = await self.resumed(session.call.sid)
        if not known.is_known or known.attempts > session.call.attempts:
            return Told.NOT
        return await tell(session.call.facts, self._vendors)

    def _forget(self, session: Session) -> None:
        sid = session.call.sid
        if self.calls.get(sid) is session:  # and not another one of the same call, which goes on
            self.calls.pop(sid)
            self.admission.leave(sid)
            if session.outcome is not None:
                self._remember(sid, session.outcome)
        self.on_over(len(self.calls))
        logger.info("call {} is over: {}", sid, session.outcome.kind if session.outcome else "no outcome")

    def _remember(self, sid: str, outcome: Outcome) -> None:
        now = self._loop.time()
        while self._over and now - next(iter(self._over.values()))[0] > REMEMBERED:
            self._over.pop(next(iter(self._over)))
        self._over[sid] = (now, outcome)
