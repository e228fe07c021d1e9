"""Somebody else's call in the same server, which nothing that happens to others may harm."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from processors.g711 import SILENCE
from tests.calls.town import GREETING, LONG, NUMBER, QUESTION, VOICE, Town, heard, hears, said
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.voice import CHARACTER

NEIGHBOUR = "+15550188"


@asynccontextmanager
async def neighbour(place: Town, to: str = NUMBER) -> AsyncIterator[Phone]:
    """Somebody who listens to a long answer meanwhile, and must not miss a sample of it."""
    phone = await place.call(to, from_=NEIGHBOUR)
    await hears(phone, GREETING)
    await phone.say(said(QUESTION))
    await hears(phone, LONG[:8])
    yield phone
    await hears(phone, LONG[-8:])
    assert unbroken(phone) == LONG.replace(" ", "")
    await phone.hang_up()
    await phone.ended()


def unbroken(phone: Phone) -> str:
    """The letters of the long answer, heard without a sample of silence between the first and the last."""
    sound = phone.heard
    start = sound.index(VOICE.say(LONG[:8]))
    end = sound.index(VOICE.say(LONG[-8:])) + 8 * CHARACTER
    assert SILENCE not in sound[start:end], f"a gap in {heard(phone)!r}"
    return VOICE.read(sound[start:end]).replace(" ", "")
