"""A turn ends when Deepgram says so: Nova's endpoint, or Flux's end of turn.

Either looks at the words and at the silence, and its proposal comes behind the words it closes.
"""

import asyncio

from processors.patience import Patience
from processors.turn_stop import TurnStop

JUST_NOW = 0.35
"""Seconds that an endpoint may be on its way: one that comes later has seen the caller go on."""


class EndpointingTurnStop(TurnStop):
    """Ends a turn at the speech recogniser's endpoint, at once and only with words.

    An endpoint that comes when the caller has already gone on speaking is late: it waits for the silence.

    Args:
        patience: what the caller is expected to say.
        eager: whether a reply is begun at each pause, ahead of the endpoint. A recogniser that tells where a
            turn probably ends has that done in any case.
    """

    def __init__(self, patience: Patience | None = None, *, eager: bool = False) -> None:
        super().__init__(patience)
        self._eager = eager
        self._paused = False
        self._resumed_at: float | None = None

    async def handle_user_turn_started(self) -> None:
        await super().handle_user_turn_started()
        self._paused, self._resumed_at = False, None

    async def on_speech(self) -> None:
        self._resumed_at = _now() if self._paused else None
        if self._eager:
            await self.withdraw()

    async def on_pause(self) -> None:
        self._paused, self._resumed_at = True, None
        await self._guess_now()

    async def on_words(self) -> None:
        if not self.speaking:
            await self._guess_now()

    async def on_endpoint(self) -> None:
        self.silence = 0.0
        if self._resumed_at is None or _now() - self._resumed_at >= JUST_NOW:
            await self.reconsider()

    async def _guess_now(self) -> None:
        if self._eager and self._paused:
            await self.guess(self.words.text_so_far)


def _now() -> float:
    return asyncio.get_running_loop().time()
