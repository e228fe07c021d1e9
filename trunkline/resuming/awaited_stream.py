"""The stream that a call waits for: its first, or the next one after a lost one.

Whoever waits with it hears nothing. Where the carrier does not know of that, or cannot reach us, it is told
over REST, and its own voice breaks the silence.
"""

import asyncio
from collections.abc import Callable, Coroutine
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

ASK_LIMIT = 10.0
"""Seconds that a call whose stream was lost is kept until Twilio asks about it, which it does at once."""

NEXT_LIMIT = 7.0
"""Seconds from that question to the stream; Twilio's own patience is longer, and the caller hears nothing."""


class AwaitedStream:
    """Of one call.

    Args:
        call: whose stream.
        vendors: the carrier is one of them.
        way_back: what is said when the stream is there.
        end: gives the call its outcome.
        unreached: has the carrier ask what is next for a call that it could not connect.
        spawn: runs a task of the call's.
    """

    def __init__(
        self,
        call: Call,
        vendors: Vendors,
        way_back: WayBack,
        *,
        end: Callable[[Outcome], None],
        unreached: Callable[[], Coroutine[Any, Any, None]],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._call = call
        self._vendors = vendors
        self._way_back = way_back
        self._end = end
        self._unreached = unreached
        self._spawn = spawn
        self._is_asked = True
        self._deadline: asyncio.TimerHandle | None = None
        self._wait(FIRST_LIMIT, self._not_reached)

    def asked(self) -> None:
        """The carrier has asked what is next, and is told to connect the call."""
        self._is_asked = True
        self._wait(respite(self._call.attempts) + NEXT_LIMIT, self._not_reached)

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
        if silently:
            self._way_back.hurry()
            self._spawn(self._fetch_back())
        self._wait(ASK_LIMIT, self._not_asked)

    async def _fetch_back(self) -> None:
        words, language = self._way_back.announcement(), self._call.language
        match await fetch_back(self._call.facts, self._vendors, words, language, self._is_unknown):
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

    def _not_asked(self) -> None:
        self._end(ABANDONED)

    def _not_reached(self) -> None:
        self._end(replace(ABANDONED, last_words=self._call.line.apology))
        self._spawn(self._unreached())
