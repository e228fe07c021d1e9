"""The switchboard knows which line answers a number, and how each call stands."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.trunkline.office import Archive, bare_line, board, facts, no_vendors, with_carrier
from trunkline.admission import Admission, Refused
from trunkline.life import ABANDONED, CALLER_HUNG_UP, COMPLETED, Outcome
from trunkline.overflow import Queue, Reason, SayAndHangUp
from trunkline.resuming.resumption import Resumed
from trunkline.sandbox.carrier import Carrier
from trunkline.switchboard import REMEMBERED
from trunkline.vendors import Vendors

SHOP = bare_line(name="shop", number="+15550101")


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    made = no_vendors()
    yield made
    await made.close()


async def test_the_called_number_picks_the_line(vendors: Vendors) -> None:
    lines = bare_line(), SHOP
    made = board(vendors, Archive(), *lines)
    assert made.line("+15550101") is SHOP
    assert made.line("+15550999") is None
    assert board(vendors, Archive(), *lines, only=SHOP).line("+15550999") is SHOP


async def test_a_call_that_rings_twice_is_one(vendors: Vendors) -> None:
    archive = Archive()
    made = board(vendors, archive)
    session = made.ring(facts(), bare_line())
    assert made.ring(facts(), bare_line()) is session
    assert archive.begun == [facts().sid]
    assert await made.close() == 1


async def test_so_many_calls_and_no_more(vendors: Vendors) -> None:
    made = board(vendors, Archive(), admission=Admission(2))
    first = made.ring(facts(1), bare_line())
    assert made.full is None
    made.ring(facts(2), bare_line())
    assert made.full is Reason.LIMIT
    assert made.turns_away(facts(1), bare_line(), answered=True) is None
    assert made.turns_away(facts(3), bare_line(), answered=False) == Refused(Reason.LIMIT, SayAndHangUp())
    first.end(COMPLETED)
    await first.over()
    assert made.full is None
    assert made.turns_away(facts(3), bare_line(), answered=False) is None
    await made.close()
    assert made.closing
    assert made.turns_away(facts(3), bare_line(), answered=False) == Refused(Reason.CLOSING, SayAndHangUp())


async def test_a_board_is_full_when_none_of_its_lines_takes_a_call(vendors: Vendors) -> None:
    desk = bare_line(max_calls=1)
    made = board(vendors, Archive(), desk, SHOP)
    made.ring(facts(1), desk)
    assert made.full is None
    alone = board(vendors, Archive(), desk, SHOP, only=desk)
    alone.ring(facts(2), desk)
    assert alone.full is Reason.LINE
    await made.close()
    await alone.close()


async def test_a_caller_who_hangs_up_does_not_wait_any_more(vendors: Vendors) -> None:
    made = board(vendors, Archive(), admission=Admission(1))
    line = bare_line(when_full=Queue())
    made.ring(facts(1), line)
    made.turns_away(facts(2), line, answered=False)
    await made.hung_up(facts(2).sid)
    assert len(made.admission.waiting) == 0
    await made.close()


async def test_a_resumed_call_counts_over_the_limit(vendors: Vendors) -> None:
    made = board(vendors, Archive(), admission=Admission(1))
    made.ring(facts(1), bare_line())
    session = made.ring(facts(2), bare_line(), Resumed())
    assert made.calls[facts(2).sid] is session
    assert made.full is Reason.LIMIT
    await made.close()
    assert made.full is None


async def test_an_outcome_is_known_at_once_and_for_a_while(vendors: Vendors) -> None:
    archive = Archive()
    made = board(vendors, archive)
    sid = facts().sid
    session = made.ring(facts(), bare_line())
    assert made.decided(sid) is None
    session.end(COMPLETED)
    assert made.decided(sid) == COMPLETED
    await session.over()
    archive.outcomes.clear()  # the database has not heard of it yet
    assert await made.outcome(sid) == COMPLETED
    await asyncio.sleep(REMEMBERED + 1)
    other = made.ring(facts(2), bare_line())
    other.end(COMPLETED)
    await other.over()
    assert made.decided(sid) is None


async def test_another_process_is_believed_unless_it_only_gave_up(vendors: Vendors) -> None:
    archive = Archive()
    made = board(vendors, archive)
    archive.outcomes = {facts(1).sid: COMPLETED, facts(2).sid: ABANDONED}
    assert await made.outcome(facts(1).sid) == COMPLETED
    assert await made.outcome(facts(2).sid) is None
    assert await made.outcome(facts(3).sid) is None


async def test_a_caller_who_hung_up_is_an_outcome_here_and_elsewhere(vendors: Vendors) -> None:
    archive = Archive()
    made = board(vendors, archive)
    session = made.ring(facts(1), bare_line())
    await made.hung_up(facts(1).sid)
    await session.over()
    assert session.outcome == CALLER_HUNG_UP
    failed = Outcome("failed")
    archive.outcomes[facts(2).sid] = failed
    await made.hung_up(facts(2).sid)
    await made.hung_up(facts(3).sid)
    assert archive.outcomes[facts(2).sid] == failed
    assert archive.outcomes[facts(3).sid] == CALLER_HUNG_UP


@pytest.mark.parametrize(("attempts", "asked"), [(1, 1), (2, 0)])
async def test_a_call_that_the_carrier_could_not_connect_is_asked_about_unless_it_is_elsewhere(
    attempts: int, asked: int
) -> None:
    async with Carrier() as carrier:
        vendors = with_carrier(carrier)
        archive = Archive()
        made = board(vendors, archive)
        session = made.ring(replace(facts(), origin="https://voice.example.com"), bare_line())
        archive.left = Resumed(attempts=attempts)
        await session.over()
        assert session.outcome == replace(ABANDONED, last_words=session.line.apology)
        assert len(carrier.requests) == asked
        await vendors.close()


async def test_a_line_that_cannot_be_composed_fails_that_call_alone(vendors: Vendors) -> None:
    archive = Archive()
    made = board(vendors, archive)

    def broken() -> str:
        raise LookupError

    line = bare_line()
    line.prompt = broken
    with pytest.raises(LookupError):
        made.ring(facts(), line)
    assert made.calls == {}
    assert archive.outcomes[facts().sid].kind == "failed"


async def test_closing_ends_every_call_with_words_for_its_caller(vendors: Vendors) -> None:
    archive = Archive()
    made = board(vendors, archive)
    sorry = bare_line(apology="Very sorry.")
    sessions = [made.ring(facts(number), sorry) for number in (1, 2)]
    assert await made.close() == 2
    assert made.calls == {}
    expected = Outcome("failed", "the server was stopped", "Very sorry.")
    assert [session.outcome for session in sessions] == [expected] * 2
    assert await made.close() == 0
