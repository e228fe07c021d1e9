"""To which worker a request goes.

What is known decides, in this order: the worker that has the call; the one that the URL names, if it is still
there; for a new call, or one whose worker has died or has let go of it, the worker with the fewest calls.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from aiohttp import web

from trunkline.fleet.roster import Standing, State
from trunkline.server.twiml import NEXT, VOICE

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CARRIERS = "/twilio/"


def is_carriers(method: str, path: str) -> bool:
    """Whether a request is one of the carrier's: a webhook or a stream."""
    return method in ("POST", "GET") and path.startswith(CARRIERS)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a request is answered."""

    slot: int
    new: bool = False
    """Whether it brings the worker a call that nobody has yet."""


def destination(
    here: int, path: str, owner: int | None, standings: Sequence[Standing], now: float
) -> Destination:
    """Where a request of the carrier is answered.

    Args:
        here: the slot of the worker that has it.
        path: of the request; its last part may name a slot.
        owner: the slot that has the call, if one has it.
        standings: of all slots.
        now: the event loop's time.
    """
    if owner is not None:
        return Destination(owner)
    purpose, slot = address(path)
    named = slot if slot is not None and slot < len(standings) and standings[slot].answers else None
    if purpose == VOICE:
        # A caller who waits in one worker's queue is answered by any that has room.
        return newcomer(named if named is not None else here, standings, now)
    if named is not None and not (purpose == NEXT and standings[named].state is State.DRAINING):
        return Destination(named)
    return newcomer(here, standings, now) if purpose == NEXT and slot is not None else Destination(here)


def newcomer(here: int, standings: Sequence[Standing], now: float) -> Destination:
    """Who takes a new call: the worker with the fewest that has room; if none has, the one that is asked."""
    willing = [standing for standing in standings if standing.takes_calls(now)]
    chosen = min(willing, key=lambda s: (s.calls, s.slot != here), default=None)
    return Destination(here) if chosen is None else Destination(chosen.slot, new=True)


def address(path: str) -> tuple[str, int | None]:
    """A path without the slot that it ends with, and that slot."""
    purpose, _, last = path.rpartition("/")
    return (purpose, int(last)) if last.isascii() and last.isdecimal() else (path, None)


def call_sid(body: bytes) -> str:
    """The ``CallSid`` in a form; empty if there is none."""
    try:
        return parse_qs(body.decode())["CallSid"][0]
    except (ValueError, KeyError):
        return ""
