"""A town for tests of whole calls: the world's vendors, a server with lines, and people who call."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipecat.processors.frame_processor import FrameProcessor

from processors.frames import RATE
from processors.sentence_splitter import SentenceSplitter
from processors.vad import VAD
from tests.calls.discretion import Discretion
from trunkline.call import Call
from trunkline.line import Line, Tool
from trunkline.loader import Loaded
from trunkline.sandbox.brain import Rule, ScriptedBrain
from trunkline.sandbox.carrier import AUTH_TOKEN
from trunkline.sandbox.ears import Phrasebook, PhraseEars
from trunkline.sandbox.phrases import load as phrases
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived, MediaReceived, Record, StreamStarted
from trunkline.sandbox.voice import CHARACTER, ScriptedVoice
from trunkline.sandbox.world import World
from trunkline.server.service import Service

NUMBER = "+15550100"
GREETING = "Harbour Dental."
VOICE = ScriptedVoice()
BOOK = Phrasebook(phrases())
QUESTION = "what time do you close today"
LONG = (
    "We are open from Monday to Thursday from eight to six, and on Friday from eight to two, "
    "but we are closed on weekends."
)
PRICE_QUESTION = "And how much is a check-up?"
PRICE = "It is eighty five dollars."
RULES = (
    Rule("close today", LONG),
    Rule("check-up|check up", PRICE),
    Rule(r"no thank you\W*$", "All right, I stop."),
    Rule("goodbye", None, ("end_call", {})),
)
DEEPGRAM_KEY = "dg-0f4be1d2c3"
OPENAI_KEY = "sk-77ac09e51b"


async def end_call(call: Call) -> str:
    """End the call."""
    await call.hang_up("Goodbye!")
    return "done"


def make_line(
    number: str = NUMBER,
    *,
    name: str = "desk",
    tools: Sequence[Tool] = (end_call,),
    openai: Mapping[str, Any] = MappingProxyType({}),
    stages: Sequence[Callable[[], FrameProcessor]] = (),
    **values: Any,
) -> Line:
    """A line with every stage of the picture.

    Args:
        openai: options of its model.
        stages: more stages, before the output.
    """
    line = Line(
        **{
            "name": name,
            "number": number,
            "greeting": GREETING,
            "prompt": "Be kind.",
            "tools": tools,
            **values,
        }
    )

    @line.answer
    def compose(call: Call) -> list[FrameProcessor]:
        context = call.context()
        return [
            call.input(),
            VAD(),
            call.deepgram_stt(),
            context.user(),
            call.openai(**openai),
            SentenceSplitter(),
            call.aura_tts(),
            *(stage() for stage in stages),
            call.output(),
            context.assistant(),
        ]

    return line


class Outside(World):
    """The vendors, and what the servers among them have written."""

    log: Discretion


class Town:
    """Made by :func:`town`."""

    def __init__(self, world: Outside, service: Service) -> None:
        self.world = world
        self.service = service
        self.log = world.log

    async def call(self, to: str = NUMBER, **options: Any) -> Phone:
        """Somebody calls; the stream has started when this returns."""
        phone = await self.ring(to, **options)
        await phone.until(StreamStarted)
        return phone

    async def ring(self, to: str = NUMBER, **options: Any) -> Phone:
        """Somebody calls."""
        url = f"{self.service.url}/twilio"
        return await self.world.carrier.call(
            f"{url}/voice", **{"to": to, "status_callback": f"{url}/status", **options}
        )

    def messages(self, request: int = -1) -> list[dict[str, Any]]:
        """What the model was asked, without the prompt."""
        return [dict(m) for m in self.world.openai.requests[request].messages if m["role"] != "system"]

    async def left(self, phone: Phone) -> None:
        """Wait until the server has done with a call, for a second at most."""
        session = self.service.switchboard.calls.get(phone.sid)
        if session is not None:
            async with asyncio.timeout(1):
                await session.over()

    async def row(self, phone: Phone) -> Any:
        """What the store has kept of a call."""
        await self.service.store.flush()
        return await self.service.store.call(phone.sid)


@asynccontextmanager
async def town(
    folder: Path,
    *lines: Line | Loaded,
    rules: Sequence[Rule] = RULES,
    final_ms: int | None = 100,
    settings: Mapping[str, Any] | None = None,
    **world: Any,
) -> AsyncIterator[Town]:
    """A world and a server in it; both are gone afterwards, or the test fails."""
    made = lines or (make_line(),)
    async with (
        outside(rules, final_ms, **world) as around,
        serving(around, folder, made, **(settings or {})) as service,
    ):
        yield Town(around, service)


@asynccontextmanager
async def outside(
    rules: Sequence[Rule] = RULES, final_ms: int | None = 100, **world: Any
) -> AsyncIterator[Outside]:
    """The vendors. Fails if the log of servers in there is indiscreet, or tells of a fault of their own."""
    options = {
        **world,
        "deepgram": {"api_key": DEEPGRAM_KEY, **world.get("deepgram", {})},
        "openai": {"api_key": OPENAI_KEY, **world.get("openai", {})},
    }
    with Discretion(AUTH_TOKEN, DEEPGRAM_KEY, OPENAI_KEY) as log:
        made = Outside(lambda _: PhraseEars(BOOK, final_ms), VOICE, ScriptedBrain(rules), **options)
        made.log = log
        async with made as around:
            yield around
        log.check(around.carrier.phones.values())


@asynccontextmanager
async def serving(
    world: World, folder: Path, lines: Iterable[Line | Loaded], **settings: Any
) -> AsyncIterator[Service]:
    """A server in the world, ready to greet."""
    # Not measured: on virtual time, no work takes any.
    limit = {"TRUNKLINE_MAX_CALLS": 1000}
    # None that waits, so that a connection is a call's.
    sockets = {"TRUNKLINE_WARM_SOCKETS": 0}
    here = {"TRUNKLINE_RECORDINGS": folder / "recordings"}
    keys = {"DEEPGRAM_API_KEY": DEEPGRAM_KEY, "OPENAI_API_KEY": OPENAI_KEY, **limit, **sockets, **here}
    options = world.settings(folder / "calls.db", **{**keys, **settings})
    loaded = [line if isinstance(line, Loaded) else Loaded(Path("desk.py"), line) for line in lines]
    async with Service(options, loaded) as service:
        await service.vendors.prompts.ready()
        yield service


def said(text: str) -> bytes:
    """The recording of a phrase."""
    return phrases()[text]


def heard(phone: Phone) -> str:
    """All that the caller has heard of the agent, letter by letter."""
    return VOICE.read(phone.heard)


async def hears(phone: Phone, text: str, timeout: float = 30.0) -> None:
    """Wait until the caller has heard a text to its last sample."""
    try:
        async with asyncio.timeout(timeout):
            while text not in heard(phone):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await asyncio.sleep(CHARACTER / RATE)
    except TimeoutError:
        raise AssertionError(f"not heard: {text!r}; but {heard(phone)!r}\n{phone.log!r}") from None


def stream_log(phone: Phone) -> list[str]:
    """Media and clear messages in the order in which they came."""
    kinds: dict[type[Record], str] = {MediaReceived: "media", ClearReceived: "clear"}
    return [kinds[type(record)] for record in phone.log if type(record) in kinds]
