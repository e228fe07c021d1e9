"""Callers who speak while the agent speaks: the scene that tests of barge-in begin with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.calls.loudness import TALE, plain, words_heard
from tests.calls.town import GREETING, QUESTION, Town, hears, make_line, said, town
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.voice import CHARACTER

ANSWER = "FINE."
RULES = (Rule("close today", TALE), Rule(".", ANSWER))

NOISE = said("my number is five five five zero one four nine")[4800:8000][::-1]
"""0.4 s that the VAD takes for a voice, and no recogniser understands: speech, backwards."""

TALE_HEARD = plain(TALE)


@asynccontextmanager
async def talking(
    folder: Path, *, after: str = "WE ARE OPEN", line: Any = None, **values: Any
) -> AsyncIterator[tuple[Town, Phone]]:
    """A caller who has heard the beginning of a long answer; the call is over afterwards."""
    rules = values.pop("rules", RULES)
    async with town(folder, line or make_line(**values), rules=rules) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await hears_words(phone, after)
        yield place, phone
        if phone.status == "in-progress":
            await phone.hang_up()
        await phone.ended()


async def hears_words(phone: Phone, text: str, timeout: float = 30.0) -> None:
    """Wait until the caller has heard a text, loud or ducked."""
    async with asyncio.timeout(timeout):
        while plain(text) not in words_heard(phone):  # noqa: ASYNC110
            await asyncio.sleep(CHARACTER / 8000)


def asked(place: Town) -> list[str]:
    """What the caller has said, as the model was told in the end, without the first question."""
    messages = place.messages() if place.world.openai.requests else []
    return [str(m["content"]) for m in messages if m["role"] == "user"][1:]


def replies(place: Town) -> int:
    """How often the model was asked, after the first question."""
    return len(place.world.openai.requests) - 1
