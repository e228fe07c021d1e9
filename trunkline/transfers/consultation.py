"""A warm transfer, as the human lives it: called, told what it is about, asked whether they take the call.

What the carrier asks and tells about their call comes in by :mod:`trunkline.server.consult`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from loguru import logger

from trunkline.errors import CarrierError, SettingsError
from trunkline.transfers.transfer import Result

if TYPE_CHECKING:
    from trunkline.carrier_api import CarrierApi

DECISION = 60.0
"""Seconds from the answer in which they hear the summary and decide."""

GRACE = 5.0
"""Seconds after a human who took a call has hung up in which the carrier also tells what became of the
caller, if the two met."""

QUEUED = 10.0
"""Seconds that the carrier may take before it rings."""

ENDINGS = {
    "busy": Result.BUSY,
    "no-answer": Result.NO_ANSWER,
    "canceled": Result.NO_ANSWER,
    "failed": Result.FAILED,
    "completed": Result.LEFT,
}
"""What a terminal ``CallStatus`` of their call means, as long as they have not taken the caller."""


@dataclass(frozen=True, slots=True)
class Leg:
    """The call to them."""

    to: str
    from_: str
    url: str
    """Asked when they answer."""
    status_url: str
    ring_seconds: int


class Consultation:
    """Runs from the moment it is made. The first result counts; their call is hung up unless they take it.

    Args:
        carrier: makes the call.
        leg: which one.
        caller: SID of the call that they are to take.
        words: the summary, ready when they answer.
        menu: said after it.
        language: in which both are said.
        room: where they wait for the caller.
        take: called at once when they take the call.
        back: absolute URL that is asked what is next for a caller who met nobody in the room.
    """

    def __init__(
        self,
        carrier: "CarrierApi",
        leg: Leg,
        *,
        caller: str,
        words: Awaitable[str],
        menu: str,
        language: str,
        room: str,
        take: Callable[[], None],
        back: str,
    ) -> None:
        self.menu = menu
        self.language = language
        self.room = room
        self.is_deserted = False
        """Whether they have hung up after they took the call."""
        self.on_end: Callable[[], None] = lambda: None
        """Called once, when nothing will come of it any more."""
        self._carrier = carrier
        self._leg = leg
        self._caller = caller
        self._back = back
        self._sid = ""
        self._later: set[asyncio.Task[None]] = set()
        self._take: Callable[[], None] | None = take
        loop = asyncio.get_running_loop()
        self.result: asyncio.Future[Result] = loop.create_future()
        self._words = asyncio.ensure_future(words)
        self._run = loop.create_task(self._call(), name="consultation")

    async def summary(self) -> str:
        """What they hear first; empty when it is too late for that."""
        await asyncio.wait({self._words})
        return "" if self._words.cancelled() else self._words.result()

    def accept(self) -> bool:
        """They take the call; whether the caller is still there."""
        if self.result.done() or self._take is None:
            return self.is_accepted and not self.is_deserted  # the carrier asks once more
        take, self._take = self._take, None
        self.settle(Result.GONE)
        take()
        return True

    @property
    def is_accepted(self) -> bool:
        return self.result.done() and self.result.result() is Result.GONE

    def decline(self) -> None:
        """They do not take it."""
        self.settle(Result.DECLINED)

    def settle(self, result: Result) -> None:
        """Nothing more is waited for."""
        if not self.result.done():
            self.result.set_result(result)

    def told(self, status: str) -> None:
        """The carrier says how their call goes."""
        if status not in ENDINGS:
            return
        self.is_deserted = self.is_accepted
        self.settle(ENDINGS[status])

    def fetch_back(self, is_waiting: Callable[[], Awaitable[bool]]) -> None:
        """They have hung up after they took the call: a caller whom they did not meet is asked for again."""
        self._soon(self._fetch_back(is_waiting))

    def dismiss(self) -> None:
        """The caller has hung up on the way to them."""
        self._soon(self._let_go())

    async def over(self) -> None:
        """Return when their call was hung up, or they have taken the caller."""
        await asyncio.wait({self._run})

    async def _call(self) -> None:
        leg = self._leg
        try:
            self._sid = await self._carrier.create_call(
                to=leg.to,
                from_=leg.from_,
                url=leg.url,
                status_callback=leg.status_url,
                ring_seconds=leg.ring_seconds,
            )
            async with asyncio.timeout(QUEUED + leg.ring_seconds + DECISION):
                await asyncio.shield(self.result)
        except (CarrierError, SettingsError) as error:
            logger.warning("a transfer failed: {}", error)
            self.settle(Result.FAILED)
        except TimeoutError:
            self.settle(Result.NO_ANSWER)
        finally:
            self._take = None
            self._words.cancel()
        if not self.is_accepted:
            await self._let_go()

    async def _let_go(self) -> None:
        self.on_end()
        if not self._sid:
            return
        try:
            await self._carrier.hang_up(self._sid)
        except CarrierError as error:
            logger.warning("a transfer's call was not hung up: {}", error)

    async def _fetch_back(self, is_waiting: Callable[[], Awaitable[bool]]) -> None:
        await asyncio.sleep(GRACE)
        if not await is_waiting():
            self.on_end()
            return
        document = f'<Response><Redirect method="POST">{escape(self._back)}</Redirect></Response>'
        try:
            await self._carrier.redirect(self._caller, document)
        except CarrierError as error:
            logger.warning("a caller was not fetched back: {}", error)

    def _soon(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)
