"""Verbs that the caller hears: ``<Say>``, ``<Play>``, ``<Pause>``."""

import asyncio
import io
import wave

import aiohttp

from processors import g711
from trunkline.sandbox.telephone.exchange import tone
from trunkline.sandbox.telephone.records import Played, Said
from trunkline.sandbox.telephone.tape import RATE
from trunkline.sandbox.telephone.verbs.step import Step

MEDIA_FAILURE, UNKNOWN_FORMAT = 11200, 12300

KEY_TONE = g711.SILENCE * (RATE // 10)
"""What a played key sounds like here: a tenth of a second in which nothing else is heard."""

FOREVER = 1000
"""Times that ``loop="0"`` plays; Twilio's own limit."""


async def say(step: Step) -> None:
    """Speak, with the voice that the carrier was given."""
    phone, text = step.phone, step.verb.text
    sound = await phone.live(phone.exchange.speak(text))
    for _ in range(_times(step)):
        phone.log.add(Said(at=_now(), text=text))
        await phone.live(phone.handset.play(sound))


async def play(step: Step) -> None:
    """Play a file, or keys."""
    phone, digits = step.phone, step.verb.get("digits")
    if digits:
        phone.log.add(Played(at=_now(), url="", digits=digits))
        await phone.live(phone.handset.play(keys_sound(digits)))
        return
    url = step.document.resolve(step.verb.text)
    sound = await phone.live(_fetch(step, url))
    for _ in range(_times(step)):
        phone.log.add(Played(at=_now(), url=url))
        await phone.live(phone.handset.play(sound))


async def pause(step: Step) -> None:
    """Wait in silence; as the first verb of all, let it ring on (Twilio: TwiML Pause)."""
    await step.phone.live(asyncio.sleep(step.verb.number("length", 1)))


async def _fetch(step: Step, url: str) -> bytes:
    """Mu-law of a file; nothing, and a warning, if it cannot be had."""
    phone = step.phone
    try:
        where, headers = phone.exchange.reach.find(url)
        async with phone.exchange.session.get(where, headers=headers) as response:
            response.raise_for_status()
            return _mulaw(await response.read(), response.content_type, step)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        phone.warn(MEDIA_FAILURE, f"{url}: {type(error).__name__}")
        return b""


def _mulaw(data: bytes, content_type: str, step: Step) -> bytes:
    """Sound is kept as it is if it is a phone line's own; anything else is a tone of one second."""
    if content_type in ("audio/basic", "audio/x-mulaw"):
        return data
    try:
        with wave.open(io.BytesIO(data)) as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE):
                return g711.encode(file.readframes(file.getnframes()))
    except (wave.Error, EOFError):
        pass
    step.phone.warn(UNKNOWN_FORMAT, f"the sandbox plays mu-law and 8 kHz mono WAV, found {content_type}")
    return tone("." * 15)


def keys_sound(digits: str) -> bytes:
    """How long it takes to play keys, ``w`` being half a second of nothing."""
    return b"".join(g711.SILENCE * (RATE // 2) if key in "wW" else KEY_TONE for key in digits)


def _times(step: Step) -> int:
    return int(step.verb.number("loop", 1)) or FOREVER


def _now() -> float:
    return asyncio.get_running_loop().time()
