"""A call waits for its stream, and whoever waits with it does not hear nothing for long."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from tests.trunkline.office import bare_line, facts, with_carrier
from tests.trunkline.sandbox.customer import Customer, twiml
from trunkline.call import Call
from trunkline.life import ABANDONED, CALLER_HUNG_UP, Outcome
from trunkline.resuming.awaited_stream import (
    ASK_LIMIT,
    CONNECT_LIMIT,
    FIRST_LIMIT,
    NEXT_LIMIT,
    AwaitedStream,
)
from trunkline.resuming.fetch_back import NOTICE, Told
from trunkline.resuming.resume import RESPITE
from trunkline.resuming.resumption import Resumed
from trunkline.resuming.way_back import WayBack
from trunkline.sandbox.carrier import Carrier
from trunkline.sandbox.telephone.records import Said
from trunkline.sandbox.telephone.rest_answers import RestError

HERE = "https://voice.example.com"
WORDS = bare_line().resume.words
SORRY = replace(ABANDONED, last_words=bare_line().apology)


class Waiting:
    """A stream that is waited for, and what became of it."""

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier
        self.vendors = with_carrier(carrier)
        self.call = Call(replace(facts(), origin=HERE), bare_line(), self.vendors, Resumed())
        self.outcomes: list[Outcome] = []
        self.asked: list[float] = []
        """When the carrier was to ask anew, in seconds since all began."""
        self.asking = Told.DONE
        self.while_asking: Callable[[], None] = lambda: None
        self._began = asyncio.get_running_loop().time()
        self._tasks: list[asyncio.Task[None]] = []
        self.stream = AwaitedStream(
            self.call,
            self.vendors,
            WayBack(self.call, None),
            end=self._end,
            ask=self._ask,
            spawn=self._spawn,
        )

    async def told(self) -> int:
        """How often the carrier was told to say something, now that all is done."""
        await asyncio.gather(*self._tasks)
        return len(self.carrier.requests)

    def _end(self, outcome: Outcome) -> None:
        self.stream.settled()
        self.outcomes.append(outcome)

    async def _ask(self) -> Told:
        self.asked.append(asyncio.get_running_loop().time() - self._began)
        self.while_asking()
        return self.asking

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.ensure_future(work))


@pytest.fixture
async def waiting() -> AsyncIterator[Waiting]:
    async with Carrier() as carrier:
        made = Waiting(carrier)
        yield made
        made.stream.settled()
        await made.vendors.close()


async def test_a_stream_that_comes_ends_the_wait(waiting: Waiting) -> None:
    waiting.stream.settled()
    await asyncio.sleep(2 * FIRST_LIMIT)
    assert waiting.outcomes == []


async def test_a_first_stream_that_does_not_come_ends_the_call(waiting: Waiting) -> None:
    await asyncio.sleep(FIRST_LIMIT - 0.1)
    assert waiting.outcomes == []
    await asyncio.sleep(0.2)
    assert waiting.outcomes == [SORRY]
    assert waiting.asked == pytest.approx([FIRST_LIMIT])


@pytest.mark.parametrize(("attempts", "limit"), [(2, NEXT_LIMIT), (4, 2 * RESPITE + CONNECT_LIMIT)])
async def test_a_later_one_is_tried_once_more(waiting: Waiting, attempts: int, limit: float) -> None:
    waiting.stream.lost(silently=False)
    waiting.call.attempts = attempts
    waiting.stream.asked()
    assert waiting.stream.announce() == ""
    await asyncio.sleep(limit + 0.1)
    assert waiting.outcomes == []
    assert waiting.asked == pytest.approx([limit])
    waiting.stream.asked()
    assert waiting.stream.announce() == WORDS  # the caller has heard nothing for so long
    await asyncio.sleep(limit)
    assert waiting.outcomes == [SORRY]
    assert waiting.asked == pytest.approx([limit, 2 * limit + 0.1])


async def test_a_carrier_that_does_not_ask_is_told_to_as_long_as_the_caller_holds(waiting: Waiting) -> None:
    waiting.stream.lost(silently=False)
    await asyncio.sleep(ASK_LIMIT - 0.1)
    assert waiting.outcomes == []
    await asyncio.sleep(0.2)
    assert waiting.outcomes == [ABANDONED]  # some other process may have the call
    assert waiting.asked == pytest.approx([8.0, 16.0, 24.0, 32.0])
    assert await waiting.told() == 0


@pytest.mark.parametrize(("told", "outcome"), [(Told.GONE, CALLER_HUNG_UP), (Told.NOT, ABANDONED)])
async def test_who_does_not_hold_is_left_alone(waiting: Waiting, told: Told, outcome: Outcome) -> None:
    waiting.asking = told
    waiting.stream.lost(silently=False)
    await asyncio.sleep(8.1)
    assert waiting.outcomes == [outcome]
    await asyncio.sleep(ASK_LIMIT)
    assert len(waiting.asked) == 1


async def test_one_that_asks_by_itself_says_the_words_all_the_same(waiting: Waiting) -> None:
    waiting.stream.lost(silently=True)
    waiting.stream.asked()
    assert [waiting.stream.announce(), waiting.stream.announce()] == [WORDS, ""]
    await asyncio.sleep(2 * NOTICE)
    assert await waiting.told() == 0


async def test_one_that_does_not_know_says_the_words_and_asks(waiting: Waiting) -> None:
    async with Customer({"/voice": twiml("<Say>Hello.</Say>", '<Pause length="60"/>')}) as customer:
        phone = await waiting.carrier.call(customer.url("/voice"), to="+15550100")
        await phone.answered()
        waiting.call.facts = replace(waiting.call.facts, sid=phone.sid)
        waiting.stream.lost(silently=True)
        await asyncio.sleep(2 * NOTICE)
        assert await waiting.told() == 1
        await phone.until(lambda record: isinstance(record, Said) and record.text == WORDS)
        assert waiting.stream.announce() == ""
        await phone.hang_up()
        await phone.ended()


async def test_a_caller_who_is_gone_is_known_to_be(waiting: Waiting) -> None:
    waiting.carrier.refuse(RestError(404, 20404, "no such call"))
    waiting.stream.lost(silently=True)
    await asyncio.sleep(2 * NOTICE)
    assert await waiting.told() == 1
    assert waiting.outcomes == [CALLER_HUNG_UP]


async def test_a_carrier_that_cannot_be_told_is_answered_with_an_apology(
    waiting: Waiting,
) -> None:
    waiting.asking = Told.NOT
    waiting.stream.lost(silently=False)
    waiting.stream.asked()
    await asyncio.sleep(NEXT_LIMIT + 0.1)
    assert waiting.outcomes == [SORRY]


async def test_a_stream_that_comes_while_the_carrier_is_told_is_not_given_up(waiting: Waiting) -> None:
    waiting.asking = Told.NOT
    waiting.stream.lost(silently=False)
    waiting.while_asking = waiting.stream.asked
    await asyncio.sleep(8.1)
    assert (waiting.outcomes, waiting.stream.may_be_replaced) == ([], True)
    waiting.stream.settled()
    await asyncio.sleep(2)
    assert (waiting.outcomes, waiting.stream.may_be_replaced) == ([], False)
