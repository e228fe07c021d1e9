"""A connection that is passed on is answered by the other worker as if it had come there."""

import asyncio
import gzip
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from trunkline.fleet.handover import Handover, raw
from trunkline.fleet.letters import Handed, unpack
from trunkline.fleet.mailboxes import Mailbox, Mailboxes
from trunkline.fleet.roster import Roster

KEEP = "/keep"


class Desk:
    """A worker that hands all on that is not for itself, and says who answered."""

    def __init__(self, slot: int, mailboxes: Mailboxes, roster: Roster) -> None:
        self.slot = slot
        self.requests: list[web.Request] = []
        self.peers: list[tuple[str, int]] = []
        self._mailboxes, self._roster = mailboxes, roster

    async def open(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        assert self.runner.server is not None
        self.mailbox = Mailbox(self._mailboxes, self.slot, self._receive)
        self.mailbox.open()
        self.handover = Handover(self.slot, self.mailbox, self._roster, self.runner.server)

    async def close(self) -> None:
        self.mailbox.close()
        await self.runner.cleanup()

    def _receive(self, data: bytes, connection: object) -> None:
        letter = unpack(data)
        assert isinstance(letter, Handed)
        self.handover.take(letter, connection)  # type: ignore[arg-type]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        handed = self.handover.handed(request)
        body = await request.read()
        away = handed is None and request.path != KEEP
        if away and self.handover.give(request, body, 1 - self.slot, new=request.path == "/new"):
            return web.Response(text="nobody reads this")
        if handed is not None:
            self.handover.received(handed)
        self.requests.append(request)
        assert request.transport is not None
        self.peers.append(request.transport.get_extra_info("peername"))
        if request.headers.get("Upgrade"):
            return await self._echo(request)
        post = await request.post()
        return web.json_response({"slot": self.slot, "form": {k: str(v) for k, v in post.items()}})

    async def _echo(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        async for message in ws:
            await ws.send_str(f"{self.slot}: {message.data}")
        return ws


class Pair:
    """Two workers; connections come to the first."""

    def __init__(self, first: Desk, second: Desk, roster: Roster, url: str) -> None:
        self.first, self.second, self.roster, self.url = first, second, roster, url


@asynccontextmanager
async def pair() -> AsyncIterator[Pair]:
    mailboxes, roster = Mailboxes(2), Roster(2)
    first, second = Desk(0, mailboxes, roster), Desk(1, mailboxes, roster)
    await first.open()
    await second.open()
    await web.TCPSite(first.runner, "127.0.0.1", 0).start()
    try:
        yield Pair(first, second, roster, "http://{}:{}".format(*first.runner.addresses[0][:2]))
    finally:
        await first.close()
        await second.close()
        mailboxes.close()


async def test_a_form_is_answered_elsewhere_with_all_that_was_sent() -> None:
    async with pair() as desks, aiohttp.ClientSession() as client:
        headers = {"X-Twilio-Signature": "abc=", "X-Forwarded-Proto": "https", "Host": "voice.example.com"}
        sent = {"CallSid": "CA1", "From": "+1 ä"}
        async with client.post(f"{desks.url}/twilio/voice?a=%20b", data=sent, headers=headers) as answer:
            assert await answer.json() == {"slot": 1, "form": sent}
        (request,) = desks.second.requests
        assert request.raw_path == "/twilio/voice?a=%20b"
        assert {name: request.headers[name] for name in headers} == headers
        assert request.remote == "127.0.0.1"
        assert request.scheme == "http"
        assert desks.first.requests == []


async def test_a_connection_that_is_kept_alive_wanders() -> None:
    async with pair() as desks, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as client:
        for path, slot in (("/", 1), (KEEP, 1), ("/", 0), ("/", 1), ("/", 0)):
            async with client.post(desks.url + path, data={"a": "b"}) as answer:
                assert (await answer.json())["slot"] == slot
        peers = desks.first.peers + desks.second.peers
        assert (len(peers), len(set(peers))) == (5, 1)


async def test_a_websocket_is_opened_elsewhere() -> None:
    async with pair() as desks, aiohttp.ClientSession() as client:
        async with client.ws_connect(f"{desks.url}/media") as ws:
            for text in ("a", "b" * 100_000):
                await ws.send_str(text)
                assert (await ws.receive()).data == f"1: {text}"
        assert desks.first.runner.server is not None
        assert desks.first.runner.server.connections == []


async def test_what_cannot_be_passed_on_is_answered_here() -> None:
    async with pair() as desks, aiohttp.ClientSession() as client:
        desks.first.handover._mailbox = Refusing()  # type: ignore[assignment]
        for _ in range(2):
            async with client.post(f"{desks.url}/new", data={"a": "b"}) as answer:
                assert (await answer.json())["slot"] == 0
        assert desks.roster.count(0, 1) == 0


class Refusing:
    def send(self, slot: int, letter: bytes, connection: int) -> bool:
        return False


async def test_a_new_call_counts_until_it_is_received() -> None:
    async with pair() as desks, aiohttp.ClientSession() as client:
        desks.second.mailbox.close()
        asking = asyncio.ensure_future(client.post(f"{desks.url}/new", data={"a": "b"}))
        async with asyncio.timeout(5):
            while not desks.roster.standing(1).calls:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        desks.second.mailbox.open()
        async with await asking as answer:
            assert answer.status == 200
        assert desks.roster.standing(1).calls == 0


async def test_a_caller_who_has_gone_meanwhile_is_received_all_the_same() -> None:
    async with pair() as desks:
        desks.second.mailbox.close()
        _, writer = await asyncio.open_connection(*desks.first.runner.addresses[0][:2])
        writer.write(b"POST /new HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        async with asyncio.timeout(5):
            while not desks.roster.standing(1).calls:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        writer.transport.abort()
        desks.second.mailbox.open()
        async with asyncio.timeout(5):
            while desks.roster.standing(1).calls:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_no_descriptor_is_left() -> None:
    await test_a_websocket_is_opened_elsewhere()
    before = len(os.listdir("/dev/fd"))
    await test_a_websocket_is_opened_elsewhere()
    await test_a_form_is_answered_elsewhere_with_all_that_was_sent()
    await test_a_caller_who_has_gone_meanwhile_is_received_all_the_same()
    assert len(os.listdir("/dev/fd")) == before


async def test_a_packed_body_is_passed_on_unpacked() -> None:
    async with pair() as desks, aiohttp.ClientSession() as client:

        async def chunks() -> AsyncIterator[bytes]:
            yield gzip.compress(b"a=b")

        headers = {"Content-Encoding": "gzip", "Content-Type": "application/x-www-form-urlencoded"}
        async with client.post(desks.url, data=chunks(), headers=headers, expect100=True) as answer:
            assert await answer.json() == {"slot": 1, "form": {"a": "b"}}
        lines = raw(desks.second.requests[0], b"a=b").split(b"\r\n")
        assert lines[0] == b"POST / HTTP/1.1"
        assert lines[-3:] == [b"Content-Length: 3", b"", b"a=b"]
        assert not any(
            line.lower().startswith((b"transfer", b"content-encoding", b"expect")) for line in lines
        )
