"""What goes wrong on purpose, as data, and the scopes in which it does."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

Signature = Literal["good", "forged", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How a call is mistreated; the default is not at all. May be exchanged while the call is on."""

    webhook_signature: Signature = "good"
    stream_signature: Signature = "good"

    webhook_twice: bool = False
    """Each webhook is delivered, its answer lost, and it is delivered again."""

    hang_up_while_ringing: float | None = None
    """Seconds after which the caller gives up, if nobody has answered by then."""

    jitter_ms: float = 0
    """Each packet of the caller is late by up to this many milliseconds; none overtakes another."""

    drop: float = 0.0
    """Share of the caller's packets that never reach the carrier: audio is missing, time passes."""

    mute: bool = False
    """The carrier's end of the media socket sends nothing any more."""

    deaf: bool = False
    """The carrier's end of the media socket is not read any more: what the server sends backs up."""

    early_media: int = 0
    """Packets that are sent between ``connected`` and ``start``."""

    no_start: bool = False
    """``connected`` is all that is ever said."""

    no_stop: bool = False
    """The socket is closed without a ``stop``."""


SOUND = Faults()
"""Nothing goes wrong."""


class Fallible:
    """Has faults, and scopes that add to them: ``with phone.jitter(ms=80): ...``."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    @contextmanager
    def suffering(self, **changes: Any) -> Iterator[None]:
        """Change any of the faults for a while; names and values are those of :class:`Faults`."""
        before = self.faults
        self.faults = replace(before, **changes)
        try:
            yield
        finally:
            self.faults = before

    def jitter(self, *, ms: float) -> AbstractContextManager[None]:
        """The caller's packets come late and in bunches."""
        return self.suffering(jitter_ms=ms)

    def dropping(self, share: float = 1.0) -> AbstractContextManager[None]:
        """Of the caller's packets this share is lost on the way to the carrier."""
        return self.suffering(drop=share)

    def half_open(self) -> AbstractContextManager[None]:
        """The network forgets the media socket: nothing comes from it, and nobody reads."""
        return self.suffering(mute=True, deaf=True)
