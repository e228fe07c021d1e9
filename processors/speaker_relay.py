"""One speaker after the other: what one leaves unsaid, the next says."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loguru import logger

from processors.circuit import Breaker
from processors.errors import VendorError
from processors.speaker import Speaker
from processors.utterances import Hold, Utterances

Failed = Callable[[VendorError], None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One who could speak."""

    name: str
    breaker: Breaker
    speaker: Speaker
    returns: bool
    """Whether it can open again after a rest; else another one is made in its place."""


class SpeakerRelay:
    """Stands where one speaker would.

    Who fails hands on at once what has not come, from the word that broke off. The first is asked again at
    the beginning of a reply, when its breaker lets a trial through and it is ready: nobody waits for it.

    Args:
        utterances: what is to be spoken.
        makers: make candidates when they are needed, given what these call when they fail; None if one
            cannot be made again.
        failed: told when nobody is left, and why the last one failed.
        moved: told who speaks now.
    """

    def __init__(
        self,
        utterances: Utterances,
        makers: Sequence[Callable[[Failed], Candidate | None]],
        failed: Failed,
        moved: Callable[[Candidate], None],
    ) -> None:
        self.is_active = True
        self._utterances = utterances
        self._makers = makers
        self._made: dict[int, Candidate] = {}
        self.place = 0
        """Of the one who speaks."""
        self._unable: set[int] = set()
        """Who has failed since anybody was heard."""
        self._failed = failed
        self._moved = moved
        self._loop = asyncio.get_running_loop()
        self._retiring: set[asyncio.Task[None]] = set()
        self._prepared: tuple[str, str] | None = None
        self._is_unproven = True
        self._on_trial = False

    @property
    def is_ready(self) -> bool:
        return self._speaker is not None and self._speaker.is_ready

    @property
    def _speaker(self) -> Speaker | None:
        candidate = self._made.get(self.place)
        return None if candidate is None else candidate.speaker

    def open(self) -> None:
        if self._speaker is None:
            self._choose()
        elif self._speaker is not None:
            self._speaker.open()

    def _choose(self) -> None:
        first = self._candidate(0)
        place = 0 if first is not None and first.breaker.allows(self._loop.time()) else self._next(1)
        if place is None:
            place = self._next()
        if place is not None:
            self._hand_over(place)

    def begin(self) -> None:
        self._is_unproven = True
        if self.place == 0 or self._utterances.need_a_vendor:
            return
        first = self._candidate(0)
        if first is None:
            return
        if first.speaker.is_ready:
            self._hand_over(0)
        elif first.breaker.allows(self._loop.time()):
            self._on_trial = True
            first.speaker.open()  # for the next reply: this one does not wait for it

    def prepare(self, voice: str, language: str = "") -> None:
        self._prepared = (voice, language)
        if self._speaker is not None:
            self._speaker.prepare(voice, language)

    def pump(self) -> None:
        if self._speaker is not None:
            self._speaker.pump()

    def interrupt(self) -> None:
        if self._speaker is not None:
            self._speaker.interrupt()

    def withdraw(self, hold: Hold) -> None:
        if self._speaker is not None:
            self._speaker.withdraw(hold)

    def rest(self) -> None:
        self.is_active = False
        if self._speaker is not None:
            self._speaker.rest()

    async def close(self) -> None:
        if self._on_trial:
            self._made[0].breaker.withdrawn()
        for candidate in tuple(self._made.values()):
            await candidate.speaker.close()
        while self._retiring:
            await asyncio.wait(self._retiring)

    def heard(self) -> None:
        """Audio may have come of whoever speaks."""
        if self._is_unproven and (group := self._utterances.awaited) is not None and group.has_sound:
            self._is_unproven = False
            self._unable.clear()
            self._on_trial = self._on_trial and self.place != 0
            self._made[self.place].breaker.succeeded()

    # Who speaks.

    def _next(self, start: int = 0) -> int | None:
        """Who is to be asked: one that is known to be down only if nobody else is left."""
        down = None
        for place in range(start, len(self._makers)):
            candidate = None if place in self._unable else self._candidate(place)
            if candidate is None:
                continue
            if not candidate.breaker.rests(self._loop.time()):
                return place
            down = place if down is None else down
        return down

    def _candidate(self, place: int) -> Candidate | None:
        if place not in self._made:
            made = self._makers[place](lambda error: self._lost(place, error))
            if made is None:
                return None
            made.speaker.is_active = False
            self._made[place] = made
        return self._made[place]

    def _lost(self, place: int, error: VendorError) -> None:
        candidate = self._made[place]
        candidate.breaker.failed(error, self._loop.time())
        self._on_trial = self._on_trial and place != 0
        if place != self.place:
            return
        self._let_go(place)
        self._unable.add(place)
        follower = self._next()
        if follower is None:
            self._failed(error)
            return
        logger.warning("{}; {} speaks instead", error, self._made[follower].name)
        self._hand_over(follower)

    def _hand_over(self, place: int) -> None:
        self._let_go(self.place)
        changes, self.place = place != self.place, place
        self._is_unproven = True
        candidate = self._made[place]
        candidate.speaker.is_active = True
        if changes:
            self._moved(candidate)
        if self._prepared is not None:
            candidate.speaker.prepare(*self._prepared)
        candidate.speaker.open()
        candidate.speaker.pump()

    def _let_go(self, place: int) -> None:
        candidate = self._made.get(place)
        if candidate is None or not candidate.speaker.is_active:
            return
        candidate.speaker.rest()
        if not candidate.returns:
            del self._made[place]
            task = self._loop.create_task(candidate.speaker.close())
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)
