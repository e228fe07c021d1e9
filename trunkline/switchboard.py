"""The switchboard: lines by number, calls by SID."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from loguru import logger

from trunkline.events import Watchers
from trunkline.life import Outcome
from trunkline.line import Line
from trunkline.minutes import Keeper, Minutes
from trunkline.records import Facts, Message
from trunkline.session import Session
from trunkline.vendors import Vendors


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
        max_calls: calls at once; None for no limit.
    """

    def __init__(
        self,
        lines: Iterable[Line],
        vendors: Vendors,
        archive: Archive,
        watchers: Watchers,
        *,
        only: Line | None = None,
        max_calls: int | None = None,
    ) -> None:
        self.lines = {line.number: line for line in lines}
        self.calls: dict[str, Session] = {}
        self.archive = archive
        self.watchers = watchers
        self._vendors = vendors
        self._only = only
        self._max_calls = max_calls

    @property
    def full(self) -> bool:
        return self._max_calls is not None and len(self.calls) >= self._max_calls

    def line(self, called: str) -> Line | None:
        """The line that answers a number."""
        return self._only or self.lines.get(called)

    def ring(self, facts: Facts, line: Line, history: Sequence[Message] | None = None) -> Session:
        """The call's session; a call that is known already (a repeated webhook) keeps the one it has."""
        if (known := self.calls.get(facts.sid)) is not None and known.outcome is None:
            return known
        turns = sum(message["role"] == "user" for message in history or ())
        minutes = Minutes(facts, line, self.archive, self.watchers, turns)
        session = Session(facts, line, self._vendors, minutes, history=history, on_over=self._over)
        self.calls[facts.sid] = session
        logger.info("call {} rings on {}", facts.sid, line.name)
        return session

    async def close(self, outcome: Outcome) -> None:
        """End every call."""
        sessions = list(self.calls.values())
        for session in sessions:
            session.end(outcome)
        for session in sessions:
            await session.over()

    def _over(self, session: Session) -> None:
        sid = session.call.sid
        if self.calls.get(sid) is session:
            del self.calls[sid]
        logger.info("call {} is over: {}", sid, session.outcome.kind if session.outcome else "no outcome")
