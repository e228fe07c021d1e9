"""Hold: the caller is asked for patience, told again when it takes long, and not asked for a word."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from processors.floor import Floor
from trunkline.asides import Asides

HOLD = "One moment, please."

STILL = "I am still on it. Thank you for waiting."


@asynccontextmanager
async def holding(
    floor: Floor, asides: Asides, text: str, again: str | None, every: float
) -> AsyncIterator[None]:
    """The caller is on hold inside.

    Args:
        floor: is claimed meanwhile, so no silence counts and no filler is said.
        asides: says the words.
        text: said first; empty for nothing.
        again: said whenever so many seconds of silence have passed; None for silence.
        every: these seconds.
    """
    with floor.claimed():
        if text:
            await asides.say(text)
        reminder = asyncio.create_task(_remind(floor, asides, again, every)) if again else None
        try:
            yield
        finally:
            if reminder is not None:
                reminder.cancel()
                await asyncio.wait({reminder})


async def _remind(floor: Floor, asides: Asides, again: str, every: float) -> None:
    while True:
        if await floor.stays_quiet(every):
            await asides.say(again)
