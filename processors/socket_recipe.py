"""What a socket to Deepgram is opened with, and where one may be open already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import orjson

from processors.deepgram import Deepgram, Socket

Kind = Literal["listen", "speak"]
"""What a socket is for, and which of Deepgram's quotas it counts against."""

Version = Literal[1, 2]
"""Of the path: ``/v2/listen`` is Flux, and another protocol."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Two sockets with equal recipes do for one another."""

    kind: Kind
    key: bytes
    """The options in one order, to compare them by."""
    options: Mapping[str, Any] = field(compare=False, repr=False)
    """Arguments of the SDK's ``connect``."""
    version: Version = 1

    @classmethod
    def of(cls, kind: Kind, options: Mapping[str, Any], version: Version = 1) -> "Recipe":
        return cls(kind, orjson.dumps(options, default=repr, option=orjson.OPT_SORT_KEYS), options, version)

    @property
    def can_wait(self) -> bool:
        """Whether a socket can be open long before it is used.

        Flux has no ``KeepAlive``, one that is sent all the same closes the socket (deepgram-python-sdk, issue
        649), and how long it stays open without audio is not documented: it would have to be sent silence,
        which is billed as speech is, all day.
        """
        return self.version == 1

    async def open(self, deepgram: Deepgram) -> Socket:
        """A socket by this recipe.

        Raises:
            VendorError: Deepgram refused, is busy, or cannot be reached.
        """
        if self.version == 2:
            return await deepgram.flux(self.options)
        return await (deepgram.listen if self.kind == "listen" else deepgram.speak)(self.options)


class Stock(Protocol):
    """Where sockets that are open already are found."""

    async def take(self, recipe: Recipe) -> Socket | None:
        """An open socket, for good; None if there is none."""
