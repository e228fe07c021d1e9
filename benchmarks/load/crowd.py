"""Callers by the dozen: one after another they call, and together they hang up."""

import asyncio
from collections.abc import Callable
from time import monotonic

import aiohttp

from benchmarks.load.caller import Caller
from benchmarks.load.observations import Observations
from benchmarks.load.phone import Phone
from benchmarks.load.socket import Socket
from benchmarks.load.webhooks import Webhooks

PHASES = 7
"""Milliseconds by which each caller's packets are later than the last one's, modulo 20: spread evenly."""


class Crowd:
    """``async with Crowd(url) as crowd``: callers of one subject, who have hung up when it is left.

    Args:
        voice_url: the subject's voice webhook.
        clock: what they measure with, in seconds.
    """

    def __init__(self, voice_url: str, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self.seen = Observations()
        self._voice_url = voice_url
        self._phones: list[Phone] = []
        self._talking: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Crowd":
        connector = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(connector=connector, ws_response_class=Socket)
        self._webhooks = Webhooks(self._session, self._voice_url)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._talking:
            task.cancel()
        results = await asyncio.gather(*self._talking, return_exceptions=True)
        await asyncio.gather(*(phone.hang_up() for phone in self._phones))
        await self._session.close()
        for error in results:
            if isinstance(error, Exception):
                raise error

    @property
    def up(self) -> int:
        """Callers on the line."""
        return sum(not task.done() for task in self._talking)

    def one_more(self) -> None:
        """Another one calls."""
        phone = Phone(self._session, self._webhooks, self.seen, self._clock)
        self._phones.append(phone)
        self._talking.append(asyncio.create_task(Caller(phone, len(self._phones)).talk()))

    async def grow(self, calls: int, per_second: float) -> None:
        """More call, evenly, until so many have."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(calls - len(self._phones)):
            phase = number * PHASES % 20 / 1000
            await asyncio.sleep(began + number / per_second + phase - loop.time())
            self.one_more()
