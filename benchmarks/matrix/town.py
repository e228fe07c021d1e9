"""Where a cell takes place: a server, its vendors, second ones, and roads between them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from benchmarks.matrix.line import Diary, line
from benchmarks.matrix.road import Road
from trunkline.loader import Loaded
from trunkline.sandbox.brain import Rule, ScriptedBrain
from trunkline.sandbox.deepgram import DeepgramServer
from trunkline.sandbox.ears import Phrasebook, PhraseEars
from trunkline.sandbox.openai import OpenAIServer
from trunkline.sandbox.phrases import load as phrases
from trunkline.sandbox.voice import ScriptedVoice
from trunkline.sandbox.world import World
from trunkline.server.service import Service
from trunkline.server.standalone import document

PUBLIC = "https://voice.example.com"

PRICE_QUESTION, PRICE = "And how much is a check-up?", "It is eighty five dollars."
BOOKING, BOOKED = "Half past nine is perfect.", "Booked for half past nine."
RULES = (
    Rule("half past nine is", None, ("book", {"time": "half past nine"})),
    Rule("check-up|check up", PRICE),
)

FINAL_MS = 100


@dataclass(frozen=True, slots=True)
class Town:
    """Made by :func:`town`."""

    world: World
    service: Service
    diary: Diary
    models: tuple[OpenAIServer, OpenAIServer]
    to_deepgram: Road
    to_openai: Road
    to_us: Road
    fallback_url: str
    database: Path

    @property
    def bridges(self) -> tuple[str, ...]:
        """What is said into a wait, and answers nothing."""
        late = next(iter(self.service.switchboard.lines.values())).late
        return late.words if late is not None else ()

    @property
    def dropped(self) -> str:
        """What is said before a line that dropped is back."""
        return str(next(iter(self.service.switchboard.lines.values())).resume.words)

    def understood(self, words: str) -> bool:
        """Whether the caller's words have reached a model."""
        return any(
            words in str(message["content"])
            for model in self.models
            for request in model.requests
            for message in request.messages
            if message["role"] == "user"
        )


@asynccontextmanager
async def town(folder: Path, *, doubled: bool) -> AsyncIterator[Town]:
    """All of it, for one call.

    Args:
        folder: for the store.
        doubled: whether the line has second providers.
    """
    book, voice, diary = Phrasebook(phrases()), ScriptedVoice(), Diary()
    leads = {PUBLIC: ""}
    database = folder / "calls.db"
    second_model = OpenAIServer(ScriptedBrain(RULES))
    async with (
        World(
            lambda _: PhraseEars(book, FINAL_MS), voice, ScriptedBrain(RULES), carrier={"origins": leads}
        ) as world,
        DeepgramServer(lambda _: PhraseEars(book, FINAL_MS), voice) as second_deepgram,
        second_model,
        Road(world.deepgram.base_url) as to_deepgram,
        Road(world.openai.base_url) as to_openai,
        static(document(line(diary, None))) as fallback_url,
    ):
        settings = world.settings(
            database,
            # A locked database says so at once: on virtual time, a thread that waits is not waited for.
            TRUNKLINE_DATABASE_URL=f"sqlite+aiosqlite:///{database}?timeout=0.02",
            TRUNKLINE_PUBLIC_URL=PUBLIC,
            TRUNKLINE_MAX_CALLS=10,
            TRUNKLINE_WARM_SOCKETS=0,
            DEEPGRAM_BASE_URL=to_deepgram.url,
            OPENAI_BASE_URL=f"{to_openai.url}/v1",
        )
        seconds = (second_deepgram.base_url, second_model.base_url) if doubled else None
        async with Service(settings, [Loaded(Path("matrix.py"), line(diary, seconds))]) as service:
            await service.vendors.prompts.ready()
            async with Road(service.url) as to_us:
                leads[PUBLIC] = to_us.url
                models = (world.openai, second_model)
                yield Town(
                    world, service, diary, models, to_deepgram, to_openai, to_us, fallback_url, database
                )


@asynccontextmanager
async def static(document: str) -> AsyncIterator[str]:
    """A host that serves one document."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=document, content_type="text/xml")

    app = web.Application()
    app.add_routes([web.post("/fallback", answer), web.get("/fallback", answer)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/fallback"
    finally:
        await runner.cleanup()
