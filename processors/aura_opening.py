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
        self.voice = ""
        """Of the socket that was opened last."""
        self._deepgram = deepgram
        self._stock = stock

    def want(self, voice: str) -> None:
        """Open sockets of this voice from here on: a socket keeps the one it was opened with."""
        if voice != self._voice:
            self.recipe = Recipe.of("speak", {**self.recipe.options, "model": voice})

    @property
    def _voice(self) -> str:
        return str(self.recipe.options["model"])

    async def open(self) -> Socket:
        """An open socket.

        Raises:
            VendorError: there is none to be had now.
        """
        recipe, voice = self.recipe, self._voice
        stock, self._stock = self._stock, None
        socket = None if stock is None else await stock.take(recipe)
        socket = socket or await recipe.open(self._deepgram)
        self.voice = voice
        return socket
