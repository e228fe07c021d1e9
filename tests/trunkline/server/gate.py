"""What tests of the server share: a client beside an application, and Twilio's signature."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from trunkline.sandbox.telephone.signing import Signer
from trunkline.server.app import application
from trunkline.server.signature import Gatekeeper
from trunkline.server.tickets import Tickets
from trunkline.switchboard import Switchboard

SIGNER = Signer("token")


class Client:
    """Asks as Twilio does."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session

    async def post(self, path: str, form: Mapping[str, str]) -> tuple[int, str, str]:
        """Status, content type and body."""
        signed = {"X-Twilio-Signature": SIGNER.sign(self.url + path, form) or ""}
        async with self.session.post(self.url + path, data=form, headers=signed) as response:
            return response.status, response.content_type, await response.text()

    async def get(self, path: str) -> tuple[int, str]:
        async with self.session.get(self.url + path) as response:
            return response.status, await response.text()

    def media(self) -> Any:
        """A signed handshake."""
        url = self.url.replace("http", "ws", 1) + "/twilio/media"
        return self.session.ws_connect(url, headers={"X-Twilio-Signature": SIGNER.sign(url, {}) or ""})


@asynccontextmanager
async def served(board: Switchboard, tickets: Tickets | None = None) -> AsyncIterator[Client]:
    """The application of a switchboard, and a client."""
    async with running(application(board, Gatekeeper("token"), tickets or Tickets("secret"))) as client:
        yield client


@asynccontextmanager
async def running(app: web.Application) -> AsyncIterator[Client]:
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Client("http://{}:{}".format(*runner.addresses[0][:2]), session)
    finally:
        await runner.cleanup()
