"""What is kept of campaigns: who is to be called, who is being called, and what came of it.

Each step is one transaction, and does nothing where it was made before. So a process may die between any two
of them, or within one, and the next process goes on from what the tables say.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from trunkline.campaigns.campaign import Campaign, Due, State, attempt_id
from trunkline.campaigns.contacts import Contact
from trunkline.campaigns.dials import Ended
from trunkline.campaigns.models import AttemptRow, CampaignRow, ContactRow
from trunkline.campaigns.pacing import Pacing
from trunkline.campaigns.retries import Retries
from trunkline.errors import CampaignError

WAITING, LIVE, DONE = "waiting", "live", "done"
"""Where a contact stands."""

MOST = 500
"""Attempts in one transaction."""

_campaigns: Any = CampaignRow.__table__
_contacts: Any = ContactRow.__table__
_attempts: Any = AttemptRow.__table__

_END: Any = (
    update(AttemptRow)
    .where(AttemptRow.id == bindparam("of"), AttemptRow.live.is_not(None))
    .values({name: bindparam(name) for name in ("outcome", "sid", "reason", "ended_at")} | {"live": None})
)
_MOVE: Any = (
    update(ContactRow)
    .where(ContactRow.id == bindparam("of"), ContactRow.state == LIVE, ContactRow.attempts == bindparam("n"))
    .values({name: bindparam(name) for name in ("state", "due_at", "outcome", "called_at")})
)


class CampaignStore:
    """The campaigns in a call store.

    Args:
        engine: of the database, brought up to date.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def create(self, campaign: Campaign, contacts: Iterable[Contact], now: datetime) -> None:
        """Keep a campaign; all of it or nothing.

        Raises:
            CampaignError: there is one of that name.
        """
        rows = [
            {
                "campaign": campaign.name,
                "number": contact.number,
                "data": dict(contact.data),
                "state": WAITING,
                "due_at": now,
                "attempts": 0,
            }
            for contact in contacts
        ]
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(_campaigns), _plain(campaign, now))
                if rows:
                    await connection.execute(insert(_contacts), rows)
        except IntegrityError as error:
            raise CampaignError(
                f"there is a campaign {campaign.name!r}: `trunkline campaign resume {campaign.name}` goes on "
                "with it; choose another name for a new one"
            ) from error

    async def campaigns(self) -> Sequence[Campaign]:
        """All, the latest first."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(_campaigns).order_by(CampaignRow.started_at.desc()))
            return [_campaign(row) for row in rows]

    async def campaign(self, name: str) -> Campaign | None:
        """One of them."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(_campaigns).where(CampaignRow.name == name))).first()
            return _campaign(row) if row else None

    async def pause(self, name: str, reason: str = "") -> bool:
        """Begin no more calls; those that are made go on. Whether it ran."""
        return await self._change(name, State.RUNNING, State.PAUSED, reason)

    async def resume(self, name: str) -> bool:
        """Go on. Whether it was paused."""
        return await self._change(name, State.PAUSED, State.RUNNING)

    async def forget(self, name: str) -> None:
        """Delete a campaign and all that belongs to it."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(_attempts).where(AttemptRow.campaign == name))
            await connection.execute(delete(_contacts).where(ContactRow.campaign == name))
            await connection.execute(delete(_campaigns).where(CampaignRow.name == name))

    async def finish(self, name: str, now: datetime) -> bool:
        """Declare it done if nobody is left to be called. Whether it is."""
        left = exists().where(ContactRow.campaign == name, ContactRow.state != DONE)
        statement = update(CampaignRow).where(
            CampaignRow.name == name, CampaignRow.state == State.RUNNING.value, ~left
        )
        async with self._engine.begin() as connection:
            done = await connection.execute(statement.values(state=State.DONE.value, ended_at=now))
            return done.rowcount > 0

    async def take(self, name: str, most: int, now: datetime) -> Sequence[str]:
        """Make the attempts ready that are due; their ids.

        From here on each of those contacts is being called, until the attempt is settled.
        """
        due = (
            select(ContactRow.id, ContactRow.attempts)
            .where(ContactRow.campaign == name, ContactRow.state == WAITING, ContactRow.due_at <= now)
            .order_by(ContactRow.due_at, ContactRow.id)
            .limit(min(most, MOST))
            .with_for_update(skip_locked=True)
        )
        async with self._engine.begin() as connection:
            found = (await connection.execute(due)).all()
            if not found:
                return ()
            rows = [_attempt(name, contact, n + 1, now) for contact, n in found]
            await connection.execute(
                update(ContactRow)
                .where(ContactRow.id.in_([contact for contact, _ in found]), ContactRow.state == WAITING)
                .values(state=LIVE, attempts=ContactRow.attempts + 1)
            )
            # `live` is unique: of two processes that take the same contact, one fails and takes nothing.
            await connection.execute(insert(_attempts), rows)
        return [row["id"] for row in rows]

    async def postpone(self, until: Mapping[int, datetime]) -> None:
        """Contacts that are not called before a time."""
        if not until:
            return
        move: Any = update(_contacts).where(_contacts.c.id == bindparam("of"), _contacts.c.state == WAITING)
        async with self._engine.begin() as connection:
            await connection.execute(
                move.values(due_at=bindparam("at")), [{"of": of, "at": at} for of, at in until.items()]
            )

    async def waiting(self, name: str, most: int, now: datetime) -> Sequence[tuple[int, str]]:
        """Contacts that are due, and their numbers, in the order in which they are called."""
        due = (
            select(ContactRow.id, ContactRow.number)
            .where(ContactRow.campaign == name, ContactRow.state == WAITING, ContactRow.due_at <= now)
            .order_by(ContactRow.due_at, ContactRow.id)
            .limit(most)
        )
        async with self._engine.connect() as connection:
            return [(contact, number) for contact, number in await connection.execute(due)]

    async def live(self) -> Mapping[str, str]:
        """Attempts that were made ready and are not over, of all campaigns; the campaign by the id."""
        query = select(AttemptRow.id, AttemptRow.campaign).where(AttemptRow.live.is_not(None))
        async with self._engine.connect() as connection:
            rows = await connection.execute(query.order_by(AttemptRow.begun_at, AttemptRow.id))
            return {row.id: row.campaign for row in rows}

    async def due(self, id: str) -> Due | None:  # noqa: A002
        """An attempt that is not over; None if it is."""
        query = (
            select(
                CampaignRow.name,
                CampaignRow.line,
                ContactRow.id,
                ContactRow.number,
                ContactRow.data,
                CampaignRow.state == State.PAUSED.value,
            )
            .join(ContactRow, ContactRow.campaign == CampaignRow.name)
            .join(AttemptRow, AttemptRow.live == ContactRow.id)
            .where(AttemptRow.id == id)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return Due(id, *row) if row else None

    async def settle(self, ended: Mapping[str, Ended], now: datetime) -> None:
        """Keep what came of attempts, and when their contacts are called again, if they are."""
        ids = list(ended)
        for start in range(0, len(ids), MOST):
            some = {of: ended[of] for of in ids[start : start + MOST]}
            async with self._engine.begin() as connection:
                await connection.execute(_END, [_ending(of, one, now) for of, one in some.items()])
                moves = await self._moves(connection, some, now)
                if moves:
                    await connection.execute(_MOVE, moves)

    async def _moves(
        self, connection: AsyncConnection, ended: Mapping[str, Ended], now: datetime
    ) -> list[dict[str, Any]]:
        """What becomes of the contacts, by all that came of their attempts so far."""
        query = select(AttemptRow.id, AttemptRow.contact, AttemptRow.campaign, AttemptRow.n)
        found = (await connection.execute(query.where(AttemptRow.id.in_(ended)))).all()
        outcomes = await _outcomes(connection, {row.contact for row in found})
        retries = await _retries(connection, {row.campaign for row in found})
        moves = []
        for row in found:
            one = ended[row.id]
            after = retries[row.campaign].after(one.outcome, outcomes[row.contact])
            due = now if after is None else max(now + timedelta(seconds=after), one.again_at or now)
            state = DONE if after is None else WAITING
            known = {"outcome": one.outcome, "called_at": now, "state": state, "due_at": due}
            moves.append({"of": row.contact, "n": row.n, **known})
        return moves

    async def _change(self, name: str, before: State, after: State, reason: str = "") -> bool:
        statement = update(CampaignRow).where(CampaignRow.name == name, CampaignRow.state == before.value)
        async with self._engine.begin() as connection:
            return (await connection.execute(statement.values(state=after.value, reason=reason))).rowcount > 0


async def _outcomes(connection: AsyncConnection, contacts: Collection[int]) -> Mapping[int, list[str]]:
    query = select(AttemptRow.contact, AttemptRow.outcome).where(
        AttemptRow.contact.in_(contacts), AttemptRow.outcome.is_not(None)
    )
    found: dict[int, list[str]] = {}
    for contact, outcome in await connection.execute(query):
        found.setdefault(contact, []).append(str(outcome))
    return found


async def _retries(connection: AsyncConnection, names: Collection[str]) -> Mapping[str, Retries]:
    query = select(CampaignRow.name, CampaignRow.retries).where(CampaignRow.name.in_(names))
    return {name: Retries.from_plain(plain) for name, plain in await connection.execute(query)}


def _attempt(campaign: str, contact: int, n: int, now: datetime) -> dict[str, Any]:
    return {
        "id": attempt_id(campaign, contact, n),
        "contact": contact,
        "campaign": campaign,
        "n": n,
        "live": contact,
        "begun_at": now,
        "reason": "",
    }


def _ending(of: str, ended: Ended, now: datetime) -> dict[str, Any]:
    return {"of": of, "outcome": ended.outcome, "sid": ended.sid, "reason": ended.reason, "ended_at": now}


def _plain(campaign: Campaign, now: datetime) -> dict[str, Any]:
    return {
        "name": campaign.name,
        "line": campaign.line,
        "file": campaign.file,
        "rate": campaign.pacing.rate,
        "at_once": campaign.pacing.at_once,
        "retries": campaign.retries.plain(),
        "state": campaign.state.value,
        "reason": "",
        "started_at": now,
    }


def _campaign(row: Any) -> Campaign:
    return Campaign(
        name=row.name,
        line=row.line,
        file=row.file,
        pacing=Pacing(row.rate, row.at_once),
        retries=Retries.from_plain(row.retries),
        state=State(row.state),
        reason=row.reason,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
