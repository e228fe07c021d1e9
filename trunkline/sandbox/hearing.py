"""What all of Deepgram's listening paths have in common: who may connect, and who has."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from aiohttp import web
from multidict import MultiMapping

from trunkline.sandbox.deepgram_refusal import SCHEMES, Refusal, check_credentials, refusal, request_id
from trunkline.sandbox.ears import Ears
from trunkline.sandbox.hearing_connection import Arrived, HearingConnection
from trunkline.sandbox.listen_faults import REFUSALS, ListenFault

CLOSE_TIMEOUT = 0.5
"""Seconds a client may take to answer a close frame."""

MAX_MESSAGE = 4 * 2**20
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One request for a listening socket."""

    at: float
    """Loop time in seconds."""
    query: Sequence[tuple[str, str]]
    """The parameters as they came, in order."""
    status: int
    """What it was answered with: 101, or the status of a refusal."""
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)


Connection = TypeVar("Connection", bound=HearingConnection[Any, Any])


class HearingEmulator(ABC, Generic[Connection]):
    """Serves listening sockets. Everything but ``ears`` may be changed while it runs.

    Args:
        ears: makes the ears of a connection, given its query.
        api_key: the one key that is accepted as ``Token``; ``None`` accepts any.
        tokens: the granted tokens that are accepted as ``Bearer``; ``None`` accepts any that could be one.
        limit: connections at a time; one more is answered with 429.
        forbidden: models that exist but that the project may not use (403).
        fault: how every connection misbehaves.
        faults: how the next connections misbehave, one each (``None``: not at all); then ``fault`` holds.
        keep_audio: whether connections keep the audio they received.
    """

    path: str
    """Where it is served."""

    def __init__(
        self,
        ears: Callable[[Mapping[str, str]], Ears],
        *,
        api_key: str | None = None,
        tokens: Collection[str] | None = None,
        limit: int = 150,
        forbidden: Collection[str] = (),
        fault: ListenFault | None = None,
        faults: Sequence[ListenFault | None] = (),
        keep_audio: bool = True,
    ) -> None:
        self.api_key = api_key
        self.tokens = tokens
        self.limit = limit
        self.forbidden = forbidden
        self.fault = fault
        self.faults = list(faults)
        self.keep_audio = keep_audio
        self.requests: list[Upgrade] = []
        self.connections: list[Connection] = []
        """All there ever were, oldest first."""
        self._ears = ears

    def routes(self) -> list[web.RouteDef]:
        """The path it serves, for an aiohttp application."""
        return [web.get(self.path, self._handle)]

    @property
    def open(self) -> list[Connection]:
        """The connections that are open now."""
        return [connection for connection in self.connections if connection.closed_at is None]

    @property
    def received(self) -> list[list[Arrived]]:
        """The audio of each connection, as it came."""
        return [connection.received for connection in self.connections]

    async def drop(self, code: int = 1006, reason: str = "") -> None:
        """Break off all open connections; 1006 cuts them without a close frame."""
        await asyncio.gather(*(connection.close(code, reason) for connection in self.open))

    def stall(self, seconds: float) -> None:
        """Stop reading from all open connections for a while."""
        for connection in self.open:
            connection.stall(seconds)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        identity = request_id()
        fault = (self.faults.pop(0) if self.faults else self.fault) or ListenFault()
        try:
            connection = self._admit(request, fault, identity)
        except Refusal as refused:
            self._note(request, refused.status)
            return refused.response(identity)
        self._note(request, 101)
        self.connections.append(connection)
        return await self._serve(request, connection)

    def _admit(self, request: web.Request, fault: ListenFault, identity: str) -> Connection:
        if fault.refuse is not None:
            raise refusal(fault.refuse, REFUSALS.get(fault.refuse, "refused"))
        check_credentials(request.headers, self.api_key, self.tokens)
        connection = self._connect(request.query, fault, identity)
        if connection.query.model in self.forbidden:
            raise refusal(403, REFUSALS[403])
        if not web.WebSocketResponse().can_prepare(request):
            raise refusal(400, "Bad Request: expected a WebSocket upgrade")
        if len(self.open) >= self.limit:
            raise refusal(429, REFUSALS[429])
        return connection

    @abstractmethod
    def _connect(self, query: MultiMapping[str], fault: ListenFault, identity: str) -> Connection:
        """What speaks with a client that asked for this, not begun yet.

        Raises:
            Refusal: it asked for what there is not.
        """

    def _note(self, request: web.Request, status: int) -> None:
        query = tuple(request.query.items())
        now = asyncio.get_running_loop().time()
        self.requests.append(Upgrade(now, query, status, dict(request.headers)))

    async def _serve(self, request: web.Request, connection: Connection) -> web.StreamResponse:
        ws = web.WebSocketResponse(
            timeout=CLOSE_TIMEOUT, protocols=SCHEMES, compress=False, max_msg_size=MAX_MESSAGE
        )
        ws.headers["dg-request-id"] = connection.request_id
        await ws.prepare(request)
        await connection.serve(ws, request)
        return ws
