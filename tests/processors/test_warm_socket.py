"""A socket that waits stays open, is given away whole, and leaves in good order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from deepgram.speak.v1.types import SpeakV1Text

from processors import g711
from processors.deepgram import Deepgram
from processors.deepgram_socket import SocketClosed
from processors.socket_recipe import Kind
from processors.warm_socket import JITTER, OLDEST, WarmSocket
from tests.processors.listening import ears
from trunkline.sandbox.deepgram import DeepgramServer
from trunkline.sandbox.voice import ScriptedVoice

LISTEN = {"model": "nova-3", "encoding": "mulaw", "sample_rate": 8000, "channels": 1, "interim_results": True}
SPEAK = {"model": "aura-2-thalia-en", "encoding": "mulaw", "sample_rate": "8000"}


class Waiting:
    """One socket that waits, its vendor, and what its owner was told."""

    def __init__(self, server: DeepgramServer, deepgram: Deepgram, kind: Kind) -> None:
        self.server = server
        self.over: list[SocketClosed | None] = []
        self._deepgram = deepgram
        self._kind: Kind = kind

    async def open(self) -> WarmSocket:
        opening = self._deepgram.listen(LISTEN) if self._kind == "listen" else self._deepgram.speak(SPEAK)
        return WarmSocket(self._kind, await opening, lambda _, closed: self.over.append(closed))

    @property
    def open_sockets(self) -> int:
        return len(self.server.listen.open) + self.server.speak.open_sockets

    @property
    def orders(self) -> list[str]:
        if self._kind == "speak":
            return [request.type for request in self.server.speak.requests]
        return [data.decode() for _, data in self.server.connections[0].orders]


@asynccontextmanager
async def waiting(kind: Kind) -> AsyncIterator[Waiting]:
    async with DeepgramServer(ears, ScriptedVoice()) as server:
        deepgram = Deepgram("secret", server.base_url)
        yield Waiting(server, deepgram, kind)
        await deepgram.close()


kinds = pytest.mark.parametrize("kind", ["listen", "speak"])


@kinds
async def test_it_stays_open_until_it_is_old(kind: Kind) -> None:
    async with waiting(kind) as place:
        warm = await place.open()
        await asyncio.sleep(OLDEST * (1 - JITTER) - 1)
        assert (place.open_sockets, place.over) == (1, [])
        await asyncio.sleep(OLDEST * JITTER + 2)
        assert place.over == [None]
        await warm.close()
        await asyncio.sleep(0.1)
        assert place.open_sockets == 0


async def test_a_listening_socket_hears_a_second_of_silence_and_is_kept_alive_from_then_on() -> None:
    async with waiting("listen") as place:
        warm = await place.open()
        await asyncio.sleep(60)
        connection = place.server.connections[0]
        assert connection.audio == g711.SILENCE * 8000
        assert {len(data) for _, data in connection.received} == {800}
        assert place.orders == ['{"type":"KeepAlive"}'] * 14
        assert [message["type"] for _, message in connection.sent] == ["Results"]
        socket = await warm.give()
        assert socket is not None
        assert socket.preroll == connection.audio_bytes
        await socket.close()


async def test_a_speaking_socket_is_told_nothing() -> None:
    async with waiting("speak") as place:
        warm = await place.open()
        await asyncio.sleep(60)
        assert place.orders == []
        await warm.close()


@kinds
async def test_whoever_takes_it_has_it_alone(kind: Kind) -> None:
    async with waiting(kind) as place:
        socket = await (await place.open()).give()
        assert socket is not None
        assert socket.preroll == 0, "nothing was said on it yet"
        if kind == "speak":
            await socket.client.send_text(SpeakV1Text(text="Hello."))
            await socket.client.send_flush()
        else:
            await socket.send(g711.SILENCE * 8000)
        await asyncio.sleep(1)
        assert await socket.recv()
        await asyncio.sleep(OLDEST)
        assert place.over == []
        await socket.close()


@kinds
@pytest.mark.parametrize("code", [1006, 1011])
async def test_one_that_is_closed_is_reported_and_not_given_away(kind: Kind, code: int) -> None:
    async with waiting(kind) as place:
        warm = await place.open()
        await asyncio.sleep(1)
        if kind == "listen":
            await place.server.drop(code, "NET-0000")
        elif code == 1006:
            place.server.speak.drop()
        else:
            await place.server.speak.close(code, "NET-0000")
        await asyncio.sleep(0.1)
        assert [why.code for why in place.over if why] == [code]
        assert await warm.give() is None
        await warm.close()


@kinds
async def test_taking_leave(kind: Kind) -> None:
    async with waiting(kind) as place:
        warm = await place.open()
        await asyncio.sleep(1)
        before = asyncio.get_running_loop().time()
        await warm.close()
        assert asyncio.get_running_loop().time() - before < 0.5
        assert "Close" in place.orders[-1]
        await asyncio.sleep(0.1)
        assert (place.open_sockets, place.over) == (0, [])
        if kind == "listen":
            assert place.server.connections[0].close_code == 1000


async def test_a_peer_that_reads_nothing_is_left_within_the_limit() -> None:
    async with waiting("listen") as place:
        warm = await place.open()
        await asyncio.sleep(1)
        place.server.connections[0].stall(3600)
        before = asyncio.get_running_loop().time()
        await warm.close()
        assert asyncio.get_running_loop().time() - before < 0.6
