"""``kill -9`` of the process that carries a call, in the middle of a sentence; another one goes on with it.

It lasts: a second server has been there all the time. Or it passes: the server was the only one, its caller
holds with the number's fallback document, and it is started again.
"""

import asyncio
import tempfile
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import numpy as np

from benchmarks.lines import survivor
from benchmarks.matrix.cell import Cell, Finding, Part
from benchmarks.matrix.road import Trouble
from benchmarks.matrix.scene import SILENCE
from benchmarks.matrix.town import static
from benchmarks.server import Server, free_port
from benchmarks.survival import ANSWER, QUESTION, Caller, env, kept, street
from processors.frames import RATE
from trunkline.sandbox.phrases import load as phrases
from trunkline.server.standalone import document

PUBLIC = "https://voice.example.com"

MID_WORD = ANSWER[: len(ANSWER) // 2]

PATIENCE = 40.0
"""Seconds that the caller waits: the start of a server is among them."""


async def measure(*, lasts: bool) -> Finding:
    """What the caller goes through. In real time: some twenty seconds, and the start of two servers."""
    leads = {PUBLIC: ""}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with (
            street(leads) as world,
            static(document(survivor.line)) as fallback_url,
            AsyncExitStack() as stack,
        ):
            environment = env(world, folder, TRUNKLINE_PUBLIC_URL=PUBLIC, TRUNKLINE_SECRET="of the two")
            file, port = Path(survivor.__file__), free_port()
            first = Server(file, environment, folder / "log", port=port)
            second = Server(file, environment, folder / "log", port=0 if lasts else port)
            for server in (first, second) if lasts else (first,):
                await stack.enter_async_context(server)
            leads[PUBLIC] = first.url
            phone = await world.carrier.call(
                f"{PUBLIC}/twilio/voice",
                to=survivor.line.number,
                status_callback=f"{PUBLIC}/twilio/status",
                fallback_url=fallback_url,
            )
            caller = Caller(phone)
            await caller.hears(survivor.line.greeting)
            await phone.say(phrases()[QUESTION])
            since = len(phone.heard)
            await caller.hears(MID_WORD, since)
            leads[PUBLIC] = second.url
            await first.kill()
            if not lasts:
                await stack.enter_async_context(second)
            went_on = await _heard(caller, ANSWER[len(ANSWER) - 4 :], since)
            silence = _longest_silence(phone.heard_since(since))
            since = len(phone.heard)
            await phone.say(phrases()[QUESTION])
            answered = await _heard(caller, ANSWER, since)
            context = [m["content"] for m in world.openai.requests[-1].messages if m["role"] == "user"]
            heard = caller.text()
            await phone.hang_up()
            await phone.ended()
            await asyncio.sleep(1)  # until the end of the call is in the store
            return Finding(
                cell=Cell(Part.PROCESS, Trouble.KILLED, lasts),
                heard=heard.removeprefix(survivor.line.greeting),
                silence=silence,
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
        await caller.hears(text, since, PATIENCE)
        return True
    return False


def _longest_silence(heard: bytes) -> float:
    """Seconds between two sounds, of whomever."""
    audible = np.flatnonzero(np.frombuffer(heard, np.uint8) != SILENCE)
    return float(np.diff(audible, prepend=0).max(initial=0)) / RATE
