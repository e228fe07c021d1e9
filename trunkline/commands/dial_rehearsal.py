"""A call to somebody who is an emulator: the world, a server with one line, and who answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, get_args

from trunkline import terminal
from trunkline.errors import TrunklineError

if TYPE_CHECKING:
    from trunkline.calls.models import DialRow
    from trunkline.loader import Loaded
    from trunkline.sandbox.rehearsal import Cast
    from trunkline.sandbox.telephone.callee import Callee
    from trunkline.sandbox.world import World
    from trunkline.settings import Settings

INTRODUCTION = (
    "A sandbox call: the carrier, Deepgram and OpenAI are emulators in this process, spoken to over real "
    "sockets; the server is the one that makes real calls."
)

HELLO = "Hello?"
REPLY = "Yes, that's right. Thank you, goodbye."
MACHINE = "Hi, I can't come to the phone right now. Please leave a message after the tone."

PAUSE = 0.6
"""Seconds between a machine's greeting and its beep."""

WHO = ("human", "machine", "busy", "no-answer", "failed")


def rehearse(line: Loaded, number: str, data: Mapping[str, str], who: str, values: Settings) -> int:
    """Call an emulated person or machine; the exit code.

    Raises:
        TrunklineError: nobody can be that.
    """
    if who not in WHO:
        raise TrunklineError(f"--sandbox {who!r} is nobody; expected one of {', '.join(WHO)}")
    from trunkline.commands.dialling import sum_up

    with TemporaryDirectory() as elsewhere, chdir(elsewhere):
        database = Path(elsewhere) / "calls.db"
        return sum_up(asyncio.run(_call(line, number, data, who, values, database)))


async def _call(
    line: Loaded, number: str, data: Mapping[str, str], who: str, values: Settings, database: Path
) -> DialRow:
    from trunkline.commands.dialling import follow
    from trunkline.e164 import normalise
    from trunkline.sandbox.rehearsal import own_model
    from trunkline.sandbox.speech.cast import spoken
    from trunkline.sandbox.world import World
    from trunkline.server.service import Service

    console = terminal.screen()
    console.print(INTRODUCTION, style="dim")
    with console.status("Loading the voices and the ears (some seconds) …"):
        cast = await spoken()
        callee = await _callee(who, cast)
    try:
        called = normalise(number, line.line.number)
    except ValueError as error:
        raise TrunklineError(str(error)) from None
    async with World(cast.ears, cast.voice, cast.brain, carrier={"callees": {called: callee}}) as world:
        options = world.settings(database, **own_model(values))
        async with Service(options, [line]) as service:
            await service.vendors.prompts.ready()
            dialled = await service.dialler.dial(line.line, called, data=data, anyway=True)
            acting = asyncio.create_task(_act(world, called, who, cast))
            try:
                return await follow(service, dialled, console)
            finally:
                acting.cancel()


async def _callee(who: str, cast: Cast) -> Callee:
    from processors.frames import RATE
    from trunkline.sandbox.telephone.callee import Callee, Outcome

    if who in get_args(Outcome):
        return Callee(outcome=who)  # type: ignore[arg-type]
    if who == "human":
        return Callee(detection=2.0)
    greeting = await cast.speak(MACHINE)
    return Callee(who="machine", greeting=greeting, beep=len(greeting) / RATE + PAUSE, stays=60.0)


async def _act(world: World, number: str, who: str, cast: Cast) -> None:
    """A person says hello, answers once, and hangs up."""
    from trunkline.sandbox.actor import Actor
    from trunkline.sandbox.script import HangUp, Say, Script

    if who != "human":
        return
    phone = await world.carrier.callee(number)
    await phone.answered()
    await phone.say(await cast.speak(HELLO))
    await Actor(phone, cast.speak).play(Script((Say(REPLY), HangUp())))
    await phone.hang_up()
