"""Verbs by which calls meet: ``<Dial><Conference>``, ``<Enqueue>``, ``<Dial><Queue>``, ``<Leave>``."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from datetime import UTC

from trunkline.sandbox.telephone.exchange import tone
from trunkline.sandbox.telephone.interruption import CallOver, Source
from trunkline.sandbox.telephone.records import Played
from trunkline.sandbox.telephone.rooms import Line, Place, Room
from trunkline.sandbox.telephone.verbs.step import SCHEMA_WARNING, Step
from trunkline.sandbox.telephone.webhooks import Ask

LARGEST = 250
"""Participants of a conference (Twilio: TwiML Conference)."""

MUSIC = "the carrier's own hold music"
"""What stands for its URL in the log."""

BARS = tone("." * 60)
"""Four seconds of it."""

BREATH = 1.0
"""Seconds between two rounds of a document that is heard while waiting, so that an empty one rests."""


class Left(Exception):
    """The caller has left a queue by ``<Leave>``."""


async def meet(step: Step) -> str:
    """In a conference until it ends, or the call does; what ``DialCallStatus`` says of it."""
    phone, noun = step.phone, step.verb
    phone.answer()
    room = phone.exchange.rooms.room(noun.text)
    if len(room.members) >= noun.number("maxParticipants", LARGEST):
        return "failed"
    if not room.members:
        _follow_room(step, room)
    room.enter(phone, starts=noun.get("startConferenceOnEnter", "true").lower() != "false")
    try:
        with suppress(CallOver):
            await phone.live(_attend(step, room))
    finally:
        room.leave(phone, ends=noun.flag("endConferenceOnExit"))
    return "answered"


async def _attend(step: Step, room: Room) -> None:
    """Music until it starts and somebody else is there, and the company of others until it ends."""
    await _hearing(step, _either(room.started, room.ended), step.url("waitUrl"))
    await room.ended.wait()


async def _either(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _follow_room(step: Step, room: Room) -> None:
    """Tell the status callback of the first who enters."""
    url, phone = step.url("statusCallback"), step.phone
    wanted = set(step.verb.get("statusCallbackEvent").split())
    method = step.verb.get("statusCallbackMethod", "POST").upper()
    told = 0

    def tell(event: str, sid: str) -> None:
        nonlocal told
        if not url or event.rpartition("-")[2] not in wanted:
            return
        told += 1
        params = {
            "AccountSid": phone.call.account_sid,
            "CallSid": sid,
            "ConferenceSid": room.sid,
            "FriendlyName": room.name,
            "StatusCallbackEvent": event,
            "SequenceNumber": str(told),
            "Timestamp": phone.call.wall(phone.exchange.now).astimezone(UTC).isoformat(),
        }
        phone.spawn(phone.deliver(Ask("conference", url, params, method)))

    room.tell = tell


async def enqueue(step: Step) -> Source | None:
    """Wait in a queue until somebody dials it, the caller leaves it, or the call is over."""
    phone = step.phone
    line = phone.exchange.rooms.line(step.verb.text)
    began = asyncio.get_running_loop().time()
    place = line.join(phone)

    def told(result: str) -> dict[str, str]:
        waited = int(asyncio.get_running_loop().time() - began)
        return {"QueueResult": result, "QueueSid": line.sid, "QueueTime": str(waited)}

    try:
        result = await phone.live(_wait(step, line, place))
    except CallOver:
        ask = step.action(told("bridged" if place.dialled.is_set() else "hangup"))
        if ask is not None:
            await phone.deliver(ask)
        raise
    finally:
        line.leave(place)
    return step.action(told(result))


async def _wait(step: Step, line: Line, place: Place) -> str:
    """``QueueResult``."""
    try:
        await _hearing(step, place.dialled.wait(), step.url("waitUrl"), {"QueueSid": line.sid})
    except Left:
        return "leave"
    await place.over.wait()
    return "bridged"


async def leave(step: Step) -> None:
    """Leave the queue in which this document is heard."""
    if not any(place.phone is step.phone for line in _lines(step) for place in line.places):
        step.phone.warn(SCHEMA_WARNING, "<Leave> outside of a queue")
        return
    raise Left


def _lines(step: Step) -> list[Line]:
    return list(step.phone.exchange.rooms.lines.values())


async def _hearing(
    step: Step, until: Awaitable[object], url: str, more: dict[str, str] | None = None
) -> None:
    """Hear music, or what a URL says, until something happens."""
    wanted = asyncio.ensure_future(until)
    music = asyncio.ensure_future(_music(step, url, more or {}))
    try:
        done, _ = await asyncio.wait({wanted, music}, return_when=asyncio.FIRST_COMPLETED)
        if music in done:
            music.result()
    finally:
        for task in (wanted, music):
            task.cancel()
        await asyncio.gather(wanted, music, return_exceptions=True)


async def _music(step: Step, url: str, more: dict[str, str]) -> None:
    phone = step.phone
    if "waitUrl" in step.verb.attributes and not url:
        await asyncio.Event().wait()  # an empty one is silence
    if not url:
        phone.log.add(Played(at=phone.exchange.now, url=MUSIC))
    method = step.verb.get("waitUrlMethod", step.verb.get("waitMethod", "POST")).upper()
    while True:
        if url:
            await step.follow(phone, Ask("wait", url, phone.call.params() | more, method))
            await asyncio.sleep(BREATH)
        else:
            await phone.handset.play(BARS)
