"""``<Dial>``: another call is made and connected to this one until either hangs up."""

import asyncio
import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from trunkline.sandbox.telephone.interruption import CallOver, Source
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.recordings import Recording
from trunkline.sandbox.telephone.records import LegEnded
from trunkline.sandbox.telephone.resource import CallResource
from trunkline.sandbox.telephone.ringing import ring
from trunkline.sandbox.telephone.status import StatusCallback, events
from trunkline.sandbox.telephone.twiml import Verb
from trunkline.sandbox.telephone.verbs.keypad import one_of
from trunkline.sandbox.telephone.verbs.meeting import meet
from trunkline.sandbox.telephone.verbs.step import SCHEMA_WARNING, Step
from trunkline.sandbox.telephone.webhooks import Ask

TIMEOUT, TIME_LIMIT = 30, 14_400
"""Seconds to ring, and to talk, unless the verb says otherwise."""

CONNECTED, FAILED, CANCELED = "completed", "failed", "canceled"


@dataclass(frozen=True, slots=True)
class Dialled:
    """What came of it."""

    outcome: str
    """``DialCallStatus``."""
    leg: Phone | None = None
    """The call that was connected, or the last one that was not."""
    seconds: int = 0
    recording: Recording | None = None

    def params(self) -> dict[str, str]:
        params = {"DialCallStatus": self.outcome, "DialBridged": str(self.outcome == CONNECTED).lower()}
        if self.leg is not None:
            params["DialCallSid"] = self.leg.sid
        if self.outcome == CONNECTED:
            params["DialCallDuration"] = str(self.seconds)
        if self.recording is not None:
            params |= self.recording.params()
        return params


async def dial(step: Step) -> Source | None:
    """Ring one or more numbers at once; the first to answer is connected."""
    phone = step.phone
    if not step.verb.flag("answerOnBridge"):
        phone.answer()
    dialled = await _dialled(step)
    ask = step.action(dialled.params())
    if not phone.call.is_over:
        return ask
    # The caller hung up: the action is told, although nothing can come of it.
    if ask is not None:
        await phone.deliver(ask)
    raise CallOver


async def _dialled(step: Step) -> Dialled:
    if rooms := step.verb.all("Conference"):
        return Dialled(await meet(step.of(rooms[0])))
    if queues := step.verb.all("Queue"):
        return await _dial_queue(step, queues[0].text)
    return await _dial(step)


async def _dial_queue(step: Step, name: str) -> Dialled:
    """Take the first caller out of a queue, or wait for one to come."""
    phone = step.phone
    phone.answer()
    try:
        async with asyncio.timeout(step.verb.number("timeout", TIMEOUT)):
            place = await phone.live(phone.exchange.rooms.line(name).next())
    except TimeoutError:
        return Dialled("no-answer")
    except CallOver:
        return Dialled(CANCELED)
    try:
        return await _talk(step, place.phone)
    finally:
        place.over.set()


async def _dial(step: Step) -> Dialled:
    legs = {_leg(step.of(noun), step.verb.get("callerId")): noun for noun in _targets(step.verb)}
    if not legs:
        step.phone.warn(SCHEMA_WARNING, "<Dial> without a number")
        return Dialled(FAILED)
    try:
        leg = await step.phone.live(_first_to_answer(step, legs))
        if leg is None:
            last = list(legs)[-1]
            return _noted(step, Dialled(last.status, last))
        _let_go(other for other in legs if other is not leg)
        return _noted(step, await _talk(step, leg))
    except CallOver:
        return Dialled(CANCELED)
    finally:
        _let_go(legs)


def _targets(dial: Verb) -> list[Verb]:
    """Whom to ring: nouns, or a number as the verb's own text."""
    nouns = [noun for noun in dial.nouns if noun.name in ("Number", "Client", "Sip")]
    return nouns or ([Verb("Number", {}, dial.text)] if dial.text else [])


def _leg(step: Step, caller_id: str) -> Phone:
    """A call to the noun of this step."""
    parent, noun, exchange = step.phone, step.verb, step.phone.exchange
    call = CallResource(
        account_sid=exchange.account_sid,
        to=f"client:{noun.text}" if noun.name == "Client" else noun.text,
        from_=caller_id or parent.call.from_,
        direction="outbound-dial",
        wall=exchange.wall,
        created=exchange.now,
        parent_sid=parent.sid,
    )
    method, wanted = noun.get("statusCallbackMethod", "POST"), events([noun.get("statusCallbackEvent")])
    leg = Phone(exchange, call, StatusCallback(step.url("statusCallback"), method, wanted), exchange.faults)
    leg.tell("initiated")
    return leg


async def _first_to_answer(step: Step, legs: Mapping[Phone, Verb]) -> Phone | None:
    timeout = step.verb.number("timeout", TIMEOUT)
    ringing = {leg.spawn(_ring(step.of(noun), leg, timeout)): leg for leg, noun in legs.items()}
    pending = set(ringing)
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if not ringing[task].is_over.is_set():
                return ringing[task]
    return None


async def _ring(step: Step, leg: Phone, timeout: float) -> None:
    """Ring the noun of this step; let the callee hear what its ``url`` says, before the two are connected."""
    url = step.url("url")
    with suppress(CallOver):
        await ring(leg, timeout)
        if url:
            method = step.verb.get("method", "POST").upper()
            await step.follow(leg, Ask("whisper", url, leg.call.params(), method))


async def _talk(step: Step, leg: Phone) -> Dialled:
    """Connect the two until one hangs up, or the time is over."""
    phone = step.phone
    phone.answer()
    began = phone.exchange.now
    recording = _recording(step)
    phone.company, leg.company = {leg}, {phone}
    try:
        with suppress(TimeoutError, CallOver):
            async with asyncio.timeout(step.verb.number("timeLimit", TIME_LIMIT)):
                await phone.live(_until_over(step, leg))
    finally:
        phone.company, leg.company = set(), set()
        if recording is not None:
            recording.stop()
    return Dialled(CONNECTED, leg, math.ceil(phone.exchange.now - began), recording)


async def _until_over(step: Step, leg: Phone) -> None:
    """Return when the callee has hung up, or the caller has pressed ``*`` if that is to end it."""
    if not step.verb.flag("hangupOnStar"):
        await leg.is_over.wait()
        return
    with step.phone.keys() as keys:
        over, star = asyncio.ensure_future(leg.is_over.wait()), asyncio.ensure_future(one_of("*", keys))
        try:
            await asyncio.wait({over, star}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
            star.cancel()


def _recording(step: Step) -> Recording | None:
    wanted = step.verb.get("record", "do-not-record")
    if wanted in ("do-not-record", "false"):
        return None
    return Recording(
        phone=step.phone,
        source="DialVerb",
        channels=2 if "dual" in wanted else 1,
        callback=step.url("recordingStatusCallback"),
        callback_method=step.verb.get("recordingStatusCallbackMethod", "POST"),
    )


def _let_go(legs: Iterable[Phone]) -> None:
    for leg in legs:
        leg.over(CONNECTED if leg.is_answered.is_set() else CANCELED)


def _noted(step: Step, dialled: Dialled) -> Dialled:
    if dialled.leg is not None:
        call = dialled.leg.call
        step.phone.log.add(
            LegEnded(
                at=step.phone.exchange.now,
                to=call.to,
                call_sid=call.sid,
                outcome=dialled.outcome,
                duration=dialled.seconds,
            )
        )
    return dialled
