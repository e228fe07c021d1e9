"""Sockets that wait for calls: there when they are wanted, replaced, and never in the way."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from loguru import logger

from processors.deepgram import Deepgram, Socket
from processors.socket_recipe import Recipe
from processors.warm_shelf import BUSY_PAUSE, FIRST_PAUSE, KEPT
from processors.warm_socket import OLDEST
from processors.warm_sockets import AT_ONCE, MOST, REFILL_AFTER, WarmSockets
from tests.calls.leftovers import more, running
from tests.processors.listening import ears
from trunkline.sandbox.deepgram import DeepgramServer
from trunkline.sandbox.listen import ListenFault
from trunkline.sandbox.speak import SpeakFault
from trunkline.sandbox.voice import ScriptedVoice

KEY = "dg-1234"
LISTEN = Recipe.of("listen", {"model": "nova-3", "encoding": "mulaw", "sample_rate": 8000, "channels": 1})
FLUX = Recipe.of("listen", {"model": "flux-general-en", "encoding": "mulaw", "sample_rate": 8000}, 2)
SPEAK = Recipe.of("speak", {"model": "aura-2-thalia-en", "encoding": "mulaw", "sample_rate": "8000"})
OTHERS = [
    Recipe.of("speak", {"model": f"aura-2-{name}-en", "encoding": "mulaw", "sample_rate": "8000"})
    for name in ("orion", "apollo", "arcas", "aries", "athena", "atlas")
]


class Place:
    """A pool, and the vendor it fills itself from."""

    def __init__(self, server: DeepgramServer, pool: WarmSockets) -> None:
        self.server = server
        self.pool = pool

    @property
    def open(self) -> tuple[int, int]:
        """Sockets that are open at the vendor: listening, speaking."""
        return len(self.server.listen.open), self.server.speak.open_sockets

    @property
    def handshakes(self) -> tuple[int, int]:
        """Sockets that were ever opened."""
        return len(self.server.connections), self.server.speak.connections

    async def take(self, recipe: Recipe) -> Socket:
        socket = await self.pool.take(recipe)
        assert socket is not None
        return socket


@asynccontextmanager
async def place(size: int = 2, **server: Any) -> AsyncIterator[Place]:
    """Fails if anything is left behind."""
    async with DeepgramServer(ears, ScriptedVoice(), api_key=KEY, **server) as vendor:
        before = running()
        deepgram = Deepgram(KEY, vendor.base_url)
        pool = WarmSockets(deepgram, size)
        made = Place(vendor, pool)
        yield made
        await pool.close()
        await deepgram.close()
        await asyncio.sleep(0.1)
        assert made.open == (0, 0)
        assert more(running(), before) == {}


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    logged: list[str] = []
    sink = logger.add(logged.append, level="WARNING", format="{message}")
    yield logged
    logger.remove(sink)


async def test_there_are_two_of_each_and_taking_one_is_no_handshake() -> None:
    async with place() as here:
        here.pool.start([LISTEN, SPEAK])
        await asyncio.sleep(0.1)
        assert here.open == here.handshakes == (2, 2)
        before = asyncio.get_running_loop().time()
        taken = [await here.take(recipe) for recipe in (LISTEN, SPEAK)]
        assert asyncio.get_running_loop().time() - before < 0.001
        assert here.handshakes == (2, 2)
        assert all(socket.is_open for socket in taken)
        for socket in taken:
            await socket.close()


async def test_what_is_taken_is_replaced_when_the_call_has_started() -> None:
    async with place() as here:
        here.pool.start([LISTEN])
        await asyncio.sleep(0.1)
        taken = [await here.take(LISTEN), await here.take(LISTEN)]
        assert await here.pool.take(LISTEN) is None
        await asyncio.sleep(REFILL_AFTER - 0.01)
        assert here.handshakes == (2, 0)
        await asyncio.sleep(0.1)
        assert here.open == (4, 0)
        assert here.pool.count("listen") == 2
        for socket in taken:
            await socket.close()


async def test_flux_is_not_kept_waiting_and_has_room_made_for_it() -> None:
    async with place() as here:
        here.pool.start([FLUX, LISTEN])
        for _ in range(2):
            assert await here.pool.take(FLUX) is None
        await asyncio.sleep(0.1)
        assert here.server.flux.requests == []
        assert here.open == (2, 0)
        here.pool.room = lambda _: 1
        assert await here.pool.take(FLUX) is None
        await asyncio.sleep(0.1)
        assert here.open == (1, 0)


async def test_few_are_opened_at_a_time() -> None:
    async with place() as here:
        now = most = 0
        speak = here.pool._deepgram.speak

        async def slowly(options: Mapping[str, Any]) -> Socket:
            nonlocal now, most
            now += 1
            most = max(now, most)
            await asyncio.sleep(1)
            now -= 1
            return await speak(options)

        here.pool._deepgram.speak = slowly  # type: ignore[method-assign]
        here.pool.start([SPEAK, *OTHERS])
        await asyncio.sleep(MOST / AT_ONCE + 1)
        assert (most, here.pool.count("speak")) == (AT_ONCE, MOST)


async def test_a_process_has_no_more_of_a_kind_than_is_small_and_each_recipe_its_share() -> None:
    async with place() as here:
        here.pool.start([SPEAK, *OTHERS, LISTEN])
        await asyncio.sleep(1)
        assert here.open == (2, MOST)
        for recipe in (SPEAK, *OTHERS):
            await (await here.take(recipe)).close()


async def test_old_ones_are_replaced() -> None:
    async with place(1) as here:
        here.pool.start([LISTEN, SPEAK])
        await asyncio.sleep(OLDEST + 1)
        assert here.open == (1, 1)
        assert here.handshakes == (2, 2)
        for recipe in (LISTEN, SPEAK):
            socket = await here.take(recipe)
            assert asyncio.get_running_loop().time() - socket.opened_at < OLDEST / 4
            await socket.close()


async def test_an_idle_hour_costs_what_is_said_of_it() -> None:
    """A sixth of it is looked at."""
    async with place() as here:
        here.pool.start([LISTEN, SPEAK])
        await asyncio.sleep(600)
        assert sum(here.handshakes) <= 4 + 27 / 6 + 2
        audio = sum(connection.audio_bytes for connection in here.server.connections)
        orders = sum(len(data) for c in here.server.connections for _, data in c.orders)
        assert audio <= (2 + 13 / 6) * 8000
        assert orders <= 2 * 150 * 25


async def test_what_is_not_used_for_long_shrinks_to_one() -> None:
    async with place() as here:
        here.pool.start([LISTEN, SPEAK])
        await asyncio.sleep(KEPT + OLDEST + 1)
        assert here.open == (1, 1)
        await (await here.take(LISTEN)).close()
        await asyncio.sleep(1)
        assert here.open == (2, 1)


async def test_what_no_line_was_expected_to_use_is_there_from_its_second_use_on_and_then_gone() -> None:
    async with place() as here:
        here.pool.start()
        assert await here.pool.take(SPEAK) is None
        await asyncio.sleep(1)
        assert here.handshakes == (0, 0)
        assert await here.pool.take(SPEAK) is None
        await asyncio.sleep(1)
        assert here.open == (0, 2)
        await asyncio.sleep(KEPT + OLDEST + 1)
        assert here.open == (0, 0)


async def test_dead_ones_are_not_given_away_and_are_replaced() -> None:
    async with place() as here:
        here.pool.start([LISTEN, SPEAK])
        await asyncio.sleep(1)
        await here.server.drop(1011, "NET-0000")
        here.server.speak.drop()
        await asyncio.sleep(0.1)
        assert await here.pool.take(LISTEN) is None
        assert await here.pool.take(SPEAK) is None
        await asyncio.sleep(3 * FIRST_PAUSE)
        assert here.open == (2, 2)


async def test_of_two_the_one_that_lives_is_given_away() -> None:
    async with place() as here:
        here.pool.start([LISTEN])
        await asyncio.sleep(1)
        oldest, other = here.pool._shelf(LISTEN).idle
        oldest._socket.abort()  # it has not been noticed yet
        socket = await here.take(LISTEN)
        assert socket is other._socket
        await socket.close()


async def test_a_vendor_that_closes_what_waits_is_not_asked_again_and_again() -> None:
    faults = [ListenFault(close_after_ms=100) for _ in range(1000)]
    async with place(listen={"faults": faults}) as here:
        here.pool.start([LISTEN])
        await asyncio.sleep(3600)
        assert len(here.server.connections) < 30


async def test_a_key_that_is_refused_is_not_tried_twice_and_said_once(warnings: list[str]) -> None:
    async with place(listen={"api_key": "another"}, speak={"api_key": "another"}) as here:
        here.pool.start([LISTEN, SPEAK])
        await asyncio.sleep(3600)
        assert await here.pool.take(LISTEN) is None
        await asyncio.sleep(3600)
        assert [request.status for request in here.server.requests] == [401]
        assert len(warnings) == 1
        assert "401" in warnings[0]
        assert KEY not in warnings[0]


async def test_if_there_are_too_many_streams_it_gives_back_its_own_and_waits(warnings: list[str]) -> None:
    async with place(speak={"max_sockets": 3}) as here:
        here.pool.start([SPEAK])
        await asyncio.sleep(0.1)
        calls = [await here.take(SPEAK), await here.take(SPEAK)]
        await asyncio.sleep(REFILL_AFTER + 0.2)
        assert here.open == (0, 2), "only those of the calls"
        assert len(warnings) == 1
        for socket in calls:
            await socket.close()
        await asyncio.sleep(BUSY_PAUSE - 1)
        assert here.open == (0, 0)
        await asyncio.sleep(2)
        assert here.open == (0, 2)


async def test_after_an_outage_it_is_back(warnings: list[str]) -> None:
    async with place(speak={"fault": SpeakFault(refuse=503)}) as here:
        here.pool.start([SPEAK])
        await asyncio.sleep(200)
        assert len(warnings) == 1
        here.server.speak.fault = SpeakFault()
        await asyncio.sleep(301)
        assert here.open == (0, 2)


async def test_it_stays_in_the_room_that_calls_leave() -> None:
    async with place() as here:
        left = 1
        here.pool.room = lambda kind: left if kind == "speak" else None
        here.pool.start([LISTEN, SPEAK])
        await asyncio.sleep(1)
        assert here.open == (2, 1)
        left = 0  # a call was admitted that speaks with another voice, and finds no socket here
        assert await here.pool.take(OTHERS[0]) is None
        await asyncio.sleep(1)
        assert here.open == (2, 0)
        left = 5
        assert await here.pool.take(SPEAK) is None
        await asyncio.sleep(1)
        assert here.open == (2, 2)


async def test_taking_that_is_cancelled_leaves_nothing_behind() -> None:
    async with place() as here:
        here.pool.start([LISTEN])
        await asyncio.sleep(0.1)
        taking = asyncio.create_task(here.pool.take(LISTEN))
        await asyncio.sleep(0)
        taking.cancel()
        await asyncio.wait([taking])
        await here.pool.close()


@pytest.mark.parametrize("moment", [0.0, 0.001, 0.1])
async def test_it_may_be_closed_at_any_moment(moment: float) -> None:
    async with place() as here:
        here.pool.start([LISTEN, SPEAK])
        await asyncio.sleep(moment)
        before = asyncio.get_running_loop().time()
        await here.pool.close()
        assert asyncio.get_running_loop().time() - before < 0.6
        assert await here.pool.take(LISTEN) is None


async def test_without_size_without_lines_and_before_its_start_it_opens_nothing() -> None:
    async with place(0) as here:
        here.pool.start([LISTEN, SPEAK])
        assert await here.pool.take(LISTEN) is None
        await asyncio.sleep(1)
        assert here.handshakes == (0, 0)
    async with place() as here:
        assert await here.pool.take(LISTEN) is None
        here.pool.start()
        await asyncio.sleep(1)
        assert here.handshakes == (0, 0)
