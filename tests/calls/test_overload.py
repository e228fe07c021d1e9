"""More callers than there is room for: those who are in notice nothing, and nobody gets a dead line."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from processors.g711 import SILENCE
from tests.calls.neighbour import unbroken
from tests.calls.town import GREETING, LONG, QUESTION, Town, hears, make_line, said, town
from tests.calls.wire import Wire
from trunkline.overflow import BUSY, Busy, DialOverflow, Queue, SayAndHangUp, WhenFull
from trunkline.sandbox.telephone.callee import Callee
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Ended, Played, Said, StreamStarted, Warned

LATER = SayAndHangUp("Everybody is talking. Do call back later.")
COLLEAGUE, NOBODY = "+15550155", "+15550156"
QUEUE = Queue("Please hold the line.", place="You are number {place}.")


@asynccontextmanager
async def full(folder: Path, answer: WhenFull, limit: int = 1, **world: Any) -> AsyncIterator[Town]:
    """A town whose line has room for so many."""
    settings = {"TRUNKLINE_MAX_CALLS": limit}
    async with town(folder, make_line(when_full=answer), settings=settings, **world) as place:
        yield place


async def leave(place: Town, *phones: Phone) -> None:
    for phone in phones:
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


def words(phone: Phone) -> list[str]:
    """All that the carrier's voice has said."""
    return [record.text for record in phone.log.of(Said)]


async def test_busy_is_a_busy_signal_and_costs_the_caller_nothing(tmp_path: Path) -> None:
    async with full(tmp_path, Busy()) as place:
        first, second = await place.call(), await place.ring()
        await second.ended()
        assert [(end.status, end.duration) for end in second.log.of(Ended)] == [("busy", 0)]
        assert second.log.of(Warned) == []
        await hears(first, GREETING)
        await leave(place, first)


async def test_the_line_s_own_words_are_heard(tmp_path: Path) -> None:
    async with full(tmp_path, LATER) as place:
        first, second = await place.call(), await place.ring()
        await second.ended()
        assert words(second) == [LATER.text]
        assert len(second.heard.rstrip(SILENCE)) > 8000
        assert second.status == "completed"
        await leave(place, first)


async def test_who_waits_is_put_through_in_order(tmp_path: Path) -> None:
    async with full(tmp_path, QUEUE) as place:
        phones = [await place.call()]
        for _ in range(3):
            phones.append(await place.ring())
            await asyncio.sleep(1)
        await asyncio.sleep(20)
        for number, phone in enumerate(phones[1:], 1):
            assert words(phone) == [f"{QUEUE.message} You are number {number}."]
            assert phone.log.of(StreamStarted) == []
        for caller, following in itertools.pairwise(phones):
            await hears(caller, GREETING)
            await leave(place, caller)
            newest = await place.ring()
            await following.until(StreamStarted)
            behind = [*phones[phones.index(following) + 1 :], newest]
            assert [phone.log.of(StreamStarted) for phone in behind] == [[]] * len(behind)
            await leave(place, newest)
        await hears(phones[-1], GREETING)
        assert words(phones[-1])[-1].endswith("You are number 1.")
        assert [w for phone in phones for w in phone.log.of(Warned)] == []
        await leave(place, phones[-1])
        assert (await place.row(phones[-1])).outcome == "caller-hung-up"


async def test_who_hangs_up_while_waiting_is_not_waited_for(tmp_path: Path) -> None:
    async with full(tmp_path, Queue("Wait.", place="")) as place:
        first, second = await place.call(), await place.ring()
        await second.until(Said)
        third = await place.ring()
        silent = await place.ring(status_callback=f"{place.service.url}/nobody")
        for phone in (third, silent):
            await phone.until(Said)
        await leave(place, second)
        assert len(place.service.switchboard.admission.waiting) == 2
        await leave(place, first)
        await hears(third, GREETING)
        await silent.hang_up()
        last = await place.ring()
        await last.until(Said)
        await leave(place, third)
        await hears(last, GREETING, timeout=60)
        assert await place.row(second) is None
        await leave(place, last)


async def test_who_has_waited_too_long_hears_so(tmp_path: Path) -> None:
    async with full(tmp_path, Queue(most=1, longest_wait=45, then=LATER)) as place:
        first, second = await place.call(), await place.ring()
        await second.until(Said)
        third = await place.ring()
        await third.ended()
        assert words(third) == [LATER.text]
        await second.ended(timeout=90)
        assert words(second)[-1] == LATER.text
        assert len(words(second)) == 3
        await leave(place, first)


async def test_who_waits_may_hear_music(tmp_path: Path) -> None:
    # The carrier cannot have it here, which it says, and goes on.
    queue = Queue(music="http://127.0.0.1:9/hold.mp3", music_seconds=1, longest_wait=0.001, then=LATER)
    async with full(tmp_path, queue) as place:
        first, second = await place.call(), await place.ring()
        await second.ended()
        assert [record.url for record in second.log.of(Played)] == [queue.music]
        assert words(second)[-1] == LATER.text
        await leave(place, first)


@pytest.mark.parametrize("answer", [DialOverflow(COLLEAGUE), Queue(most=1, then=DialOverflow(COLLEAGUE))])
async def test_the_overflow_number_rings_and_talks(tmp_path: Path, answer: WhenFull) -> None:
    async with full(tmp_path, answer) as place:
        waiting = 1 if isinstance(answer, Queue) else 0
        inside = [await place.call()] + [await place.ring() for _ in range(waiting)]
        await asyncio.sleep(1)
        caller = await place.ring()
        colleague = await place.world.carrier.callee(COLLEAGUE)
        await colleague.answered()
        await asyncio.sleep(0.5)
        await colleague.say(said(QUESTION))
        await asyncio.sleep(0.5)
        assert said(QUESTION)[:4000] in caller.heard
        assert words(caller) == []
        await colleague.hang_up()
        await caller.ended()
        assert words(caller) == []
        await leave(place, *inside)


@pytest.mark.parametrize("callee", [Callee(outcome="no-answer"), Callee(outcome="busy")])
async def test_an_overflow_number_that_does_not_answer_is_no_dead_line(
    tmp_path: Path, callee: Callee
) -> None:
    answer = DialOverflow(NOBODY, text="I put you through.", unanswered="Nobody is there.")
    async with full(tmp_path, answer, carrier={"callees": {NOBODY: callee}}) as place:
        first, second = await place.call(), await place.ring()
        await second.ended(timeout=60)
        assert words(second) == ["I put you through.", "Nobody is there."]
        await leave(place, first)


@pytest.mark.parametrize("answer", [LATER, Busy(), QUEUE])
async def test_a_server_that_stops_says_so_to_who_comes(tmp_path: Path, answer: WhenFull) -> None:
    async with full(tmp_path, answer, limit=9) as place:
        await place.service.switchboard.close()
        phone = await place.ring()
        await phone.ended()
        heard_words = {LATER: [LATER.text], Busy(): [], QUEUE: [BUSY]}
        assert words(phone) == heard_words[answer]


async def test_at_twice_the_limit_who_is_in_misses_nothing_and_who_is_not_is_told(tmp_path: Path) -> None:
    limit = 5
    async with full(tmp_path, LATER, limit=limit) as place, Wire(place) as wire:
        phones = list(await asyncio.gather(*(place.ring() for _ in range(2 * limit))))
        await asyncio.sleep(2)
        taken = [phone for phone in phones if phone.log.of(StreamStarted)]
        assert len(taken) == limit
        assert (await wire.get("/readyz"))[0] == 503
        for phone in taken:
            await hears(phone, GREETING)
        for phone in taken:
            phone.say(said(QUESTION))
        more = list(await asyncio.gather(*(place.ring() for _ in range(limit))))
        for phone in taken:
            await hears(phone, LONG[-8:])
            assert unbroken(phone) == LONG.replace(" ", "")
        for phone in [*(phone for phone in phones if phone not in taken), *more]:
            await phone.ended()
            assert words(phone) == [LATER.text]
        assert sum("is refused" in line for line in place.log.lines) == 2 * limit
        await leave(place, *taken)
        assert (await wire.get("/readyz"))[0] == 200


@pytest.mark.parametrize(
    ("settings", "line", "reason"),
    [
        ({"TRUNKLINE_DEEPGRAM_STT_STREAMS": 1}, {}, "stt-streams"),
        ({"TRUNKLINE_DEEPGRAM_TTS_STREAMS": 1}, {}, "tts-streams"),
        ({}, {"stt_streams": 1}, "line-stt-streams"),
        ({}, {"max_calls": 1}, "line-limit"),
    ],
)
async def test_a_vendor_s_quota_is_not_exceeded(
    tmp_path: Path, settings: dict[str, int], line: dict[str, Any], reason: str
) -> None:
    async with town(tmp_path, make_line(when_full=LATER, **line), settings=settings) as place:
        first, second = await place.call(), await place.ring()
        await second.ended()
        assert words(second) == [LATER.text]
        assert len(place.world.deepgram.listen.open) == 1
        assert any(log.endswith(f"is refused with 1 calls here: {reason}") for log in place.log.lines)
        async with Wire(place) as wire:
            status, body = await wire.get("/readyz")
        assert (status, body["status"], body["reason"]) == (503, "full", reason)
        await leave(place, first)


class Core:
    """What the process's CPU clock shows if each call takes a share of the core."""

    def __init__(self) -> None:
        self.share = 0.2
        self.place: Town | None = None
        self._loop = asyncio.get_running_loop()
        self._used, self._since = 0.0, self._loop.time()

    def clock(self) -> float:
        calls = len(self.place.service.switchboard.calls) if self.place else 0
        now = self._loop.time()
        self._used += self.share * calls * (now - self._since)
        self._since = now
        return self._used


async def test_a_measured_limit_follows_what_calls_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = Core()
    monkeypatch.setattr("time.process_time", core.clock)
    settings = {"TRUNKLINE_MAX_CALLS": "auto"}
    async with town(tmp_path, make_line(when_full=LATER), settings=settings) as place:
        core.place = place
        taken = [await place.call() for _ in range(4)]
        await asyncio.sleep(6)
        refused = await place.ring()
        await refused.ended()
        assert words(refused) == [LATER.text]
        assert any(line.endswith("is refused with 4 calls here: cpu") for line in place.log.lines)
        core.share = 0.05
        await asyncio.sleep(6)
        again = await place.call()
        await hears(again, GREETING)
        await leave(place, again, *taken)
