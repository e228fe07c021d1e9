"""Deletes whom campaigns that are over have called. What came of their attempts stays.

Contacts of a campaign that goes on are left alone: it would call a person without a number.
"""

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    cast,
    delete,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from trunkline.calls.purge import Wanted
from trunkline.campaigns.campaign import State
from trunkline.campaigns.models import AttemptRow, CampaignRow, ContactRow

BLANK = "purged-"
"""What a number is replaced by, with the contact's id behind it: no two of a campaign may be the same."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listed:
    """How many contacts are wanted."""

    over: int = 0
    """Of campaigns that are done."""
    live: int = 0
    """Of campaigns that go on, or are paused; they are kept."""


class ContactPurge:
    """Of one call store.

    Args:
        engine: of the store.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def matching(self, wanted: Wanted) -> Listed:
        """The contacts that are wanted. A campaign is as old as its end; one without an end has no age."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_contacts(wanted, CampaignRow.state == State.DONE.value))).all()
        over = sum(is_over for (is_over,) in rows)
        return Listed(over, len(rows) - over)

    async def purge(self, wanted: Wanted, *, whole: bool = False) -> int:
        """Delete numbers and data of the contacts whose campaign is done; returns of how many.

        Args:
            wanted: which.
            whole: the contacts themselves, too, and their attempts.
        """
        doomed = _contacts(wanted, ContactRow.id).where(CampaignRow.state == State.DONE.value)
        async with self._engine.begin() as connection:
            if whole:
                await connection.execute(delete(AttemptRow).where(AttemptRow.contact.in_(doomed)))
                return (
                    await connection.execute(delete(ContactRow).where(ContactRow.id.in_(doomed)))
                ).rowcount
            number = literal(BLANK) + cast(ContactRow.id, String)
            blank = update(ContactRow).where(ContactRow.id.in_(doomed)).values(number=number, data={})
            return (await connection.execute(blank)).rowcount


def _contacts(wanted: Wanted, column: SQLColumnExpression[T]) -> Select[T]:
    query: Select[T]
    query = select(column).join_from(ContactRow, CampaignRow, CampaignRow.name == ContactRow.campaign)
    return query.where(*_conditions(wanted))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if not wanted.again:
        found.append(~ContactRow.number.startswith(BLANK))
    if wanted.calls:
        found.append(ContactRow.id.in_(select(AttemptRow.contact).where(wanted.named(AttemptRow.sid))))
    return [*found, *wanted.where(at=CampaignRow.ended_at, line=CampaignRow.line, number=ContactRow.number)]
