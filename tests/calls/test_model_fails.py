"""OpenAI is in trouble: the reply comes all the same, or the caller hears that it does not; never silence."""

import asyncio
from pathlib import Path

from tests.calls.neighbour import neighbour
from tests.calls.town import LONG, Town, heard, hears, make_line, said, town
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.chat_faults import EndEarly, Fault, Garble, Refuse, Stall
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import VerbRun

ANSWER = "Eighty five dollars."
AGAIN = "Again?"
RULES = (Rule("hello$", ANSWER), Rule("close today", LONG))
LINE = {"apology": AGAIN, "first_token_timeout": 1.0, "token_timeout": 1.0}

MENDED: dict[str, tuple[Fault, ...]] = {
    "429 once": (Refuse(429, retry_after=0.5),),
    "429 that names no time": (Refuse(429),),
    "500 once": (Refuse(500),),
    "stalled before the first token": (Stall(),),
    "malformed first chunk": (Garble(),),
    "500 twice": (Refuse(500), Refuse(500)),
    "500, then stalled": (Refuse(500), Stall()),
    "stalled in mid-sentence": (Stall(2),),
    "malformed chunk in mid-sentence": (Garble(2),),
    "ended in mid-sentence": (EndEarly(2),),
    "ended in mid-sentence twice": (EndEarly(2), EndEarly(3)),
}
"""A later attempt replies, or says the rest."""

BROKEN: dict[str, tuple[Fault, ...]] = {
    "429 for longer": (Refuse(429, retry_after=20),),
    "refused for what it says": (Refuse(400),),
    "ended in mid-sentence, then refused": (EndEarly(2), Refuse(400)),
}
"""The caller is asked to say it again."""


async def ask(place: Town, phone: Phone, *faults: Fault) -> str:
    """What is heard after a question that meets these faults, one a request."""
    model = place.world.openai
    before, asked = heard(phone), len(model.requests)
    model.faults = list(faults)
    await phone.say(said("hello"))
    async with asyncio.timeout(20):
        while not (answer := heard(phone)[len(before) :]).endswith((ANSWER, AGAIN)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert model.faults == []
    assert len(model.requests) == asked + len(faults) + (answer == ANSWER)
    await asyncio.sleep(0.3)
    return answer


async def test_a_turn_that_fails_is_tried_again_or_apologised_for_and_the_call_goes_on(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, make_line(greeting="Yes?", openai=LINE), rules=RULES) as place:
        phone = await place.call()
        await hears(phone, "Yes?")
        for what, faults in MENDED.items():
            assert await ask(place, phone, *faults) == ANSWER, what
        for what, faults in BROKEN.items():
            assert await ask(place, phone) == ANSWER
            answer = await ask(place, phone, *faults)
            assert answer.endswith(AGAIN), what
            assert ANSWER.startswith(answer.removesuffix(AGAIN).strip()), what
        assert await ask(place, phone) == ANSWER
        await phone.hang_up()
        await phone.ended()
        assert (await place.row(phone)).outcome == "caller-hung-up"


async def test_trouble_of_one_turn_is_not_heard_in_another_call(tmp_path: Path) -> None:
    other = make_line("+15550101", name="other", greeting="Yes?", openai=LINE)
    async with town(tmp_path, make_line(), other, rules=RULES) as place, neighbour(place):
        phone = await place.call(other.number)
        await hears(phone, "Yes?")
        assert await ask(place, phone, Garble(2)) == ANSWER
        assert (await ask(place, phone, Garble(2), Refuse(400))).endswith(AGAIN)
        await phone.hang_up()
        await phone.ended()


async def test_a_key_that_is_refused_ends_the_call_with_an_apology(tmp_path: Path) -> None:
    line = make_line(greeting="Yes?", apology="We are sorry.")
    async with town(tmp_path, line) as place:
        place.world.openai.fault = Refuse(401)
        phone = await place.call()
        await hears(phone, "Yes?")
        await phone.say(said("hello"))
        await phone.ended()
        assert heard(phone) == "Yes?We are sorry."
        assert phone.log.of(VerbRun)[-1].name == "Hangup"
        row = await place.row(phone)
        assert row.outcome == "failed"
        assert "answered 401" in row.reason
