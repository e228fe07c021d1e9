"""Passing a connection, with the request that came on it, to the worker that the request is for.

The other worker answers as if it had accepted the connection itself: same peer, same headers, same bytes.
The connection travels as a file descriptor, and what was read of it as the letter around it. Nothing is lost
as long as a client waits for the answer before it sends more: every WebSocket client must (RFC 6455, 4.1),
and so does every HTTP client that does not pipeline, such as Twilio, proxies and browsers.
"""

import asyncio
import socket

from aiohttp import web
from loguru import logger

from trunkline.fleet.letters import Handed, pack
from trunkline.fleet.mailboxes import Mailbox
from trunkline.fleet.roster import Roster

READ = {b"transfer-encoding", b"content-encoding", b"content-length", b"expect"}
"""Headers of a body as it was sent; ours is read and unpacked."""

UNANSWERED = 1.0
"""Seconds after which a request that was handed over and never handled counts as received all the same."""


class Handover:
    """One worker's side of it.

    Args:
        slot: the worker's.
        mailbox: carries the connections.
        roster: counts new calls that are under way.
        server: answers what is handed over to this worker.
    """

    def __init__(self, slot: int, mailbox: Mailbox, roster: Roster, server: web.Server) -> None:
        self._slot = slot
        self._mailbox = mailbox
        self._roster = roster
        self._server = server
        self._adopted: dict[asyncio.BaseProtocol, Handed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()

    def give(self, request: web.Request, body: bytes, slot: int, *, new: bool) -> bool:
        """Pass a request on with its connection; it is not ours any more, and nothing sent on it goes out.

        Args:
            request: whose body has been read.
            body: of the request.
            slot: of the worker that is to answer.
            new: whether the request is a new call's.

        Returns:
            Whether that worker will get it. If not, the request is still ours.
        """
        transport = request.transport
        connection = transport.get_extra_info("socket") if transport is not None else None
        if transport is None or connection is None or transport.is_closing():
            return False
        count = self._roster.count(self._slot, slot) + 1 if new else 0
        letter = pack(Handed(self._slot, count, raw(request, body)))
        transport.pause_reading()
        if not self._mailbox.send(slot, letter, connection.fileno()):
            transport.resume_reading()
            return False
        if new:
            self._roster.sent(self._slot, slot, count)
        transport.abort()  # closes our descriptor; the connection lives on in the other's
        return True

    def take(self, handed: Handed, connection: socket.socket) -> None:
        """Answer a request that another worker has passed on."""
        task = self._loop.create_task(self._adopt(handed, connection), name="adopt")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def handed(self, request: web.Request) -> Handed | None:
        """How this request was handed over; None for one that was not, or was asked about before.

        Later requests on the same connection come to us directly.
        """
        return self._adopted.pop(request.protocol, None)

    def received(self, handed: Handed) -> None:
        """The call, if it was a new one, is among those that the worker has published."""
        if handed.count:
            self._roster.received(self._slot, handed.sender, handed.count)

    async def _adopt(self, handed: Handed, connection: socket.socket) -> None:
        try:
            connection.setblocking(False)
            _, protocol = await self._loop.connect_accepted_socket(self._server, connection)
        except OSError as error:  # the caller's end is gone already
            logger.debug("a connection was lost on its way from worker {}: {}", handed.sender, error)
            connection.close()
            self.received(handed)
            return
        self._adopted[protocol] = handed
        self._loop.call_later(UNANSWERED, self._forget, protocol, handed)
        protocol.data_received(handed.request)

    def _forget(self, protocol: asyncio.BaseProtocol, handed: Handed) -> None:
        self._adopted.pop(protocol, None)
        self.received(handed)


def raw(request: web.BaseRequest, body: bytes) -> bytes:
    """A request as it came on the wire, but for how its body was packed."""
    headers = [(name, value) for name, value in request.raw_headers if name.lower() not in READ]
    if body:
        headers.append((b"Content-Length", str(len(body)).encode()))
    start = f"{request.method} {request.raw_path} HTTP/{request.version.major}.{request.version.minor}"
    lines = [start.encode("utf-8", "surrogateescape"), *(name + b": " + value for name, value in headers)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
