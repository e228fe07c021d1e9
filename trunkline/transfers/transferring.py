"""The transfers of one call: announced, heard, then done, or called off by a caller who speaks.

Cold: the call's outcome is *transferring*, and the carrier is told where to when it asks what is next. Warm:
the call stays here until a human has said that they take it.
"""

import asyncio
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from processors.frames import HeardOutFrame
from processors.language_wording import said_in
from processors.tool_once import Once
from transports.hold_music import hold_music
from trunkline.life import TRANSFERRING, Outcome
from trunkline.transfers.briefing import briefing
from trunkline.transfers.consultation import Consultation, Leg
from trunkline.transfers.destinations import Destination, Room, Then, kind
from trunkline.transfers.transfer import Result, Transfer, transfers_of

if TYPE_CHECKING:
    from trunkline.call import Call
    from trunkline.vendors import Vendors

CONSULT = "/twilio/consult"
CONSULT_STATUS = "/twilio/consult-status"

NEXT = "/twilio/next"

CARRIER_API = "trunkline.carrier_api"


class Transferring:
    """One call's; one transfer at a time.

    Args:
        call: is transferred.
        vendors: make the call to a human.
    """

    def __init__(self, call: "Call", vendors: "Vendors") -> None:
        self.on_leave: Callable[[Outcome], None] = lambda _: None
        """Called at once when the call goes somewhere else."""
        self.consultation: Consultation | None = None
        """Of a human, about this call."""
        self._call = call
        self._vendors = vendors
        self._is_under_way = False
        self._announced: asyncio.Future[bool] | None = None
        self._may_be_cut = True

    async def transfer(
        self, to: str | Destination | Transfer, manner: Mapping[str, Any], once: Once | None = None
    ) -> Result:
        """What came of it. Cancelling this calls it off, unless somebody has the call already.

        Args:
            to: a destination, or one of the line's by name.
            manner: fields of a transfer, in place of what they are otherwise.
            once: of a tool, which can be called off until it is too late.

        Raises:
            ValueError: a destination that cannot be called, or a manner that does not fit it.
        """
        transfers = transfers_of(self._call.line.transfers)
        known = transfers.to.get(to) if transfers is not None and isinstance(to, str) else None
        if known is not None:
            return await self._carry_out(replace(known, **manner), str(to), once)
        if isinstance(to, Transfer):
            return await self._carry_out(replace(to, **manner), "", once)
        return await self._carry_out(Transfer(to=to, **manner), "", once)

    async def _carry_out(self, transfer: Transfer, name: str, once: Once | None) -> Result:
        if self._is_under_way:
            return Result.UNDER_WAY
        self._is_under_way = True
        try:
            return await (self._warm if transfer.warm else self._cold)(transfer, name, once)
        finally:
            self._is_under_way = False

    def cut(self) -> None:
        """The caller has interrupted what was being said."""
        if self._may_be_cut:
            self._heard_out(False)

    def give_up(self) -> None:
        """The call is over."""
        self._heard_out(False)
        if self.consultation is not None:
            self.consultation.settle(Result.CALLER_LEFT)

    async def over(self) -> None:
        """Return when nobody is called any more."""
        if self.consultation is not None:
            await self.consultation.over()

    async def _cold(self, transfer: Transfer, name: str, once: Once | None) -> Result:
        then = Then(
            transfer.destination,
            said_in(transfer.unanswered, self._call.language),
            transfer.ring_seconds,
            transfer.caller_id,
        )
        leave = partial(self._leave, then, _reason(transfer, name), once)
        heard = await self._announce(transfer, leave)
        return Result.GONE if heard else Result.CALLED_OFF

    async def _warm(self, transfer: Transfer, name: str, once: Once | None) -> Result:
        if not await self._announce(transfer, lambda: None):
            return Result.CALLED_OFF
        if CARRIER_API not in sys.modules:
            # Takes half a second, in which other calls would not be heard.
            await asyncio.to_thread(importlib.import_module, CARRIER_API)
        _commit(once)
        with self._on_hold():
            consultation = self._consult(transfer, name)
            try:
                result = await asyncio.shield(consultation.result)
            finally:
                consultation.settle(Result.CALLED_OFF)
        if result.is_unanswered:
            await self._call.say(transfer.unanswered)
        return result

    async def _announce(self, transfer: Transfer, then: Callable[[], None]) -> bool:
        """Whether the words, and all said before them, were heard to the end; ``then`` is called at once."""
        moment: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._announced = moment
        self._may_be_cut = transfer.interruptible

        def due() -> None:
            if not moment.done():
                moment.set_result(True)
                then()

        frame = HeardOutFrame(due)
        frame.interruptible = transfer.interruptible
        try:
            if transfer.words:
                await self._call.say(transfer.words, interruptible=transfer.interruptible)
            if self._call.queue is not None:
                await self._call.queue(frame)
            return await moment
        finally:
            self._heard_out(False)

    def _heard_out(self, heard: bool) -> None:
        if self._announced is not None and not self._announced.done():
            self._announced.set_result(heard)

    def _leave(self, then: Then, reason: str, once: Once | None = None) -> None:
        _commit(once)
        self.on_leave(Outcome(TRANSFERRING, reason, then=then))

    @contextmanager
    def _on_hold(self) -> Iterator[None]:
        """The caller hears music, and nobody hears the caller."""
        call = self._call
        transfers, ambience = transfers_of(call.line.transfers), call.line.ambience
        music = transfers.music if transfers is not None else None
        call.stream.lay(music.loop() if music is not None else hold_music())
        call.source.is_deaf = True
        try:
            with call.floor.claimed():
                yield
        finally:
            call.source.is_deaf = False
            call.stream.lay(ambience.loop() if ambience is not None else None)

    def _consult(self, transfer: Transfer, name: str) -> Consultation:
        call, facts = self._call, self._call.facts
        about = f"{self._vendors.address}?call={quote(facts.sid)}"
        leg = Leg(
            to=transfer.address,
            from_=transfer.caller_id or facts.number,
            url=f"{facts.origin}{CONSULT}{about}",
            status_url=f"{facts.origin}{CONSULT_STATUS}{about}",
            ring_seconds=transfer.ring_seconds,
        )
        then = Then(Room(f"call-{facts.sid}"), said_in(transfer.unanswered, call.language))
        consultation = self.consultation = Consultation(
            self._vendors.carrier,
            leg,
            caller=facts.sid,
            words=self._summary(transfer),
            menu=said_in(transfer.menu, call.language),
            language=call.language,
            room=f"call-{facts.sid}",
            take=partial(self._leave, then, _reason(transfer, name)),
            back=f"{facts.origin}{NEXT}{self._vendors.address}",
        )
        consultations = self._vendors.consultations
        consultations[facts.sid] = consultation
        consultation.on_end = lambda: _forget(consultations, facts.sid, consultation)
        return consultation

    async def _summary(self, transfer: Transfer) -> str:
        if transfer.summary is not None:
            return transfer.summary
        return await briefing(self._call.asides.entrance, self._call.llm_context)


def _forget(consultations: dict[str, Consultation], sid: str, which: Consultation) -> None:
    """Unless another has taken its place."""
    if consultations.get(sid) is which:
        del consultations[sid]


def _reason(transfer: Transfer, name: str) -> str:
    """To whom, for the call's record: no number, no address."""
    who = f"{name} ({kind(transfer.destination)})" if name else f"a {kind(transfer.destination)}"
    return f"to {who}, warm" if transfer.warm else f"to {who}"


def _commit(once: Once | None) -> None:
    """A tool that has come so far cannot be called off any more."""
    if once is not None:
        once.is_committed = True
