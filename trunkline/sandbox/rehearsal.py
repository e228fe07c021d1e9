"""A sandbox call from dialling to the recording: the world, a server with one line, and a caller in it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from processors.frames import RATE
from trunkline.events import Event
from trunkline.loader import Loaded
from trunkline.sandbox import recording
from trunkline.sandbox.actor import Actor, Speak
from trunkline.sandbox.brain import Brain
from trunkline.sandbox.ears import Ears
from trunkline.sandbox.script import Script
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.voice import Voice
from trunkline.sandbox.world import World
from trunkline.server.service import Service
from trunkline.settings import Settings

LAST_WORDS = 0.2
"""Seconds after the call in which the server still tells what happened."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in a rehearsal."""

    ears: Callable[[Mapping[str, str]], Ears]
    """Deepgram's, made for a listening connection's query."""
    voice: Voice
    """Deepgram's."""
    brain: Brain
    """OpenAI's."""
    speak: Speak
    """The caller's voice."""


@dataclass(frozen=True, slots=True)
class Taped:
    """What a rehearsal leaves."""

    sid: str
    status: str
    """The carrier's word for how the call ended."""
    seconds: float
    wav: Path


class Rehearsal:
    """Calls to one line. Made by :func:`rehearsal`."""

    def __init__(self, world: World, service: Service, line: Loaded, speak: Speak) -> None:
        self.service = service
        """The server, running."""
        self._world = world
        self._line = line
        self._speak = speak

    async def events(self, script: Script, folder: Path) -> AsyncIterator[Event | Taped]:
        """Place a call, perform the script; yields what happens, and at last what it left in the folder."""
        with self.service.watchers.watching() as events:
            url = f"{self.service.url}/twilio"
            phone = await self._world.carrier.call(
                f"{url}/voice", to=self._line.line.number, status_callback=f"{url}/status"
            )
            playing = asyncio.create_task(_perform(phone, script, self._speak))
            try:
                async for event in _until(events, playing):
                    yield event
                await playing
            finally:
                playing.cancel()
            yield _tape(phone, folder)


def own_model(values: Settings) -> dict[str, object]:
    """Settings that let a model of one's own take the place of the sandbox's; none if there is none."""
    if values.openai_base_url or values.openai_api_key:
        return {"OPENAI_BASE_URL": values.openai_base_url, "OPENAI_API_KEY": values.openai_api_key}
    return {}


@asynccontextmanager
async def rehearsal(line: Loaded, values: Settings, cast: Cast) -> AsyncIterator[Rehearsal]:
    """The world and a server in it.

    Args:
        line: the pipeline file.
        values: the process's settings; an ``OPENAI_BASE_URL`` (or key) in them takes the place of the
            cast's brain, all else is the sandbox's.
        cast: who plays.
    """
    own = own_model(values)
    with TemporaryDirectory() as folder:
        async with World(cast.ears, cast.voice, cast.brain) as world:
            settings = world.settings(Path(folder) / "calls.db", **own)
            async with Service(settings, [line], single=True) as service:
                await service.vendors.prompts.ready()
                yield Rehearsal(world, service, line, cast.speak)


async def _perform(phone: Phone, script: Script, speak: Speak) -> None:
    await phone.answered()
    try:
        await Actor(phone, speak).play(script)
    finally:
        await phone.hang_up()
        await phone.ended()


def _tape(phone: Phone, folder: Path) -> Taped:
    wav = folder / f"{phone.sid}.wav"
    said, heard = phone.said, phone.heard
    recording.write(wav, caller=said, agent=heard)
    return Taped(phone.sid, phone.status, max(len(said), len(heard)) / RATE, wav)


async def _until(events: AsyncIterator[Event], done: asyncio.Task[None]) -> AsyncIterator[Event]:
    """The events until a task is done and all that happened by then was told."""
    while True:
        following = asyncio.ensure_future(anext(events))
        await asyncio.wait({following, done}, return_when=asyncio.FIRST_COMPLETED)
        if not following.done():
            await asyncio.wait({following}, timeout=LAST_WORDS)
        if not following.done():
            following.cancel()
            return
        yield following.result()
