"""The stream that a call waits for: its first, or the next one after a lost one.

Whoever waits with it hears nothing. Where the carrier does not know of that, or cannot reach us, it is told
over REST, and its own voice breaks the silence.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from trunkline.call import Call
from trunkline.life import ABANDONED, CALLER_HUNG_UP, Outcome
from trunkline.resuming.fetch_back import Told, fetch_back
from trunkline.resuming.resume import respite
from trunkline.resuming.way_back import WayBack
from trunkline.vendors import Vendors

FIRST_LIMIT = 15.0
"""Seconds from the webhook to the stream; Twilio connects within one or two."""

ASK_LIMIT = 40.0
"""Seconds that a call whose stream was lost is kept until Twilio asks about it, which it does at once."""

ASK_AGAIN = 8.0
"""Seconds after which Twilio, which has not asked, is told to: it may have asked a network that was down. A
question that is lost costs six of them, in silence; then the caller holds with some words
(:mod:`trunkline.server.standalone`)."""

WORDS = 3.0
"""Seconds that the carrier takes to say the first words, and then asks."""

ORDER_LIMIT = 2.0
"""Seconds in which the carrier has carried out what it was told."""

NEXT_LIMIT = 7.0
"""Seconds from that question to the stream; Twilio's own patience is longer, and the caller hears nothing."""

CONNECT_LIMIT = 4.0
"""Seconds from the moment in which Twilio is to connect to the stream, where it was told to wait before."""


class AwaitedStream:
    """Of one call.

    Args:
        call: whose stream.
        vendors: the carrier is one of them.
        way_back: what is said when the stream is there.
        end: gives the call its outcome.
        ask: has the carrier ask what is next, unless another process has the call.
        spawn: runs a task of the call's.
    """

    def __init__(
        self,
        call: Call,
        vendors: Vendors,
        way_back: WayBack,
        *,
        end: Callable[[Outcome], None],
        ask: Callable[[], Awaitable[Told]],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._call = call
        self._vendors = vendors
        self._way_back = way_back
        self._end = end
        self._ask = ask
        self._spawn = spawn
        self._is_asked = True
        self._lost_at = 0.0
        self._orders = 0
        self._may_be_tried = False
        self._deadline: asyncio.TimerHandle | None = None
        self._wait(FIRST_LIMIT, self._not_reached)

    def asked(self) -> None:
        """The carrier has asked what is next, and is told to connect the call."""
        self._is_asked = True
        self._wait(max(NEXT_LIMIT, respite(self._call.attempts) + CONNECT_LIMIT), self._not_reached)

    @property
    def may_be_replaced(self) -> bool:
        """Whether the carrier may end a stream because we had it ask anew, and not because of the caller."""
        return self._orders > 0

    def announce(self) -> str:
        """What the carrier is to say before it connects the call; empty for nothing."""
        words = self._way_back.announcement()
        self._way_back.announced()
        return words

    def settled(self) -> None:
        """The stream is there, or the call is over."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def lost(self, *, silently: bool) -> None:
        """It is gone.

        Args:
            silently: the carrier may not know, and the caller has heard nothing for a while.
        """
        self._is_asked = False
        self._may_be_tried = True
        if silently:
            self._way_back.hurry()
            self._spawn(self._fetch_back())
        self._lost_at = asyncio.get_running_loop().time()
        self._wait(ASK_AGAIN + WORDS * silently, self._not_asked)

    async def _fetch_back(self) -> None:
        words, language = self._way_back.announcement(), self._call.language
        with self._ordering():
            told = await fetch_back(self._call.facts, self._vendors, words, language, self._is_unknown)
        match told:
            case Told.DONE:
                self._way_back.announced()
            case Told.GONE:
                self._end(CALLER_HUNG_UP)

    def _is_unknown(self) -> bool:
        """Whether the carrier may not know that there is no stream."""
        return self._deadline is not None and not self._is_asked

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        self.settled()
        self._deadline = asyncio.get_running_loop().call_later(seconds, then)

    async def _ask_anew(self, otherwise: Outcome) -> None:
        """Have the carrier ask; or end a call whose caller is gone, or of which nobody can be told."""
        with self._ordering():
            told = await self._ask()
        if self._is_unknown() and told is not Told.DONE:
            self._end(CALLER_HUNG_UP if told is Told.GONE else otherwise)

    @contextmanager
    def _ordering(self) -> Iterator[None]:
        self._orders += 1
        try:
            yield
        finally:
            asyncio.get_running_loop().call_later(ORDER_LIMIT, self._carried_out)

    def _carried_out(self) -> None:
        self._orders -= 1

    def _not_asked(self) -> None:
        if asyncio.get_running_loop().time() > self._lost_at + ASK_LIMIT - ASK_AGAIN:
            self._end(ABANDONED)
            return
        self._spawn(self._ask_anew(ABANDONED))
        self._wait(ASK_AGAIN, self._not_asked)

    def _not_reached(self) -> None:
        """What the carrier was told has not reached it, or it has not reached us: once more, then no more."""
        alone = replace(ABANDONED, last_words=self._call.line.apology)
        if self._may_be_tried:
            self._may_be_tried = self._is_asked = False
            self._way_back.hurry()
            self._wait(ASK_AGAIN, self._not_asked)
        else:
            self._end(alone)
        self._spawn(self._ask_anew(alone))
