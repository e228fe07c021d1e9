"""Raw requests to a server: what Twilio would send, or somebody who is not Twilio."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

import aiohttp
import orjson

from tests.calls.town import NUMBER, Town
from trunkline.sandbox.carrier import ACCOUNT_SID, AUTH_TOKEN
from trunkline.sandbox.telephone.faults import Signature
from trunkline.sandbox.telephone.resource import new_sid
from trunkline.sandbox.telephone.signing import Signer

SIGNER = Signer(AUTH_TOKEN)

CALLER = "+15550177"

CONNECTED = {"event": "connected", "protocol": "Call", "version": "1.0.0"}
MEDIA = {"event": "media", "media": {"track": "inbound", "chunk": "1", "timestamp": "0", "payload": "/w=="}}


@dataclass(frozen=True)
class Answered:
    """A response to a webhook."""

    status: int
    kind: str
    text: str

    @property
    def ticket(self) -> str:
        """The ticket in it."""
        found = re.search(r'name="ticket" value="([^"]+)"', self.text)
        assert found, self.text
        return found[1]


class Wire:
    """``async with Wire(place) as wire``: a connection to the server in a town."""

    def __init__(self, place: Town) -> None:
        self.url = place.service.url

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def post(
        self,
        path: str,
        form: Mapping[str, str],
        signature: Signature = "good",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Answered:
        """A webhook."""
        signed = SIGNER.sign(self.url + path, form, signature)
        given = {**headers, **({} if signed is None else {"X-Twilio-Signature": signed})}
        async with self._session.post(self.url + path, data=form, headers=given) as response:
            return Answered(response.status, response.content_type, await response.text())

    async def get(self, path: str) -> tuple[int, Any]:
        async with self._session.get(self.url + path) as response:
            return response.status, await response.json()

    async def ring(self, sid: str | None = None, to: str = NUMBER) -> tuple[str, str]:
        """A call comes in; its SID and the ticket of its stream."""
        sid = sid or new_sid("CA")
        return sid, (await self.post("/twilio/voice", form(sid, to))).ticket

    @asynccontextmanager
    async def socket(self, signature: Signature = "good") -> AsyncIterator["Socket"]:
        """A media socket on which nothing has been said."""
        url = self.url.replace("http", "ws", 1) + "/twilio/media"
        signed = SIGNER.sign(url, {}, signature)
        headers = {} if signed is None else {"x-twilio-signature": signed}
        async with self._session.ws_connect(url, headers=headers) as ws:
            yield Socket(ws)

    @asynccontextmanager
    async def stream(self) -> AsyncIterator["Socket"]:
        """A media socket on which the stream of a new call has started; the call is over afterwards."""
        sid, ticket = await self.ring()
        async with self.socket() as socket:
            await socket.send(CONNECTED)
            await socket.send(start(sid, ticket))
            await socket.ws.receive()  # the greeting
            yield socket
        await self.hang_up(sid)

    async def hang_up(self, sid: str) -> None:
        """The caller has hung up."""
        await self.post("/twilio/status", form(sid, CallStatus="completed"))


class Socket:
    """The carrier's end of a media socket, without any manners."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def send(self, message: Mapping[str, Any] | str) -> None:
        await self.ws.send_str(message if isinstance(message, str) else orjson.dumps(message).decode())

    async def send_raw(self, data: bytes, *, text: bool = True) -> None:
        """A frame of anything."""
        await self.ws.send_frame(data, aiohttp.WSMsgType.TEXT if text else aiohttp.WSMsgType.BINARY)

    async def closed(self) -> tuple[int, str]:
        """Wait for the server to close; the code and the reason. 1006: it was cut."""
        while True:
            message = await self.ws.receive()
            if message.type is aiohttp.WSMsgType.CLOSE:
                return message.data, message.extra or ""
            if message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                return self.ws.close_code or 1006, ""


def form(sid: str, to: str = NUMBER, **more: str) -> dict[str, str]:
    """The parameters of a webhook."""
    return {
        "AccountSid": ACCOUNT_SID,
        "CallSid": sid,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "From": CALLER,
        "To": to,
        **more,
    }


def start(sid: str, ticket: str | None) -> dict[str, Any]:
    """The message that begins a stream."""
    stream = new_sid("MZ")
    body = {
        "accountSid": ACCOUNT_SID,
        "streamSid": stream,
        "callSid": sid,
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {} if ticket is None else {"ticket": ticket},
    }
    return {"event": "start", "sequenceNumber": "1", "start": body, "streamSid": stream}
