"""Flux guesses that the turn is over: the reply is there when it is, and was never there when it is not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from processors.turn_end import flux
from tests.calls.town import GREETING, Town, heard, hears, make_line, said, town
from trunkline.call import Call
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.speak import Pace
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import MediaReceived

EAGER = flux(eager_eot_threshold=0.5)
HELLO, QUESTION = "hello", "what time do you close today"
ANSWER = "We close at six. Then it is dark."
FIRST, SECOND = "We close at six.", "Then it is dark."
HEARD = FIRST + SECOND
"""As the scripted voice says it: without the space between sentences."""
RULES = (Rule("close", ANSWER), Rule("hello", "Good morning."))
GUESS, END = 200, 1000
"""Milliseconds from the last sound of speech to Flux's guess, and to the end of the turn."""


@asynccontextmanager
async def calling(
    folder: Path, turn_end: Any = EAGER, *, token_ms: float = 120, pace: Pace | None = None, **line: Any
) -> AsyncIterator[tuple[Town, Phone]]:
    """A caller who has heard the greeting of a line that guesses."""
    world: dict[str, Any] = {
        "deepgram": {"flux": {"eager_ms": GUESS}, "speak": {"pace": pace}},
        "openai": {"first_token_ms": token_ms},
    }
    rules = line.pop("rules", RULES)
    made = make_line(turn_end=turn_end, **line)
    async with town(folder, made, rules=rules, final_ms=END, **world) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        yield place, phone
        await phone.hang_up()
        await phone.ended()


def now() -> float:
    return asyncio.get_running_loop().time()


async def reply_after(phone: Phone, spoken_until: float) -> float:
    """Seconds from the caller's last sound to the first byte of the reply."""
    record = await phone.until(MediaReceived, since=len(phone.log))
    return record.at - spoken_until


def spoken(place: Town) -> list[str]:
    """What Aura was given over its sockets, but for the greeting, and what it was told to forget."""
    kinds = ("Speak", "Clear")
    return [r.text or r.type for r in place.world.deepgram.speak.requests if r.type in kinds]


async def test_the_reply_is_ready_and_is_on_the_wire_at_once(tmp_path: Path) -> None:
    async with calling(tmp_path) as (place, phone):
        await phone.say(said(QUESTION))
        delay = await reply_after(phone, now())
        assert delay + 0.02 >= END / 1000
        assert delay <= END / 1000 + 0.06
        await hears(phone, HEARD)
        assert len(place.world.openai.requests) == 1
        assert spoken(place) == [FIRST, SECOND]
        assert [m["content"] for m in place.messages()] == [GREETING, QUESTION]


async def test_without_a_guess_the_model_and_the_voice_are_waited_for(tmp_path: Path) -> None:
    async with calling(tmp_path, flux(), token_ms=300) as (_, phone):
        await phone.say(said(QUESTION))
        assert await reply_after(phone, now()) >= END / 1000 + 0.3


async def test_one_sentence_is_synthesised_until_it_is_certain(tmp_path: Path) -> None:
    async with calling(tmp_path) as (place, phone):
        await phone.say(said(QUESTION))
        await asyncio.sleep(0.8)
        assert spoken(place) == [FIRST]
        assert heard(phone) == GREETING
        await hears(phone, HEARD)


async def test_a_turn_confirmed_before_the_first_token_loses_nothing(tmp_path: Path) -> None:
    async with calling(tmp_path, token_ms=1500) as (place, phone):
        await phone.say(said(QUESTION))
        delay = await reply_after(phone, now())
        asked, tokens = GUESS / 1000, 0.1  # six of them, each after 20 ms
        assert asked + 1.5 + tokens <= delay <= asked + 1.5 + tokens + 0.07
        await hears(phone, HEARD)
        assert len(place.world.openai.requests) == 1


@pytest.mark.parametrize(
    ("when", "token_ms"), [("before the first token", 1500), ("after its sound came", 50)]
)
async def test_a_caller_who_goes_on_hears_nothing_of_it(tmp_path: Path, when: str, token_ms: float) -> None:
    async with calling(tmp_path, token_ms=token_ms) as (place, phone):
        await phone.say(said(HELLO))
        await asyncio.sleep(0.6)
        model = place.world.openai
        assert len(model.requests) == 1, when
        await phone.say(said(QUESTION))
        assert heard(phone) == GREETING
        await hears(phone, HEARD)
        assert heard(phone) == GREETING + HEARD
        await phone.hang_up()
        await place.left(phone)
        assert [m["content"] for m in place.messages()] == [GREETING, f"{HELLO} {QUESTION}"]
        if token_ms > 1000:
            assert model.requests[0].cancelled_at is not None
            assert "Good morning." not in spoken(place)
        row = await place.row(phone)
        said_so = [(turn.caller, turn.agent) for turn in row.turns]
        assert said_so == [("", GREETING), (f"{HELLO} {QUESTION}", ANSWER)]


async def test_a_voice_that_is_still_speaking_is_told_to_forget_it(tmp_path: Path) -> None:
    slow = Pace(speed=1)
    async with calling(tmp_path, token_ms=50, pace=slow) as (place, phone):
        await phone.say(said(HELLO))
        await asyncio.sleep(0.6)
        await phone.say(said(QUESTION))
        await hears(phone, FIRST)
        assert spoken(place)[:2] == ["Good morning.", "Clear"]
        assert heard(phone).startswith(GREETING + FIRST)


async def test_a_tool_waits_until_the_turn_is_over(tmp_path: Path) -> None:
    ran: list[float] = []

    async def look_up(call: Call) -> str:
        """Look something up."""
        ran.append(now())
        return "found"

    rules = (Rule("close", None, ("look_up", {})), Rule("found", "I found it."))
    async with calling(tmp_path, token_ms=50, rules=rules, tools=(look_up,)) as (place, phone):
        await phone.say(said(QUESTION))
        silent_since = now()
        await asyncio.sleep(0.7)
        assert ran == []
        assert len(place.world.openai.requests) == 1
        await hears(phone, "I found it.")
        assert len(ran) == 1
        assert END / 1000 <= ran[0] - silent_since + 0.02 <= END / 1000 + 0.08
        roles = [m["role"] for m in place.messages()]
        assert roles == ["assistant", "user", "assistant", "tool"]


async def test_a_tool_of_a_wrong_guess_never_runs(tmp_path: Path) -> None:
    ran: list[float] = []

    async def look_up(call: Call) -> str:
        """Look something up."""
        ran.append(now())
        return "found"

    rules = (Rule("close", "We close at six."), Rule("hello", None, ("look_up", {})))
    async with calling(tmp_path, token_ms=50, rules=rules, tools=(look_up,)) as (place, phone):
        await phone.say(said(HELLO))
        await asyncio.sleep(0.6)
        await phone.say(said(QUESTION))
        await hears(phone, "We close at six.")
        assert ran == []
        assert [m["role"] for m in place.messages()] == ["assistant", "user"]


async def test_a_call_that_ends_while_a_reply_is_held_is_over(tmp_path: Path) -> None:
    async with calling(tmp_path, token_ms=50) as (place, phone):
        await phone.say(said(QUESTION))
        await asyncio.sleep(0.6)
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)
        assert phone.sid not in place.service.switchboard.calls
        assert heard(phone) == GREETING
        row = await place.row(phone)
        assert "six" not in "".join(turn.agent for turn in row.turns)


async def test_a_confirmed_reply_is_interrupted_like_any_other(tmp_path: Path) -> None:
    long = "We close at six. " + "And then it is dark, and nobody is here until the next morning at eight."
    async with calling(tmp_path, token_ms=50, rules=(Rule("close", long), Rule("stop", "Yes?"))) as (
        place,
        phone,
    ):
        await phone.say(said(QUESTION))
        await hears(phone, "We close at six.")
        await phone.say(said("stop"))
        await hears(phone, "Yes?")
        remembered = place.messages()[2]["content"]
        assert long.startswith(remembered)
        assert len(remembered) < len(long)
