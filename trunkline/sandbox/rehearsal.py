"""A sandbox call from dialling to the recording: the world, a server with one line, and a caller in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from trunkline.events import Event
from trunkline.loader import Loaded
from trunkline.sandbox import recording
from trunkline.sandbox.actor import Actor
from trunkline.sandbox.dialogue.brain import Dialogue
from trunkline.sandbox.script import Script
from trunkline.sandbox.speech.ears import SpokenEars
from trunkline.sandbox.speech.intents import meaning
from trunkline.sandbox.speech.moonshine import recogniser
from trunkline.sandbox.speech.voice import SpokenVoice, caller_says
from trunkline.sandbox.speech.worker import compute
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.world import World
from trunkline.server.service import Service
from trunkline.settings import Settings


@dataclass(frozen=True, slots=True)
class Taped:
    """What a rehearsal leaves."""

    sid: str
    status: str
    """The carrier's word for how the call ended."""
    seconds: float
    wav: Path


class Rehearsal:
    """One spoken call to one line. Made by :func:`rehearsal`.

    Attributes:
        service: the server, running; watch :attr:`Service.watchers`.
    """

    def __init__(self, world: World, service: Service, line: Loaded) -> None:
        self.service = service
        self._world = world
        self._line = line

    async def events(self, script: Script, folder: Path) -> AsyncIterator[Event | Taped]:
        """Place the call and perform the script; yields what happens, and at last what it left."""
        with self.service.watchers.watching() as events:
            url = f"{self.service.url}/twilio"
            phone = await self._world.carrier.call(
                f"{url}/voice", to=self._line.line.number, status_callback=f"{url}/status"
            )
            playing = asyncio.create_task(_perform(phone, script))
            try:
                async for event in _until(events, playing):
                    yield event
                await playing
            finally:
                playing.cancel()
            yield self._tape(phone, folder)

    def _tape(self, phone: Phone, folder: Path) -> Taped:
        wav = folder / f"{phone.sid}.wav"
        said, heard = phone.said, phone.heard
        recording.write(wav, caller=said, agent=heard)
        return Taped(phone.sid, phone.status, max(len(said), len(heard)) / 8000, wav)


@asynccontextmanager
async def rehearsal(line: Loaded, values: Settings) -> AsyncIterator[Rehearsal]:
    """The world and a server in it.

    Args:
        line: the pipeline file.
        values: the process's settings; an ``OPENAI_BASE_URL`` (or key) in them takes the place of the
            embedded dialogue engine, all else is the sandbox's.
    """
    brain = Dialogue()
    async with World(SpokenEars, SpokenVoice(), brain) as world:
        with TemporaryDirectory() as folder:
            own = {}
            if values.openai_base_url or values.openai_api_key:
                own = {"OPENAI_BASE_URL": values.openai_base_url, "OPENAI_API_KEY": values.openai_api_key}
            settings = world.settings(Path(folder) / "calls.db", **own)
            async with Service(settings, [line], single=True) as service:
                await service.vendors.prompts.ready()
                yield Rehearsal(world, service, line)


async def warm() -> None:
    """Load the engines, so that the first words of a call do not wait for them.

    Raises:
        EnginesMissing: the ``spoken`` extra is not installed.
    """
    await SpokenVoice().warm()
    for engine in (recogniser, meaning):
        await compute(engine)


async def _perform(phone: Phone, script: Script) -> None:
    await phone.answered()
    try:
        await Actor(phone, caller_says).play(script)
    finally:
        await phone.hang_up()
        await phone.ended()


async def _until(events: AsyncIterator[Event], done: asyncio.Task[None]) -> AsyncIterator[Event]:
    """The events until a task is done and all that happened by then was told."""
    while True:
        following = asyncio.ensure_future(anext(events))
        await asyncio.wait({following, done}, return_when=asyncio.FIRST_COMPLETED)
        if not following.done():
            await asyncio.wait({following}, timeout=0.2)
        if not following.done():
            following.cancel()
            return
        yield following.result()
