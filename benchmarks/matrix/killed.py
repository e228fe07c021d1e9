"""``kill -9`` of the process that carries a call, in the middle of a sentence; another goes on with it."""

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path

from benchmarks.lines import survivor
from benchmarks.matrix.cell import Cell, Finding, Part
from benchmarks.matrix.road import Trouble
from benchmarks.server import Server
from benchmarks.survival import ANSWER, QUESTION, Caller, env, kept, street
from trunkline.sandbox.phrases import load as phrases

PUBLIC = "https://voice.example.com"

MID_WORD = ANSWER[: len(ANSWER) // 2]

CELL = Cell(Part.PROCESS, Trouble.KILLED, lasts=True)


async def measure() -> Finding:
    """What the caller goes through. In real time: some ten seconds, and the start of two servers."""
    leads = {PUBLIC: ""}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with street(leads) as world:
            environment = env(world, folder, TRUNKLINE_PUBLIC_URL=PUBLIC, TRUNKLINE_SECRET="of the two")
            file = Path(survivor.__file__)
            async with (
                Server(file, environment, folder / "log") as first,
                Server(file, environment, folder / "log") as second,
            ):
                leads[PUBLIC] = first.url
                phone = await world.carrier.call(
                    f"{PUBLIC}/twilio/voice",
                    to=survivor.line.number,
                    status_callback=f"{PUBLIC}/twilio/status",
                )
                caller = Caller(phone)
                await caller.hears(survivor.line.greeting)
                await phone.say(phrases()[QUESTION])
                since = len(phone.heard)
                await caller.hears(MID_WORD, since)
                leads[PUBLIC] = second.url
                await first.kill()
                went_on = await _heard(caller, ANSWER[len(ANSWER) - 4 :], since)
                since = len(phone.heard)
                await phone.say(phrases()[QUESTION])
                answered = await _heard(caller, ANSWER, since)
                context = [m["content"] for m in world.openai.requests[-1].messages if m["role"] == "user"]
                heard = caller.text()
                await phone.hang_up()
                await phone.ended()
                await asyncio.sleep(1)  # until the end of the call is in the store
                return Finding(
                    cell=CELL,
                    heard=heard.removeprefix(survivor.line.greeting),
                    silence=caller.silence,
                    is_understood=went_on and context == [QUESTION, QUESTION],
                    is_told=went_on,
                    is_answered=answered,
                    is_served_after=answered,
                    deeds=0,
                    deeds_due=0,
                    records=len(kept(folder)),
                )


async def _heard(caller: Caller, text: str, since: int) -> bool:
    with suppress(TimeoutError):
        await caller.hears(text, since)
        return True
    return False
