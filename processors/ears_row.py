"""Those who could listen to a call, in the order in which they are asked."""

import asyncio
from collections.abc import Callable, Sequence

from loguru import logger
from pipecat.processors.frame_processor import FrameProcessor

from processors.circuit import Breaker, Breakers
from processors.ears import Ears
from processors.standin import Candidate


class EarsRow:
    """Builds them when they are needed, and knows who has failed.

    Args:
        candidates: stages or services, or what builds one. A service that is not given as a function
            listens once.
        breakers: of the process.
        ears_of: makes ears of one, given its place.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        breakers: Breakers,
        ears_of: Callable[[FrameProcessor, int], Ears],
    ) -> None:
        self.made: dict[int, Ears] = {}
        """Those that there are, by place."""
        self.unable: set[int] = set()
        """Places of those who have failed since anybody understood anything."""
        self._candidates = candidates
        self._breakers = breakers
        self._ears_of = ears_of
        self._spent: set[int] = set()
        self._locks: dict[Ears, asyncio.Lock] = {}

    def breaker(self, ears: Ears) -> Breaker:
        return self._breakers.of(ears.name)

    def candidate(self, place: int) -> Ears | None:
        """Whose place it is; None if there is nobody any more."""
        if place not in self.made and place not in self._spent:
            given = self._candidates[place]
            try:
                stage = given if isinstance(given, FrameProcessor) else given()
                self.made[place] = self._ears_of(stage, place)
            except Exception as error:  # whatever a constructor raises, the call goes on without it
                logger.opt(exception=error).error("a recogniser to stand in could not be built")
                self._spent.add(place)
                return None
            if isinstance(given, FrameProcessor) and not self.made[place].returns:
                self._spent.add(place)
        return self.made.get(place)

    def choose(self) -> int | None:
        """Who is to listen: one that is known to be down only if nobody else is left."""
        down, now = None, asyncio.get_running_loop().time()
        for place in range(len(self._candidates)):
            ears = None if place in self.unable else self.candidate(place)
            if ears is not None and not self.breaker(ears).rests(now):
                return place
            if ears is not None and down is None:
                down = place
        return down

    def drop(self, place: int) -> Ears:
        """Have one out of the row that is to rest; if it cannot start again, another is made when needed."""
        ears = self.made[place]
        if not ears.returns:
            del self.made[place]
        return ears

    async def start(self, ears: Ears) -> None:
        """Have one listen, when it has come to rest.

        Raises:
            Exception: it cannot.
        """
        async with self._locks.setdefault(ears, asyncio.Lock()):
            await ears.start()

    async def rest(self, ears: Ears) -> None:
        """Have one let go of everything, when it has started."""
        async with self._locks.setdefault(ears, asyncio.Lock()):
            await ears.rest()

    async def close(self) -> None:
        for ears in tuple(self.made.values()):
            await ears.close()
