"""Whatever a line chooses to end turns by: a caller is answered in time, and not cut off."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from processors import smart_turn as model
from processors.g711 import BYTES_PER_MS, SILENCE
from processors.turn_end import TurnEnd, endpointing, flux, smart_turn
from tests.calls.town import BOOK, GREETING, QUESTION, Town, heard, hears, make_line, said, town
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.ears import BLOCK
from trunkline.sandbox.listen_faults import ListenFault
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import MediaReceived

ANSWER = "We close at six."
RULES = (Rule("what time do you close today", ANSWER), Rule(".", "Pardon?"))

MODEL_MS = 120
"""Milliseconds to the model's first token."""

EVERY = [endpointing(), endpointing(eager=True), flux(), flux(eager_eot_threshold=0.5), smart_turn()]


class Judge:
    """In place of smart-turn's model, whose threads know no virtual time: takes 70 ms, and follows a plan."""

    def __init__(self, likely: Callable[[int], float | None]) -> None:
        self.asked = 0
        self._likely = likely

    async def judge(self, mulaw: bytes) -> float | None:
        self.asked += 1
        await asyncio.sleep(0.07)
        return self._likely(self.asked)


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Judge]:
    """Have turns judged by a plan: the first, the second, ... pause."""

    def plan(*likely: float | None) -> Judge:
        made = Judge(lambda asked: likely[min(asked, len(likely)) - 1])
        monkeypatch.setattr(model, "shared", lambda: made)
        return made

    plan(0.95)
    return plan


@asynccontextmanager
async def calling(folder: Path, turn_end: TurnEnd, **world: Any) -> AsyncIterator[tuple[Town, Phone]]:
    """A caller who has heard the greeting."""
    world = {"openai": {"first_token_ms": MODEL_MS}, **world}
    async with town(folder, make_line(turn_end=turn_end), rules=RULES, final_ms=None, **world) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        yield place, phone
        await phone.hang_up()
        await phone.ended()


def now() -> float:
    return asyncio.get_running_loop().time()


def with_pause(seconds: float) -> bytes:
    """The question, with a pause in the middle."""
    at = (BOOK.words[QUESTION][2].last + 1) * BLOCK
    return said(QUESTION)[:at] + SILENCE * int(seconds * 1000 * BYTES_PER_MS) + said(QUESTION)[at:]


async def reply_after(phone: Phone, spoken_until: float) -> float:
    """Seconds from the caller's last sound to the first byte of the reply."""
    record = await phone.until(MediaReceived, since=len(phone.log))
    return record.at - spoken_until


def questions(place: Town) -> list[str]:
    return [str(m["content"]) for m in place.messages() if m["role"] == "user"]


@pytest.mark.parametrize("turn_end", EVERY, ids=repr)
async def test_a_question_is_answered_once(tmp_path: Path, turn_end: TurnEnd, judge: object) -> None:
    async with calling(tmp_path, turn_end) as (place, phone):
        await phone.say(said(QUESTION))
        assert await reply_after(phone, now()) <= 1.5
        await hears(phone, ANSWER)
        await asyncio.sleep(2)
        assert heard(phone) == GREETING + ANSWER
        assert questions(place) == [QUESTION]


@pytest.mark.parametrize("turn_end", EVERY, ids=repr)
async def test_a_cough_is_no_turn_and_the_next_question_is_answered(
    tmp_path: Path, turn_end: TurnEnd, judge: object
) -> None:
    async with calling(tmp_path, turn_end) as (place, phone):
        await phone.say(said("hello")[800:3200])
        await asyncio.sleep(6)
        await phone.say(said(QUESTION))
        await hears(phone, ANSWER)
        assert questions(place)[-1] == QUESTION


async def test_a_longer_endpoint_waits_longer(tmp_path: Path) -> None:
    delays = []
    for ms in (200, 700):
        async with calling(tmp_path, endpointing(ms)) as (_, phone):
            await phone.say(said(QUESTION))
            delays.append(await reply_after(phone, now()))
    assert delays[1] - delays[0] == pytest.approx(0.5, abs=0.05)


async def test_a_guess_at_the_pause_saves_the_models_time(tmp_path: Path) -> None:
    delays = []
    for turn_end in (endpointing(700), endpointing(700, eager=True)):
        async with calling(tmp_path, turn_end) as (place, phone):
            await phone.say(said(QUESTION))
            delays.append(await reply_after(phone, now()))
            await hears(phone, ANSWER)
            # A guess of words that changed once more was another one.
            assert len(place.world.openai.requests) <= 2
            assert questions(place) == [QUESTION]
            assert heard(phone) == GREETING + ANSWER
    assert delays[0] - delays[1] >= MODEL_MS / 1000


async def test_a_pause_that_does_not_sound_like_the_end_is_waited_through(
    tmp_path: Path, judge: Callable[..., Judge]
) -> None:
    judged = judge(0.1, 0.95)
    async with calling(tmp_path, smart_turn()) as (place, phone):
        await phone.say(with_pause(1.2))
        await hears(phone, ANSWER)
        assert questions(place) == [QUESTION]
        assert judged.asked == 2
    async with calling(tmp_path, endpointing()) as (place, phone):
        await phone.say(with_pause(1.2))
        await hears(phone, "Pardon?")
        assert questions(place)[0] != QUESTION


async def test_a_caller_who_was_misjudged_is_answered_all_the_same(
    tmp_path: Path, judge: Callable[..., Judge]
) -> None:
    judge(0.1)
    async with calling(tmp_path, smart_turn(wait=1.5)) as (_, phone):
        await phone.say(said(QUESTION))
        delay = await reply_after(phone, now())
        assert 1.4 <= delay - MODEL_MS / 1000 <= 1.8


async def test_a_process_without_time_to_judge_goes_by_the_endpoint(
    tmp_path: Path, judge: Callable[..., Judge]
) -> None:
    judge(None)
    async with calling(tmp_path, smart_turn(fallback=0.8)) as (_, phone):
        await phone.say(said(QUESTION))
        delay = await reply_after(phone, now())
        assert 0.7 <= delay - MODEL_MS / 1000 <= 1.1


async def test_deepgram_that_never_sees_the_end_is_asked_for_it(
    tmp_path: Path, judge: Callable[..., Judge]
) -> None:
    judge(0.95)
    deaf = {"deepgram": {"listen": {"fault": ListenFault(no_endpoint=True)}}}
    async with calling(tmp_path, smart_turn(), **deaf) as (place, phone):
        await phone.say(said(QUESTION))
        assert await reply_after(phone, now()) <= 0.7
        assert questions(place) == [QUESTION]
