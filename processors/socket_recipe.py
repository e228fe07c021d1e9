"""What a socket to Deepgram is opened with, and where one may be open already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import orjson

from processors.deepgram import Deepgram, Socket

Kind = Literal["listen", "speak"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Two sockets with equal recipes do for one another."""

    kind: Kind
    key: bytes
    """The options in one order, to compare them by."""
    options: Mapping[str, Any] = field(compare=False, repr=False)
    """Arguments of the SDK's ``connect``."""

    @classmethod
    def of(cls, kind: Kind, options: Mapping[str, Any]) -> "Recipe":
        return cls(kind, orjson.dumps(options, default=repr, option=orjson.OPT_SORT_KEYS), options)

    async def open(self, deepgram: Deepgram) -> Socket:
        """A socket by this recipe.

        Raises:
            VendorError: Deepgram refused, is busy, or cannot be reached.
        """
        return await (deepgram.listen if self.kind == "listen" else deepgram.speak)(self.options)


class Stock(Protocol):
    """Where sockets that are open already are found."""

    async def take(self, recipe: Recipe) -> Socket | None:
        """An open socket, for good; None if there is none."""
