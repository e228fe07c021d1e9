"""A phone that the carrier rings: what the callee does about it."""

import asyncio

import numpy as np

from processors import g711
from processors.frames import RATE
from trunkline.sandbox.telephone.callee import BEEP, Callee
from trunkline.sandbox.telephone.interruption import CallOver
from trunkline.sandbox.telephone.mouth import Utterance
from trunkline.sandbox.telephone.phone import Phone


async def ring(phone: Phone, timeout: float) -> None:
    """Ring until the callee answers; if it does not, the call is over.

    Args:
        phone: a call that was initiated.
        timeout: seconds after which the caller gives up.

    Raises:
        CallOver: it was not answered, or somebody hung up first.
    """
    callee = phone.exchange.callee(phone.call.to)
    if callee.outcome == "failed":
        phone.over("failed")
        raise CallOver
    phone.call.status = "ringing"
    phone.tell("ringing")
    patient = callee.outcome != "no-answer" and callee.ring <= timeout
    await phone.live(asyncio.sleep(callee.ring if patient else timeout))
    if not patient:
        phone.over("no-answer")
    elif callee.outcome == "answer":
        _pick_up(phone, callee)
        return
    else:
        phone.over(callee.outcome)
    raise CallOver


def _pick_up(phone: Phone, callee: Callee) -> None:
    phone.answer()
    if callee.greeting:
        phone.say(callee.greeting)
    if callee.beep is not None:
        phone.spawn(_beep(phone, callee.beep))
    if callee.stays is not None:
        phone.spawn(_leave(phone, callee.stays))


async def _beep(phone: Phone, seconds: float) -> None:
    try:
        await phone.to_the_end(asyncio.sleep(seconds))
        await phone.to_the_end(_until_said(phone.say(beep())))
        phone.record()
    except CallOver:
        return


async def _until_said(utterance: Utterance) -> None:
    await utterance


def beep() -> bytes:
    """Mu-law of a machine's beep: 1 kHz."""
    samples = np.arange(int(RATE * BEEP))
    return g711.encode((8000 * np.sin(2 * np.pi * 1000 / RATE * samples)).astype("<i2").tobytes())


async def _leave(phone: Phone, seconds: float) -> None:
    try:
        await phone.to_the_end(asyncio.sleep(seconds))
        await phone.hang_up()
    except CallOver:
        return
