"""Calls that we make: from the wish to the outcome, one attempt at a number at a time.

The attempt is kept before the carrier is asked, and its id is in every URL that the carrier is given. So what
a killed process, or a request without an answer, has left behind is found out: by the carrier's own word, at
the next attempt at that number at the latest. Until then nobody calls it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from loguru import logger

from trunkline import e164
from trunkline.errors import CarrierError, DialRefused, SettingsError, TrunklineError
from trunkline.outbound.attempts import Attempts
from trunkline.outbound.hours import zones_of
from trunkline.outbound.manners import Outbound, filled
from trunkline.records import Dial

if TYPE_CHECKING:
    from trunkline.calls.dials import Dials
    from trunkline.calls.models import DialRow
    from trunkline.line import Line
    from trunkline.switchboard import Switchboard
    from trunkline.vendors import Vendors

from trunkline.server.twiml import AMD, STATUS, VOICE

NO_ORIGIN = (
    "TRUNKLINE_PUBLIC_URL is not set: the carrier has to know where to ask what to do with the call; "
    "set it to https://… under which this server is reached"
)

NOT_SERVED = "expected a line that this process serves"

ARRIVAL = 15.0
"""Seconds after the ringing within which a call that was answered has come to us."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """The carrier has been asked to call somebody."""

    id: str
    """Of the attempt; :meth:`Dialler.attempt` tells what became of it."""
    sid: str | None
    """The call's; None if it is not known whether there is one."""

    @property
    def is_unknown(self) -> bool:
        """Whether the carrier did not answer, so that there may be a call or none: not to be asked again."""
        return self.sid is None


class Dialler:
    """Makes the calls of a process.

    Args:
        board: its lines, and the calls that are answered.
        dials: keeps the attempts.
        vendors: the carrier is one.
        origin: ``https://…`` under which the carrier reaches this process; None if nobody knows.
        address: what paths end with that name this worker; empty if it is the only one.
        now: the date.
    """

    def __init__(
        self,
        board: Switchboard,
        dials: Dials,
        vendors: Vendors,
        origin: Callable[[], str | None],
        address: str = "",
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.board = board
        self.dials = dials
        self._vendors = vendors
        self._origin = origin
        self._address = address
        self._now = now or _now
        self.attempts = Attempts(dials, board.admission)

    async def dial(
        self,
        line: Line,
        to: str,
        *,
        data: Mapping[str, Any] | None = None,
        contact: str | None = None,
        campaign: str | None = None,
        id: str | None = None,  # noqa: A002
        anyway: bool = False,
    ) -> Dialled:
        """Call somebody once; returns when the carrier has taken the order, or may have.

        Args:
            line: which calls, and talks with who answers.
            to: E.164, or as written in the country of the line's number.
            data: what ``call.data`` begins with; JSON can hold it.
            contact: whoever it is, by the name that a campaign has for them.
            campaign: to which the call belongs.
            id: of the attempt, for who has one and asks for :meth:`attempt` first; 32 hexadecimal digits.
            anyway: also outside of the line's hours.

        Raises:
            DialRefused: the number is none, is not to be called, or not now.
            CarrierError: the carrier refused.
            SettingsError: a setting is missing.
        """
        manners, values = line.outbound or Outbound(), dict(data or {})
        number = self.number(line, to)
        self._check_data(line, manners, values)
        origin = self._check_process(line)
        await self.check(line, number, anyway=anyway)
        await self._check_budget(line)
        dial = Dial(id or uuid4().hex, values, campaign, contact)
        row = await self._claim(line, number, dial)
        self.attempts.begin(row, line, manners.ring_seconds + ARRIVAL)
        try:
            return await self._ask(line, row, manners, origin)
        except BaseException:
            self.attempts.ended(row.id)
            raise

    def number(self, line: Line, to: str) -> str:
        """A number as people write it, in E.164.

        Raises:
            DialRefused: it is none, or the line's own.
        """
        try:
            number = e164.normalise(to, line.number)
        except ValueError as error:
            raise DialRefused(str(error), "number") from None
        if number in self.board.lines:
            raise DialRefused("that is the number of a line here; expected somebody else's", "number")
        return number

    async def check(self, line: Line, number: str, *, anyway: bool = False) -> None:
        """Return if this number (E.164) may be called now, by the list and the clock.

        Raises:
            DialRefused: it may not.
        """
        if await self.dials.is_blocked(number):
            raise DialRefused(
                "the number is on the do-not-call list; `trunkline do-not-call` shows it", "do-not-call"
            )
        hours, now = (line.outbound or Outbound()).hours, self._now()
        if hours is None or anyway:
            return
        zones = zones_of(number) or zones_of(line.number)
        if not hours.fit(now, zones):
            again = hours.next(now, zones)
            when = f"again at {again:%Y-%m-%d %H:%M %Z}" if again else "nobody knows its time zone"
            raise DialRefused(
                f"line {line.name} calls people from {hours} by their own time; {when}, "
                "or with `--anyway` (`anyway=True`)",
                "hours",
                again_at=again,
            )

    async def attempt(self, dial: str) -> DialRow | None:
        """What is known of an attempt."""
        return await self.dials.get(dial)

    async def settle(self, dial: str) -> DialRow | None:
        """Ask the carrier after an attempt of which nothing more was heard; what is known of it then.

        Raises:
            SettingsError: a setting is missing.
        """
        row = await self.dials.get(dial)
        if row is None or row.claim is None:
            return row
        await self._settled(row)
        return await self.dials.get(dial)

    async def over(self, dial: str) -> None:
        """Return when the carrier has said how an attempt of this process ended."""
        await self.attempts.over(dial)

    # Before the carrier is asked.

    def _check_data(self, line: Line, manners: Outbound, data: Mapping[str, Any]) -> None:
        if missing := manners.missing(data):
            raise DialRefused(
                f"line {line.name} says {{{missing[0]}}} to who answers, and the data has no {missing[0]!r}; "
                f"expected data={{{missing[0]!r}: ...}}",
                "data",
            )
        try:
            for text in manners.texts():
                filled(text, data)
        except (ValueError, TypeError) as error:
            raise DialRefused(
                f"the data does not fit the words of line {line.name}: {error}", "data"
            ) from None

    def _check_process(self, line: Line) -> str:
        """Where the carrier reaches us."""
        if self.board.line(line.number) is not line:
            raise DialRefused(f"line {line.name} is not served here; {NOT_SERVED}", "origin")
        if (origin := self._origin()) is None:
            raise SettingsError(NO_ORIGIN)
        if self.board.closing or (reason := self.board.admission.full([line])) is not None:
            why = "the server stops" if self.board.closing else f"there is no room for a call ({reason})"
            raise DialRefused(f"{why}; try again later", "full")
        return origin

    async def _check_budget(self, line: Line) -> None:
        """Whom we would call costs as much as who calls us; a call that was begun is not given up."""
        spending = self.board.spending
        again = await spending.spent_until(line) if spending is not None else None
        if again is not None:
            raise DialRefused(
                f"line {line.name} has spent its budget for today (`Budget(per_day=...)`); "
                f"again at {again:%Y-%m-%d %H:%M %Z}",
                "budget",
                again_at=again,
            )

    async def _claim(self, line: Line, number: str, dial: Dial) -> DialRow:
        """Keep the attempt. An earlier one that seems to go on is asked after once."""
        from trunkline.calls.models import DialRow

        for _ in range(2):
            row = DialRow(
                id=dial.id,
                line=line.name,
                number=number,
                claim=number,
                data=dict(dial.data),
                campaign=dial.campaign,
                contact=dial.contact,
            )
            if await self.dials.create(row):
                return row
            earlier = await self.dials.claimed(number)
            if earlier is not None and not await self._settled(earlier):
                break
        raise DialRefused(
            "a call to that number is under way, or may be; try again when it is over", "under-way"
        )

    # The carrier.

    async def _ask(self, line: Line, row: DialRow, manners: Outbound, origin: str) -> Dialled:
        from trunkline.carrier_api import Amd

        detection: Amd | None = None
        if manners.amd != "off":
            detection = Amd(self._url(origin, AMD, row), manners.amd)
        try:
            sid = await self._vendors.carrier.create_call(
                to=row.number,
                from_=line.number,
                url=self._url(origin, VOICE, row),
                status_callback=self._url(origin, STATUS, row),
                amd=detection,
                ring_seconds=manners.ring_seconds,
            )
        except SettingsError as error:
            await self.dials.advance(row.id, "refused", outcome="failed", error=str(error))
            raise
        except CarrierError as error:
            if error.refused:
                await self.dials.advance(row.id, "refused", outcome="failed", error=str(error))
                raise
            logger.warning("dial {}: {}; it is not asked again", row.id, error)
            await self.dials.advance(row.id, "unknown", error=str(error))
            return Dialled(row.id, None)
        row.sid = sid
        await self.dials.is_call(row.id, sid)
        logger.info("dial {} on {} is call {}", row.id, line.name, sid)
        return Dialled(row.id, sid)

    def _url(self, origin: str, path: str, row: DialRow) -> str:
        """Without personal data: URLs are logged everywhere."""
        return f"{origin}{path}{self._address}?dial={row.id}"

    async def _settled(self, earlier: DialRow) -> bool:
        from trunkline.outbound.news import settle

        return await settle(self, self._vendors.carrier, earlier, self._now())

    async def close(self) -> None:
        """Let go of what is held, when all is kept."""
        await self.attempts.close()


def _now() -> datetime:
    from trunkline.calls.models import now

    return now()


_serving: list[Dialler] = []


def serve(dialler: Dialler) -> Callable[[], None]:
    """Let ``line.dial()`` go through this one; returns what ends that."""
    _serving.append(dialler)
    return lambda: _serving.remove(dialler)


def current() -> Dialler:
    """The one of this process.

    Raises:
        TrunklineError: none is there.
    """
    if not _serving:
        raise TrunklineError(
            "no server runs in this process: line.dial() calls from where the line is served, say from a "
            "tool; `trunkline dial` calls from a shell"
        )
    return _serving[-1]
