"""A line on which Flux hears when the caller has done."""

import asyncio
from pathlib import Path

import pytest

from processors.turn_end import flux
from tests.calls.town import (
    BOOK,
    GREETING,
    LONG,
    PRICE,
    PRICE_QUESTION,
    QUESTION,
    Town,
    heard,
    hears,
    make_line,
    said,
    town,
)
from trunkline.line import Line
from trunkline.sandbox.ears import PhraseEars
from trunkline.sandbox.listen_faults import ListenFault
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived


def line(**thresholds: float) -> Line:
    return make_line(turn_end=flux(**thresholds))  # type: ignore[arg-type]


async def asked(place: Town, question: str = QUESTION) -> Phone:
    phone = await place.call()
    await hears(phone, GREETING)
    await phone.say(said(question))
    return phone


async def hang_up(phone: Phone) -> None:
    await phone.hang_up()
    await phone.ended()


def turns(place: Town, event: str) -> list[str]:
    """Transcripts of what Flux said."""
    sent = [m.message for c in place.world.deepgram.flux.connections for m in c.sent]
    return [message["transcript"] for message in sent if message.get("event") == event]


async def test_a_conversation(tmp_path: Path) -> None:
    async with town(tmp_path, line()) as place:
        phone = await asked(place, PRICE_QUESTION)
        await hears(phone, PRICE)
        await phone.say(said(QUESTION))
        await hears(phone, "closed on weekends.")
        await hang_up(phone)
        assert [m["content"] for m in place.messages()] == [GREETING, PRICE_QUESTION, PRICE, QUESTION]
        assert len(place.world.deepgram.flux.connections) == 1
        assert place.world.deepgram.listen.requests == []
        row = await place.row(phone)
        assert [turn.caller for turn in row.turns[1:]] == [PRICE_QUESTION, QUESTION]


async def test_a_barge_in_cuts_the_line_and_is_answered(tmp_path: Path) -> None:
    async with town(tmp_path, line()) as place:
        phone = await asked(place)
        await hears(phone, LONG[:15])
        await phone.say(said("no thank you"))
        await phone.until(ClearReceived, timeout=1)
        await hears(phone, "All right, I stop.")
        assert LONG not in heard(phone)
        await hang_up(phone)


async def test_who_goes_on_behind_an_eager_end_is_answered_once_and_to_all_of_it(tmp_path: Path) -> None:
    async with town(tmp_path, line(eager_eot_threshold=0.4)) as place:
        place.world.deepgram.flux._ears = lambda _: PhraseEars(BOOK)
        phone = await asked(place, "My name is Anna Baker.")
        await asyncio.sleep(0.25)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        await asyncio.sleep(2)
        assert heard(phone).count(PRICE) == 1
        assert len(turns(place, "EagerEndOfTurn")) == 2
        assert len(turns(place, "TurnResumed")) == 1
        assert turns(place, "EndOfTurn") == [f"My name is Anna Baker. {PRICE_QUESTION}"]
        await hang_up(phone)
        assert [m["content"] for m in place.messages() if m["role"] == "user"] == turns(place, "EndOfTurn")


@pytest.mark.parametrize("after_ms", [1300, 1700, 2300])
@pytest.mark.parametrize("code", [1006, 1011])
async def test_a_socket_that_breaks_in_a_turn_costs_no_word(tmp_path: Path, after_ms: int, code: int) -> None:
    fault = ListenFault(close_after_ms=after_ms, close_code=code)
    async with town(tmp_path, line(), deepgram={"flux": {"faults": [fault]}}) as place:
        phone = await asked(place, PRICE_QUESTION)
        await hears(phone, PRICE)
        await hang_up(phone)
        assert [m["content"] for m in place.messages()] == [GREETING, PRICE_QUESTION]
        first, second = place.world.deepgram.flux.connections
        assert second.opened_at - (first.closed_at or 0) < 0.3


async def test_a_silent_socket_costs_time_and_nothing_else(tmp_path: Path) -> None:
    async with town(tmp_path, line(), deepgram={"flux": {"faults": [ListenFault(silent=True)]}}) as place:
        phone = await asked(place, PRICE_QUESTION)
        await hears(phone, PRICE)
        await hang_up(phone)
        assert [m["content"] for m in place.messages()] == [GREETING, PRICE_QUESTION]


async def test_a_carrier_that_goes_quiet_in_a_turn_does_not_leave_the_call_in_dead_air(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, line()) as place:
        place.world.deepgram.flux._ears = lambda _: PhraseEars(BOOK)
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(PRICE_QUESTION))
        await asyncio.sleep(0.1)
        with phone.dropping():
            await hears(phone, PRICE)
        await hang_up(phone)


async def test_flux_that_refuses_ends_in_an_apology(tmp_path: Path) -> None:
    async with town(tmp_path, line(), deepgram={"flux": {"fault": ListenFault(refuse=401)}}) as place:
        phone = await place.ring()
        await phone.ended()
        assert make_line().apology in heard(phone)
        row = await place.row(phone)
        assert (row.outcome, "Deepgram answered 401" in row.reason) == ("failed", True)
