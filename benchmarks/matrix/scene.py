"""One cell, played: a caller says something while a part is in trouble, and goes on until it is done."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing
from pathlib import Path

import numpy as np

from benchmarks.matrix.cell import Cell, Finding
from benchmarks.matrix.line import GREETING, NUMBER
from benchmarks.matrix.town import BOOKED, BOOKING, PRICE, PRICE_QUESTION, PUBLIC, Town, town
from benchmarks.matrix.troubles import trouble
from processors.frames import RATE
from trunkline.sandbox.phrases import load as phrases
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Said
from trunkline.sandbox.voice import ScriptedVoice

VOICE = ScriptedVoice()
SILENCE = 0xFF

INTO_SPEECH = 0.4
"""Seconds of the caller's words before the trouble begins."""

PASSES = 6.0
"""Seconds after which a passing trouble is over."""

PATIENCE = 25.0
"""Seconds that the caller waits for an answer."""

LIMIT = 240.0
"""Seconds for the whole scene."""

CARRIER = ""
"""How the carrier's own voice reads, whatever it says."""

LOOK = 0.05

PAUSE = RATE // 4
"""Samples of silence between two things that are said."""

SHOWN = 90
"""Characters of what was heard."""


async def play(cell: Cell, folder: Path) -> Finding:
    """What happened."""
    async with town(folder, doubled=cell.lasts) as place:
        scene = Scene(place, cell)
        # Not before: the loading of models takes no virtual time, and a timer would not wait for it.
        async with asyncio.timeout(LIMIT):
            await scene.play()
        return await scene.finding()


class Scene:
    """A call, from the greeting to the end."""

    def __init__(self, place: Town, cell: Cell) -> None:
        self._place = place
        self._cell = cell
        self._phone: Phone
        self._since = 0
        self._until = 0
        self._spoke_until: list[int] = []
        self._bridges = set(place.bridges)
        self._no_answers = {*place.bridges, place.dropped, CARRIER}
        self._was_heard_out = False
        self._answered = False
        self._served = False

    async def play(self) -> None:
        await self._begin()
        self._since = self._now
        async with AsyncExitStack() as stack:
            speaking = asyncio.ensure_future(self._say(BOOKING))
            await asyncio.sleep(INTO_SPEECH)
            await stack.enter_async_context(trouble(self._cell, self._place))
            if not self._cell.lasts:
                asyncio.get_running_loop().call_later(PASSES, lambda: asyncio.ensure_future(stack.aclose()))
            await speaking
            self._answered = await self._hears(BOOKED, self._since)
            if not self._answered and not self._is_over:
                await self._say_again()
            await self._ask_on()
        self._until = self._now
        await self._phone.hang_up()
        await self._phone.ended()

    async def _begin(self) -> None:
        carrier = self._place.world.carrier
        self._phone = await carrier.call(
            f"{PUBLIC}/twilio/voice",
            to=NUMBER,
            status_callback=f"{PUBLIC}/twilio/status",
            fallback_url=self._place.fallback_url,
        )
        assert await self._hears(GREETING, 0), self._phone.log
        await self._phone.say(phrases()[PRICE_QUESTION])
        assert await self._hears(PRICE, 0), self._phone.log
        await asyncio.sleep(1)

    async def _say(self, words: str) -> None:
        await self._phone.say(phrases()[words])
        self._spoke_until.append(self._now)

    async def _say_again(self) -> None:
        """Whoever was told that something went wrong says it once more."""
        self._was_heard_out = bool(self._heard(self._since))
        since = self._now
        await self._say(BOOKING)
        self._answered = await self._hears(BOOKED, since)

    async def _ask_on(self) -> None:
        if self._is_over:
            self._served = self._was_told()
            return
        since = self._now
        await self._say(PRICE_QUESTION)
        self._served = await self._hears(PRICE, since) or (self._is_over and self._was_told())

    async def finding(self) -> Finding:
        place = self._place
        await place.service.store.flush()
        return Finding(
            cell=self._cell,
            heard=self._in_short(),
            silence=self._longest_silence(),
            is_understood=place.understood(BOOKING) or self._was_heard_out,
            is_told=self._was_told(),
            is_answered=self._answered,
            is_served_after=self._served,
            deeds=len(place.diary.booked),
            deeds_due=1,
            records=_records(place.database),
        )

    # What the caller hears.

    @property
    def _now(self) -> int:
        """Samples since the call was answered."""
        return len(self._phone.heard)

    @property
    def _is_over(self) -> bool:
        return self._phone.is_over.is_set()

    def _heard(self, since: int) -> str:
        return VOICE.read(self._phone.heard_since(since))

    def _said(self) -> list[str]:
        """By the carrier's own voice."""
        return [record.text for record in self._phone.log.of(Said)]

    async def _hears(self, text: str, since: int) -> bool:
        """Whether a text is heard while the caller waits for it."""
        try:
            async with asyncio.timeout(PATIENCE):
                while text not in self._heard(since):
                    if self._is_over:
                        return False
                    await asyncio.sleep(LOOK)
            return True
        except TimeoutError:
            return False

    def _was_told(self) -> bool:
        """Whether the caller heard more than that it takes a moment: an answer, a question, an apology."""
        words = self._heard(self._since)
        for bridge in self._bridges:
            words = words.replace(bridge, "")
        return bool(words.strip() or self._said())

    def _longest_silence(self) -> float:
        """In which the caller waited: from each end of their words to an answer, which no bridge is."""
        return max((self._silence(at) for at in self._spoke_until), default=0.0)

    def _silence(self, at: int) -> float:
        longest = 0
        for start, end, text in self._sounds(at):
            longest = max(longest, start - at)
            if text not in self._no_answers:
                return longest / RATE
            at = end
        return max(longest, self._until - at) / RATE

    def _sounds(self, at: int) -> Iterator[tuple[int, int, str]]:
        """What the agent was heard to say from a sample on, until everybody hung up."""
        heard = self._phone.heard[: self._until]
        audible = np.flatnonzero(np.frombuffer(heard, np.uint8)[at:] != SILENCE) + at
        if not len(audible):
            return
        breaks = np.flatnonzero(np.diff(audible) > PAUSE)
        starts = audible[np.concatenate(([0], breaks + 1))]
        ends = audible[np.concatenate((breaks, [len(audible) - 1]))] + 1
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield start, end, VOICE.read(heard[start:end])

    def _in_short(self) -> str:
        agent = self._heard(self._since).replace(BOOKED, "✓").replace(PRICE, "✓")
        parts = [agent, *(f"[carrier] {text}" for text in self._said())]
        text = " ".join(part for part in parts if part)
        return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _records(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        found: int = connection.execute("SELECT count(*) FROM calls").fetchone()[0]
        return found
