"""How a socket to Aura is opened: one that is open already first, then others like it."""

from collections.abc import Mapping
from typing import Any

from processors.deepgram import Deepgram, Socket
from processors.frames import RATE
from processors.socket_recipe import Recipe, Stock


def aura_options(voice: str, speed: float | None = None) -> dict[str, Any]:
    """The options of a socket for a phone line."""
    options = {"model": voice, "encoding": "mulaw", "sample_rate": str(RATE)}
    return options if speed is None else options | {"speed": speed}


class AuraOpening:
    """Opens one socket after the other.

    Args:
        deepgram: opens them.
        options: of each, see :func:`aura_options`.
        stock: may have the first one, which the call need not wait for then. The others it leaves to calls
            that start.
    """

    def __init__(self, deepgram: Deepgram, options: Mapping[str, Any], stock: Stock | None = None) -> None:
        self.recipe = Recipe.of("speak", options)
        self._deepgram = deepgram
        self._stock = stock

    async def open(self) -> Socket:
        """An open socket.

        Raises:
            VendorError: there is none to be had now.
        """
        stock, self._stock = self._stock, None
        if stock is not None and (socket := await stock.take(self.recipe)) is not None:
            return socket
        return await self.recipe.open(self._deepgram)
