"""A caller talks with a line, end to end over real sockets: greeting, answer, barge-in, goodbye."""

import asyncio
from pathlib import Path

from tests.calls.town import GREETING, LONG, PRICE, PRICE_QUESTION, QUESTION, heard, hears, said, town
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.records import Ended, MediaReceived, StreamStarted, VerbRun


async def test_the_greeting_is_heard_at_once(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        started = phone.log.of(StreamStarted)[0].at
        first = await phone.until(MediaReceived)
        assert first.at - started <= 0.050
        await hears(phone, GREETING)
        await phone.hang_up()
        await phone.ended()


async def test_a_whole_conversation(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        await phone.say(said("No thank you, that's all. Goodbye."))
        await hears(phone, "Goodbye!")
        await phone.ended()
        assert phone.log.of(Ended)[0].status == "completed"
        assert phone.log.of(VerbRun)[-1].name == "Hangup"
        await place.service.store.flush()
        (row,) = await place.service.store.calls()
        assert row.outcome == "completed"
        assert [turn.agent for turn in row.turns] == [GREETING, PRICE, "Goodbye!"]
        assert row.turns[1].caller == PRICE_QUESTION
        assert 0 < (row.turns[1].total_ms or 0) < 1000


async def test_a_reply_comes_when_the_vendors_are_ready_and_hardly_later(tmp_path: Path) -> None:
    final, first_token, token, first_audio = 0.100, 0.120, 0.020, 0.080
    async with town(tmp_path, rules=[Rule("hello", "Yes.")]) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        since = len(phone.log)
        await phone.say(said("hello"))
        stopped = asyncio.get_running_loop().time()
        reply = await phone.until(MediaReceived, since=since)
        assert reply.at - stopped <= final + first_token + 2 * token + first_audio + 0.060
        await phone.hang_up()
        await phone.ended()


async def test_what_was_heard_when_the_caller_hung_up_is_kept(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await hears(phone, LONG[:30])
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)
        row = await place.row(phone)
        assert row.outcome == "caller-hung-up"
        answer = heard(phone).removeprefix(GREETING)
        assert row.turns[1].caller.lower() == QUESTION
        assert LONG.startswith(row.turns[1].agent)  # a word that was mostly heard counts
        assert abs(len(row.turns[1].agent.split()) - len(answer.split())) <= 1
        assert row.turns[1].interrupted
