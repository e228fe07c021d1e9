"""OpenAI is in trouble and another server stands in: what the caller heard, and which server was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pipecat.processors.frame_processor import FrameProcessor

from processors.sentence_splitter import SentenceSplitter
from processors.vad import VAD
from tests.calls.town import GREETING, NUMBER, Town, end_call, heard, hears, said, town
from trunkline import events
from trunkline.call import Call
from trunkline.late import Late
from trunkline.line import Line
from trunkline.sandbox.brain import Rule, ScriptedBrain
from trunkline.sandbox.chat_faults import Cut, EndEarly, ErrorEvent, Fault, Garble, Refuse, Slow, Stall
from trunkline.sandbox.openai import OpenAIServer
from trunkline.sandbox.telephone.phone import Phone

ANSWER = "We close at six on most days of the week."
RULES = (Rule("hello$", ANSWER), Rule("goodbye", None, ("end_call", {})))
BACKUP_KEY = "sk-of-the-backup"
NOWHERE = "http://127.0.0.1:1/v1"


def line_of(backup: str, **values: Any) -> Line:
    """A line with a second model, at this address."""
    first: dict[str, Any] = values.pop("first", {})
    line = Line(**{"name": "desk", "number": NUMBER, "greeting": GREETING, "prompt": "Be kind.", **values})

    @line.answer
    def compose(call: Call) -> list[FrameProcessor]:
        context = call.context()
        return [
            call.input(),
            VAD(),
            call.deepgram_stt(),
            context.user(),
            call.failover(
                call.openai(temperature=0.3, **first),
                lambda: call.openai(base_url=backup, api_key=BACKUP_KEY, model="backup"),
            ),
            SentenceSplitter(),
            call.aura_tts(),
            call.output(),
            context.assistant(),
        ]

    return line


@asynccontextmanager
async def place(
    folder: Path, rules: tuple[Rule, ...] = RULES, **values: Any
) -> AsyncIterator[tuple[Town, OpenAIServer]]:
    """A town with a line, and the server of its second model."""
    values.setdefault("tools", (end_call,))
    async with (
        OpenAIServer(ScriptedBrain(rules), api_key=BACKUP_KEY) as backup,
        town(folder, line_of(backup.base_url, **values), rules=rules) as found,
    ):
        yield found, backup


async def says(phone: Phone, phrase: str, until: str, seconds: float = 25) -> str:
    """What is heard after a phrase, up to some words."""
    before = heard(phone)
    await phone.say(said(phrase))
    async with asyncio.timeout(seconds):
        while not heard(phone)[len(before) :].endswith(until):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)
    return heard(phone)[len(before) :]


FAULTS: dict[str, Fault] = {
    "401": Refuse(401),
    "429": Refuse(429),
    "429, come back later": Refuse(429, retry_after=20),
    "no credit left": Refuse(429, code="insufficient_quota"),
    "500": Refuse(500),
    "503": Refuse(503),
    "no answer": Cut(0),
    "garbage": Garble(0),
    "garbage in the middle": Garble(6),
    "cut in mid-word": Cut(6),
    "ended in the middle": EndEarly(6),
    "an error in the middle": ErrorEvent(6),
    "silent in the middle": Stall(6),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_the_caller_hears_the_whole_answer_once(tmp_path: Path, fault: Fault) -> None:
    async with place(tmp_path) as (at, backup):
        with at.service.watchers.watching() as seen:
            phone = await at.call()
            await hears(phone, GREETING)
            at.world.openai.faults = [fault]
            assert await says(phone, "hello", ANSWER) == ANSWER
            assert (len(at.world.openai.requests), len(backup.requests)) == (1, 1)
            assert backup.requests[0].request.body["temperature"] == 0.3
            await phone.hang_up()
            await phone.ended()
            moves = [e async for e in until_over(seen) if isinstance(e, events.FailedOver)]
        assert [(move.stage, move.to) for move in moves] == [("llm", "127.0.0.1 backup")]
        row = await at.row(phone)
        assert row.outcome == "caller-hung-up"
        assert ANSWER in [turn.agent for turn in row.turns]


async def until_over(seen: AsyncIterator[events.Event]) -> AsyncIterator[events.Event]:
    async for event in seen:
        yield event
        if isinstance(event, events.CallEnded):
            return


async def test_a_server_that_is_away_is_not_missed(tmp_path: Path) -> None:
    async with place(tmp_path, first={"base_url": NOWHERE, "model": "away"}) as (at, backup):
        phone = await at.call()
        await hears(phone, GREETING)
        assert await says(phone, "hello", ANSWER) == ANSWER
        await phone.say(said("goodbye"))
        await phone.ended()
        assert not at.world.openai.requests
        assert backup.requests
        assert (await at.row(phone)).outcome == "completed"


async def test_one_that_says_nothing_is_bridged(tmp_path: Path) -> None:
    async with place(tmp_path) as (at, backup):
        phone = await at.call()
        await hears(phone, GREETING)
        at.world.openai.faults = [Stall()]
        assert await says(phone, "hello", ANSWER) == f"One moment, please.{ANSWER}"
        assert len(backup.requests) == 1
        spoken = [m["content"] for m in at.messages(0)]
        assert "One moment, please." not in spoken
        await phone.hang_up()
        await phone.ended()


async def test_what_one_call_has_learned_another_does_not_wait_for_and_the_first_comes_back(
    tmp_path: Path,
) -> None:
    async with place(tmp_path) as (at, backup):
        first = at.world.openai
        one = await at.call()
        await hears(one, GREETING)
        first.fault = Refuse(401)
        assert await says(one, "hello", ANSWER) == ANSWER
        other = await at.call()
        await hears(other, GREETING)
        assert await says(other, "hello", ANSWER) == ANSWER
        assert (len(first.requests), len(backup.requests)) == (1, 2)
        first.fault = None
        await asyncio.sleep(16)
        assert await says(other, "hello", ANSWER) == ANSWER
        assert await says(one, "hello", ANSWER) == ANSWER
        assert (len(first.requests), len(backup.requests)) == (3, 2)
        for phone in (one, other):
            await phone.hang_up()
            await phone.ended()


async def test_when_nobody_replies_the_caller_is_told_and_at_last_the_call_ends(tmp_path: Path) -> None:
    async with place(tmp_path, apology="We are sorry.", late=None) as (at, backup):
        phone = await at.call()
        await hears(phone, GREETING)
        at.world.openai.fault = backup.fault = Refuse(503)
        again = "Sorry, I had a problem there. Could you say that again?"
        for _ in range(2):
            assert await says(phone, "hello", again) == again
        await phone.say(said("hello"))
        await phone.ended()
        assert heard(phone) == f"{GREETING}{again}{again}We are sorry."
        row = await at.row(phone)
        assert row.outcome == "failed"
        assert "503" in row.reason


async def test_a_tool_is_carried_out_once_whoever_asked_for_it(tmp_path: Path) -> None:
    ordered: list[str] = []

    async def order(call: Call, dish: str) -> str:
        """Order a dish.

        Args:
            dish: which.
        """
        ordered.append(dish)
        return "It is on its way."

    rules = (Rule("hello$", None, ("order", {"dish": "soup"})),)
    for fault in (Cut(3), EndEarly(4), Stall(4), Refuse(500)):
        ordered.clear()
        (folder := tmp_path / type(fault).__name__).mkdir()
        async with place(folder, rules, tools=(order,)) as (at, _):
            phone = await at.call()
            await hears(phone, GREETING)
            at.world.openai.faults = [fault]
            assert (await says(phone, "hello", "way.")).endswith("It is on its way.")
            assert ordered == ["soup"]
            await phone.hang_up()
            await phone.ended()


LATE = Late(after=1.0, words=("Just a second.", "Still here."), again_after=3.0)


async def test_a_late_reply_is_bridged_again_and_again(tmp_path: Path) -> None:
    first = {"first_token_timeout": 20.0}
    async with place(tmp_path, late=LATE, first=first) as (at, _):
        phone = await at.call()
        await hears(phone, GREETING)
        at.world.openai.faults = [Slow(7.0)]
        assert await says(phone, "hello", ANSWER) == f"Just a second.Still here.{ANSWER}"
        at.world.openai.faults = [Slow(0.5)]
        assert await says(phone, "hello", ANSWER) == ANSWER
        await phone.hang_up()
        await phone.ended()


async def test_a_reply_that_has_begun_is_not_cut_in_two_by_a_bridge(tmp_path: Path) -> None:
    async with place(tmp_path, late=LATE) as (at, _):
        phone = await at.call()
        await hears(phone, GREETING)
        at.world.openai.faults = [Slow(3.0, after=2)]
        assert await says(phone, "hello", ANSWER) == ANSWER
        await phone.hang_up()
        await phone.ended()
