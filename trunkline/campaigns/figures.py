"""How campaigns stand, in figures and rows."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from trunkline.calls.summary import aware
from trunkline.campaigns.models import AttemptRow, ContactRow
from trunkline.campaigns.purge import BLANK
from trunkline.campaigns.retries import UNCOUNTED
from trunkline.campaigns.store import DONE, LIVE, WAITING

RECENT = timedelta(minutes=1)
"""Over which the pace is measured."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How a campaign stands."""

    contacts: int = 0
    waiting: int = 0
    """Contacts whose next attempt is not due, or waits its turn."""
    live: int = 0
    """Contacts that are being called."""
    done: int = 0
    """Contacts with their final outcome."""
    again: int = 0
    """Contacts that wait and were called before."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """Contacts by the outcome of their last attempt, the most frequent first."""
    attempts: int = 0
    """Attempts of all contacts that are over."""
    next_at: datetime | None = None
    """When the next attempt is due."""
    pace: float = 0.0
    """Calls begun in a second, over the last minute."""


async def figures(engine: AsyncEngine, name: str, now: datetime) -> Figures:
    """The figures of a campaign."""
    of = ContactRow.campaign == name
    async with engine.connect() as connection:
        of_each = select(ContactRow.state, func.count()).where(of).group_by(ContactRow.state)
        states = {str(state): int(count) for state, count in await connection.execute(of_each)}
        outcomes = await connection.execute(
            select(ContactRow.outcome, func.count())
            .where(of, ContactRow.outcome.is_not(None))
            .group_by(ContactRow.outcome)
            .order_by(func.count().desc(), ContactRow.outcome)
        )
        counted = {str(outcome): int(count) for outcome, count in outcomes}
        waits = of & (ContactRow.state == WAITING)
        next_at = (await connection.execute(select(func.min(ContactRow.due_at)).where(waits))).scalar()
        again = select(func.count()).where(waits, ContactRow.attempts > 0)
        over = select(func.count()).where(AttemptRow.campaign == name, AttemptRow.outcome.is_not(None))
        begun = select(func.count()).where(AttemptRow.campaign == name, AttemptRow.begun_at > now - RECENT)
        return Figures(
            contacts=sum(states.values()),
            waiting=states.get(WAITING, 0),
            live=states.get(LIVE, 0),
            done=states.get(DONE, 0),
            again=(await connection.execute(again)).scalar_one(),
            outcomes=counted,
            attempts=(await connection.execute(over)).scalar_one(),
            next_at=aware(next_at) if next_at else None,
            pace=(await connection.execute(begun)).scalar_one() / RECENT.total_seconds(),
        )


@dataclass(frozen=True, slots=True)
class Result:
    """A contact and what came of it."""

    number: str
    """E.164; empty when it was purged."""
    data: Mapping[str, Any]
    state: str
    attempts: int
    """Calls that were made, or may have been."""
    outcome: str | None
    first_at: datetime | None
    last_at: datetime | None
    next_at: datetime | None
    """When the next attempt is due; None if there is none."""
    sids: tuple[str, ...]
    reason: str
    """Why there was no call, at the last attempt."""


async def results(engine: AsyncEngine, name: str) -> AsyncIterator[Result]:
    """All contacts of a campaign, in the order of the list."""
    attempts = (
        select(AttemptRow).where(AttemptRow.campaign == name).order_by(AttemptRow.contact, AttemptRow.n)
    )
    contacts = select(ContactRow).where(ContactRow.campaign == name).order_by(ContactRow.id)
    async with engine.connect() as connection:
        made: dict[int, list[Any]] = {}
        for row in await connection.execute(attempts):
            made.setdefault(row.contact, []).append(row)
        rows = (await connection.execute(contacts)).all()
    for contact in rows:
        yield _result(contact, made.get(contact.id, []))


def _result(contact: Any, attempts: list[Any]) -> Result:
    begun = [aware(one.begun_at) for one in attempts]
    return Result(
        number="" if contact.number.startswith(BLANK) else contact.number,
        data=contact.data,
        state=contact.state,
        attempts=sum(one.outcome not in UNCOUNTED for one in attempts),
        outcome=contact.outcome,
        first_at=begun[0] if begun else None,
        last_at=begun[-1] if begun else None,
        next_at=aware(contact.due_at) if contact.state == WAITING else None,
        sids=tuple(one.sid for one in attempts if one.sid),
        reason=attempts[-1].reason if attempts else "",
    )
