"""Calls that a customer orders over REST: ring, perhaps find out who answered, then follow the documents."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from trunkline.sandbox.telephone.callee import BEEP, BEEP_KNOWN, Callee, Who
from trunkline.sandbox.telephone.interruption import CallOver, Source
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.recordings import Recording
from trunkline.sandbox.telephone.records import Played
from trunkline.sandbox.telephone.ringing import ring
from trunkline.sandbox.telephone.script import NO_FALLBACK, Fallback, Script
from trunkline.sandbox.telephone.twiml import Inline
from trunkline.sandbox.telephone.verbs.speaking import keys_sound
from trunkline.sandbox.telephone.webhooks import Ask

NO_CALLBACK = 21262


@dataclass(frozen=True, slots=True)
class Detection:
    """Answering machine detection."""

    until: Literal["start", "message-end"] = "start"
    """Whether it decides as soon as it can, or when a machine's greeting is over."""
    is_async: bool = False
    """Whether the call goes on meanwhile, and the result comes by ``callback``."""
    callback: str = ""
    callback_method: str = "POST"

    def seconds(self, callee: Callee) -> float:
        """After the answer; a machine's beep is waited for, if need be."""
        if self.until == "message-end" and callee.beep is not None:
            return callee.beep + BEEP + BEEP_KNOWN
        return callee.detection

    def finding(self, who: Who) -> str:
        """What Twilio calls it (``AnsweredBy``)."""
        machine = "machine_start" if self.until == "start" else "machine_end_beep"
        return machine if who == "machine" else who


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a customer asked for when it created a call."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""
    """Followed if there is no URL."""
    fallback: Fallback = NO_FALLBACK
    timeout: float = 60
    """Seconds to ring."""
    time_limit: float = 14_400
    """Seconds after the answer at which the call is ended."""
    send_digits: str = ""
    record: bool = False
    recording: dict[str, str] = field(default_factory=dict)
    """``channels``, ``track``, ``callback`` and ``callback_method`` of the recording."""
    detection: Detection | None = None
    """Not with ``send_digits``."""


async def place(phone: Phone, order: Order, delay: float = 0.0) -> None:
    """Make the call and lead it to its end.

    Args:
        phone: queued.
        order: what to do.
        delay: seconds that it waits in the queue.
    """
    try:
        await phone.live(asyncio.sleep(delay))
        phone.tell("initiated")
        await ring(phone, order.timeout)
        phone.spawn(_limit(phone, order.time_limit))
        _record(phone, order)
        await _send_digits(phone, order.send_digits)
        found = await _detect(phone, order.detection) if not order.send_digits else {}
    except CallOver:
        return
    await Script(phone, order.fallback).run(_source(phone, order, found))


def _source(phone: Phone, order: Order, found: dict[str, str]) -> Source:
    if not order.url:
        return Inline(order.twiml)
    return Ask("voice", order.url, phone.call.params() | found, order.method)


async def _limit(phone: Phone, seconds: float) -> None:
    try:
        await phone.to_the_end(asyncio.sleep(seconds))
        phone.over("completed")
    except CallOver:
        return


def _record(phone: Phone, order: Order) -> None:
    if order.record:
        wanted = order.recording
        Recording(
            phone=phone,
            source="OutboundAPI",
            channels=2 if wanted.get("channels") == "dual" else 1,
            track=wanted.get("track") or "both",
            callback=wanted.get("callback", ""),
            callback_method=wanted.get("callback_method") or "POST",
        )


async def _send_digits(phone: Phone, digits: str) -> None:
    if digits:
        phone.log.add(Played(at=phone.exchange.now, url="", digits=digits))
        await phone.live(phone.handset.play(keys_sound(digits)))


async def _detect(phone: Phone, detection: Detection | None) -> dict[str, str]:
    """What the document's request says of who answered; nothing if that is told later or never."""
    if detection is None:
        return {}
    if detection.is_async:
        phone.spawn(_detect_meanwhile(phone, detection))
        return {}
    return await _found(phone, detection)


async def _found(phone: Phone, detection: Detection) -> dict[str, str]:
    callee = phone.exchange.callee(phone.call.to)
    seconds = detection.seconds(callee)
    await phone.to_the_end(asyncio.sleep(seconds))
    phone.call.answered_by = detection.finding(callee.who)
    return {
        "AnsweredBy": phone.call.answered_by,
        "MachineDetectionDuration": str(round(seconds * 1000)),
    }


async def _detect_meanwhile(phone: Phone, detection: Detection) -> None:
    if not detection.callback:
        phone.warn(NO_CALLBACK, "asynchronous machine detection without a callback")
        return
    try:
        found = await _found(phone, detection)
    except CallOver:
        return
    # Neither From nor To, as at Twilio.
    who = {"AccountSid": phone.call.account_sid, "CallSid": phone.sid}
    await phone.deliver(Ask("amd", detection.callback, who | found, detection.callback_method))
