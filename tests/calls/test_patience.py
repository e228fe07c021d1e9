"""A caller who pauses in a number is not cut off; one who has said all of it does not wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from processors.g711 import BYTES_PER_MS, SILENCE
from processors.turn_end import TurnEnd, endpointing, flux
from tests.calls.town import BOOK, GREETING, Town, heard, hears, make_line, said, town
from trunkline.call import Call
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.ears import BLOCK
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import MediaReceived

NUMBER = "my number is five five five zero one four nine"
ASK = "Your number, please."
RULES = (
    Rule("hello", None, ("ask_number", {})),
    Rule("asked", ASK),
    Rule(NUMBER, "Thank you."),
    Rule(".", "Is that all?"),
)


async def ask_number(call: Call) -> str:
    """Ask for the caller's number."""
    call.expect("digits", n=7)
    return "asked"


@asynccontextmanager
async def calling(
    folder: Path, turn_end: TurnEnd, *, final_ms: int | None = None
) -> AsyncIterator[tuple[Town, Phone]]:
    """A caller who has heard the greeting."""
    line = make_line(turn_end=turn_end, tools=(ask_number,))
    async with town(folder, line, rules=RULES, final_ms=final_ms) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        yield place, phone
        await phone.hang_up()
        await phone.ended()


def first_words(count: int) -> int:
    """Bytes of the number's recording up to the end of so many words."""
    return (BOOK.words[NUMBER][count - 1].last + 1) * BLOCK


def with_pause(words: int, seconds: float) -> bytes:
    """The number, with a pause behind so many words."""
    at = first_words(words)
    return said(NUMBER)[:at] + SILENCE * int(seconds * 1000 * BYTES_PER_MS) + said(NUMBER)[at:]


def questions(place: Town) -> list[str]:
    """What the caller was answered to, in order, since the greeting."""
    return [str(m["content"]) for m in place.messages() if m["role"] == "user"]


async def reply_after(phone: Phone, spoken_until: float) -> float:
    """Seconds from the caller's last sound to the first byte of the reply."""
    record = await phone.until(MediaReceived, since=len(phone.log))
    return record.at - spoken_until


def now() -> float:
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize("turn_end", [endpointing(), flux(), flux(eager_eot_threshold=0.5)], ids=repr)
async def test_a_pause_in_a_number_does_not_end_the_turn(tmp_path: Path, turn_end: TurnEnd) -> None:
    async with calling(tmp_path, turn_end) as (place, phone):
        await phone.say(with_pause(6, 1.0))
        await hears(phone, "Thank you.")
        assert questions(place) == [NUMBER]
        assert heard(phone) == GREETING + "Thank you."


@pytest.mark.parametrize("turn_end", [endpointing(), flux()], ids=repr)
async def test_a_caller_who_stops_in_a_number_is_answered_all_the_same(
    tmp_path: Path, turn_end: TurnEnd
) -> None:
    async with calling(tmp_path, turn_end) as (place, phone):
        await phone.say(said(NUMBER)[: first_words(6)])
        delay = await reply_after(phone, now())
        assert 1.6 <= delay <= 2.1
        assert questions(place) == ["my number is five five five"]


async def test_what_was_asked_for_is_waited_for_longer(tmp_path: Path) -> None:
    async with calling(tmp_path, endpointing()) as (place, phone):
        await phone.say(said("hello"))
        await hears(phone, ASK)
        await phone.say(with_pause(6, 2.2))
        await hears(phone, "Thank you.")
        assert questions(place) == ["hello", NUMBER]
        # Answered, it is expected no more.
        assert place.service.switchboard.calls[phone.sid].call.patience.expected is None


@pytest.mark.parametrize(("turn_end", "usual"), [(endpointing(800), 0.8), (flux(), 1.04)], ids=repr)
async def test_all_that_was_asked_for_ends_the_turn_at_once(
    tmp_path: Path, turn_end: TurnEnd, usual: float
) -> None:
    async with calling(tmp_path, turn_end) as (_, phone):
        await phone.say(said(NUMBER))
        unasked = await reply_after(phone, now())
        assert unasked >= usual
        await hears(phone, "Thank you.")
        await phone.say(said("hello"))
        await hears(phone, ASK)
        await phone.say(said(NUMBER))
        asked = await reply_after(phone, now())
        assert asked <= unasked - 0.35
