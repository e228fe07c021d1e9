"""What the carrier says of an attempt to call somebody, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from loguru import logger

from trunkline.calls.dials import since
from trunkline.calls.models import DialRow
from trunkline.errors import CarrierError
from trunkline.life import FAX, MACHINE, VOICEMAIL_LEFT, Outcome
from trunkline.outbound.dialler import Dialler
from trunkline.records import OUTBOUND, Dial, Facts

if TYPE_CHECKING:
    from trunkline.carrier_api import CarrierApi
    from trunkline.line import Line

PROGRESS = {
    "queued": "requested",
    "initiated": "requested",
    "ringing": "ringing",
    "in-progress": "ringing",
}
"""The status of an attempt by Twilio's ``CallStatus``. It is *answered* when it has come to us."""

UNANSWERED = ("busy", "no-answer", "failed", "canceled")

MACHINES = {VOICEMAIL_LEFT: "voicemail-left", MACHINE: "answered-machine", FAX: "answered-machine"}
"""The outcome of an attempt by that of the call."""

NEVER_HAPPENED = 90.0
"""Seconds after which the carrier knows of every call that it was asked for (its lists are late)."""

SLACK = timedelta(seconds=5)
"""Between the carrier's clock and ours."""

Form = Mapping[str, str]


class DialNews:
    """Takes the carrier's requests that concern attempts of ours. They come twice, late, and in any order.

    Args:
        dialler: made the attempts; perhaps in another process.
    """

    def __init__(self, dialler: Dialler) -> None:
        self._dialler = dialler
        self._dials = dialler.dials
        self._attempts = dialler.attempts
        self._board = dialler.board

    async def answered(self, dial: str, sid: str) -> tuple[Dial | None, str]:
        """The call has been answered: what we wanted of it, and who answered if that is known already."""
        row = await self._row(dial, sid)
        if row is None:
            return None, ""
        row.status = "answered"
        self._attempts.write(self._dials.advance(row.id, "answered"))
        self._attempts.arrived(row.id)
        return Dial(row.id, dict(row.data), row.campaign, row.contact), row.answered_by or ""

    async def verdict(self, dial: str, form: Form) -> None:
        """Answering machine detection has come to an end."""
        sid, who = form.get("CallSid", ""), form.get("AnsweredBy", "")
        row = await self._row(dial, sid)
        if row is None or not who:
            return
        row.answered_by = who
        self._board.archive.note(sid, answered_by=who)
        if (session := self._board.calls.get(sid)) is not None:
            await session.answered_by(who)
        await self._dials.was_answered_by(row.id, who)

    async def progress(self, dial: str, form: Form) -> None:
        """The call is being made, rings, is answered, is over."""
        sid, status = form.get("CallSid", ""), form.get("CallStatus", "")
        row = await self._row(dial, sid)
        if row is None:
            return
        if status in PROGRESS:
            await self._dials.advance(row.id, PROGRESS[status])
        elif status in UNANSWERED:
            await self._unanswered(row, sid, status, form.get("SipResponseCode", ""))
        elif status == "completed":
            ending = _ending(await self._board.outcome(sid), has_arrived=row.status == "answered")
            await self._dials.advance(row.id, "ended", **ending)
            self._attempts.ended(row.id)

    async def _unanswered(self, row: DialRow, sid: str, status: str, code: str) -> None:
        error = f"SIP {code}" if code else ""
        news = await self._dials.advance(row.id, "ended", outcome=status, error=error)
        line = _line(self._dialler, row)
        if news and line is not None:
            facts = Facts(sid=sid, caller=line.number, called=row.number, direction=OUTBOUND)
            self._board.archive.begin(facts, line)
            self._board.archive.end(sid, Outcome(status, error))
        self._attempts.ended(row.id)

    async def _row(self, dial: str, sid: str) -> DialRow | None:
        """The attempt that a request is about; None if it is not about any, or about another call."""
        row = await self._attempts.find(dial)
        if row is None:
            logger.warning("call {} belongs to dial {}, which nobody here knows", sid, dial)
        elif row.sid is None:
            row.sid = sid
            self._attempts.write(self._dials.is_call(row.id, sid))
        elif row.sid != sid:
            logger.warning("dial {} is call {}, and was told of call {} as well", dial, row.sid, sid)
            return None
        return row


def _ending(outcome: Outcome | None, *, has_arrived: bool) -> dict[str, str]:
    """What an answered attempt came to."""
    if outcome is None and not has_arrived:
        return {"outcome": "failed", "error": "it was answered, and never came to us"}
    if outcome is not None and outcome.kind in ("failed", "abandoned"):
        return {"outcome": "failed", "error": f"it was answered, and {outcome.kind}: {outcome.reason}"}
    return {"outcome": MACHINES.get(outcome.kind if outcome else "", "answered-human")}


async def settle(dialler: Dialler, carrier: CarrierApi, row: DialRow, now: datetime) -> bool:
    """Ask the carrier after an attempt of which nothing more was heard; whether it is over."""
    dials = dialler.dials
    try:
        sid = row.sid or await _find(dialler, carrier, row)
        if sid is None:
            is_old = since(row, now) >= NEVER_HAPPENED
            error = "the carrier knows no such call"
            return is_old and await dials.advance(row.id, "refused", outcome="failed", error=error)
        await dials.is_call(row.id, sid)
        status = await _status(carrier, sid)
    except CarrierError as error:
        logger.warning("dial {} cannot be settled: {}", row.id, error)
        return False
    if status in UNANSWERED:
        ending = {"outcome": status, "error": ""}
    elif status == "completed":
        ending = _ending(await dialler.board.outcome(sid), has_arrived=row.status == "answered")
    else:
        return False
    is_news = await dials.advance(row.id, "ended", **ending)
    dialler.attempts.ended(row.id)
    return is_news


async def _status(carrier: CarrierApi, sid: str) -> str:
    try:
        return await carrier.status(sid)
    except CarrierError as error:
        if error.is_gone:
            return "failed"
        raise


async def _find(dialler: Dialler, carrier: CarrierApi, row: DialRow) -> str | None:
    """The call that an attempt may have become."""
    line = _line(dialler, row)
    begun = (row.created_at if row.created_at.tzinfo else row.created_at.replace(tzinfo=UTC)) - SLACK
    for sid in await carrier.calls(to=row.number, from_=line.number, since=begun) if line else ():
        if await dialler.dials.of_call(sid) is None:
            return sid
    return None


def _line(dialler: Dialler, row: DialRow) -> Line | None:
    return next((line for line in dialler.board.lines.values() if line.name == row.line), None)
