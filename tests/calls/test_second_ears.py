"""The ears are lost in the middle of a call, and others listen: no word is lost, and none is heard twice."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pipecat.processors.frame_processor import FrameProcessor

from processors.turn_end import flux, smart_turn
from tests.calls.second_vendors import SECOND_KEY, OtherSTT, second_deepgram, staffed
from tests.calls.test_voice_fails import APOLOGY
from tests.calls.town import (
    GREETING,
    PRICE,
    PRICE_QUESTION,
    Town,
    heard,
    hears,
    said,
    town,
)
from trunkline.call import Call
from trunkline.line import Line
from trunkline.sandbox.deepgram import DeepgramServer
from trunkline.sandbox.listen_faults import ListenFault
from trunkline.sandbox.telephone.phone import Phone

FAULTS: dict[str, ListenFault] = {
    "refused": ListenFault(refuse=401),
    "429": ListenFault(refuse=429),
    "500": ListenFault(refuse=500),
    "silent": ListenFault(silent=True),
    "closed mid-word": ListenFault(close_after_ms=1700),
    "garbage": ListenFault(garble_after_ms=1500),
}
"""What is wrong with all of the first vendor's connections."""

WAYS = {"nova": "listen", "flux": "flux"}


def by_deepgrams(second: DeepgramServer, **values: Any) -> Line:
    def stt(call: Call) -> FrameProcessor:
        return call.failover(
            call.deepgram_stt(), lambda: call.deepgram_stt(base_url=second.base_url, api_key=SECOND_KEY)
        )

    return staffed(stt, **values)


def by_other(made: list[OtherSTT], **values: Any) -> Line:
    options = values.pop("options", {})

    def build() -> OtherSTT:
        made.append(OtherSTT(**options))
        return made[-1]

    return staffed(lambda call: call.failover(call.deepgram_stt(), build), **values)


def turns_of(how: str) -> dict[str, Any]:
    return {"turn_end": flux()} if how == "flux" else {}


async def understood(place: Town, phone: Phone, *questions: str) -> None:
    """Each of them was a turn, whole and once."""
    await phone.hang_up()
    await phone.ended()
    assert [turn.caller for turn in (await place.row(phone)).turns[1:]] == list(questions)


async def ask(phone: Phone, question: str, answer: str) -> float:
    """Ask, and hear the answer to its end; returns the seconds that the caller waited for it."""
    loop, before = asyncio.get_running_loop(), heard(phone)
    await phone.say(said(question))
    asked = loop.time()
    await hears(phone, before + answer)
    return loop.time() - asked - len(answer) / 15


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("what", FAULTS)
async def test_others_hear_what_the_first_has_not_understood(tmp_path: Path, what: str, how: str) -> None:
    async with second_deepgram() as second, town(tmp_path, by_deepgrams(second, **turns_of(how))) as place:
        getattr(place.world.deepgram, WAYS[how]).fault = FAULTS[what]
        phone = await place.call()
        await hears(phone, GREETING)
        waits = [await ask(phone, PRICE_QUESTION, PRICE) for _ in range(3)]
        assert waits[0] < 4.0
        assert waits[1:] == pytest.approx([0.7, 0.7], abs=0.6)
        await understood(place, phone, *[PRICE_QUESTION] * 3)


@pytest.mark.parametrize("how", [*WAYS, "smart"])
@pytest.mark.parametrize("what", FAULTS)
async def test_a_service_of_pipecat_hears_it_and_turns_go_on_ending(
    tmp_path: Path, what: str, how: str
) -> None:
    made: list[OtherSTT] = []
    values = {"turn_end": smart_turn()} if how == "smart" else turns_of(how)
    async with town(tmp_path, by_other(made, **values)) as place:
        getattr(place.world.deepgram, WAYS.get(how, "listen")).fault = FAULTS[what]
        phone = await place.call()
        await hears(phone, GREETING)
        assert bool(made) == (what in ("refused", "429", "500"))
        waits = [await ask(phone, PRICE_QUESTION, PRICE) for _ in range(2)]
        assert waits[0] < 4.0
        assert waits[1] < 2.0
        await understood(place, phone, *[PRICE_QUESTION] * 2)
        await place.left(phone)
        assert [service.is_cleaned_up for service in made] == [True]


@pytest.mark.parametrize("how", WAYS)
async def test_the_first_is_back_between_two_utterances_and_the_second_s_socket_is_let_go(
    tmp_path: Path, how: str
) -> None:
    made: list[OtherSTT] = []
    async with town(tmp_path, by_other(made, **turns_of(how))) as place:
        ears = getattr(place.world.deepgram, WAYS[how])
        ears.fault = ListenFault(refuse=401)
        phone = await place.call()
        await hears(phone, GREETING)
        await ask(phone, PRICE_QUESTION, PRICE)
        ears.fault = ListenFault()
        await asyncio.sleep(15)
        await ask(phone, PRICE_QUESTION, PRICE)
        await asyncio.sleep(2)
        assert len(ears.connections) == 1
        await ask(phone, PRICE_QUESTION, PRICE)  # both hear it, and it is said once
        await asyncio.sleep(2)
        assert made[0].is_cleaned_up
        heard_so_far = len(made[0].heard)
        await ask(phone, PRICE_QUESTION, PRICE)
        assert len(made[0].heard) == heard_so_far
        assert len(made) == 1
        await understood(place, phone, *[PRICE_QUESTION] * 4)


async def test_a_trial_that_fails_is_not_noticed(tmp_path: Path) -> None:
    async with second_deepgram() as second, town(tmp_path, by_deepgrams(second)) as place:
        ears = place.world.deepgram.listen
        ears.fault = ListenFault(refuse=401)
        phone = await place.call()
        await hears(phone, GREETING)
        for fault in (ListenFault(silent=True), ListenFault(refuse=429)):
            await ask(phone, PRICE_QUESTION, PRICE)
            ears.fault = fault
            await asyncio.sleep(15)
            await ask(phone, PRICE_QUESTION, PRICE)
            await asyncio.sleep(3)
            assert await ask(phone, PRICE_QUESTION, PRICE) < 1.5
        await understood(place, phone, *[PRICE_QUESTION] * 6)
        assert len(second.listen.connections) == 1


async def test_what_one_call_has_found_out_another_does_not_try(tmp_path: Path) -> None:
    async with second_deepgram() as second, town(tmp_path, by_deepgrams(second)) as place:
        ears = place.world.deepgram.listen
        ears.fault = ListenFault(refuse=401)
        first = await place.call()
        await hears(first, GREETING)
        asked = len(ears.requests)
        other = await place.call()
        await hears(other, GREETING)
        assert await ask(other, PRICE_QUESTION, PRICE) < 1.5
        assert len(ears.requests) == asked
        for phone in (first, other):
            await phone.hang_up()
            await phone.ended()


async def test_while_all_is_well_nothing_is_spent_on_the_second(tmp_path: Path) -> None:
    made: list[OtherSTT] = []
    async with town(tmp_path, by_other(made)) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await ask(phone, PRICE_QUESTION, PRICE)
        await understood(place, phone, PRICE_QUESTION)
        assert made == []
        assert len(place.world.deepgram.listen.connections) == 1


async def test_words_that_never_become_final_are_taken_once(tmp_path: Path) -> None:
    made: list[OtherSTT] = []
    async with town(tmp_path, by_other(made, options={"finals": False})) as place:
        place.world.deepgram.listen.fault = ListenFault(refuse=401)
        phone = await place.call()
        await hears(phone, GREETING)
        for _ in range(2):
            assert await ask(phone, PRICE_QUESTION, PRICE) < 2.5
        await understood(place, phone, *[PRICE_QUESTION] * 2)


async def test_when_nobody_is_left_the_caller_hears_so(tmp_path: Path) -> None:
    made: list[OtherSTT] = []
    async with town(tmp_path, by_other(made, options={"breaks": True})) as place:
        place.world.deepgram.listen.fault = ListenFault(refuse=429)
        phone = await place.ring()
        await phone.ended()
        assert APOLOGY in heard(phone)
        row = await place.row(phone)
        assert (row.outcome, "deaf" in row.reason) == ("failed", True)


async def test_who_speaks_while_nobody_listens_is_told_and_heard_later(tmp_path: Path) -> None:
    line = staffed()
    assert line.late is not None
    async with town(tmp_path, line) as place:
        ears = place.world.deepgram.listen
        phone = await place.call()
        loop = asyncio.get_running_loop()
        await hears(phone, GREETING)
        ears.fault = ListenFault(refuse=503)
        await ears.drop(1011)
        await phone.say(said(PRICE_QUESTION))
        asked = loop.time()
        await hears(phone, line.late.words[0][:4])
        assert loop.time() - asked < 3.5
        ears.fault = ListenFault()
        await hears(phone, PRICE)
        await understood(place, phone, PRICE_QUESTION)


async def test_a_quota_that_stays_used_up_costs_the_caller_few_seconds(tmp_path: Path) -> None:
    async with town(tmp_path, staffed()) as place:
        place.world.deepgram.listen.fault = ListenFault(refuse=429)
        began = asyncio.get_running_loop().time()
        phone = await place.ring()
        await hears(phone, APOLOGY)
        assert asyncio.get_running_loop().time() - began < 9 + len(APOLOGY) / 15
        await phone.ended()
