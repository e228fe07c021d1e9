"""Two servers that share a call store, and a carrier that reaches one of them at a time."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.calls.town import NUMBER, RULES, Outside, hears, outside, serving
from trunkline.life import ABANDONED
from trunkline.line import Line
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.phone import Phone
from trunkline.server.service import Service
from trunkline.session import Session

PUBLIC = "https://voice.example.com"


class Relay:
    """Made by :func:`relay`."""

    def __init__(self, world: Outside, first: Service, second: Service, origins: dict[str, str]) -> None:
        self.world = world
        self.first = first
        self.second = second
        self._origins = origins
        self.reach(first)

    def reach(self, service: Service) -> None:
        """From now on the carrier reaches this one."""
        self._origins[PUBLIC] = service.url

    async def call(self, greeting: str) -> Phone:
        """Somebody calls, and has heard the greeting."""
        phone = await self.world.carrier.call(f"{PUBLIC}/twilio/voice", to=NUMBER)
        await hears(phone, greeting)
        return phone

    async def move(self, phone: Phone, to: Service | None = None) -> None:
        """The first server dies as far as anybody can tell: its socket breaks, and the other one is asked."""
        await self.first.store.flush()
        self.reach(to or self.second)
        phone.break_stream()
        if to is not self.first:
            _die(self.first.switchboard.calls[phone.sid])

    def messages(self, request: int = -1) -> list[dict[str, Any]]:
        """What the model was asked, without the prompt."""
        return [dict(m) for m in self.world.openai.requests[request].messages if m["role"] != "system"]

    async def row(self, phone: Phone) -> Any:
        """What the store has kept of a call."""
        await self.second.store.flush()
        return await self.second.store.call(phone.sid)


def _die(session: Session) -> None:
    """Nothing that the server learns of the call from now on is written any more, as after ``kill -9``."""
    keeper = session._minutes._keeper

    class Dead:
        def __getattr__(self, name: str) -> Any:
            return (lambda *_, **__: None) if name in ("turn", "note", "end") else getattr(keeper, name)

    session._minutes._keeper = Dead()
    session.end(ABANDONED)


@asynccontextmanager
async def relay(
    folder: Path, line: Line, rules: Sequence[Rule] = RULES, **settings: Any
) -> AsyncIterator[Relay]:
    """A world and two servers in it."""
    origins = {PUBLIC: ""}
    options = {"TRUNKLINE_PUBLIC_URL": PUBLIC, "TRUNKLINE_SECRET": "shared between processes", **settings}
    async with (
        outside(rules, carrier={"origins": origins}) as world,
        serving(world, folder, [line], **options) as first,
        serving(world, folder, [line], **options) as second,
    ):
        yield Relay(world, first, second, origins)
