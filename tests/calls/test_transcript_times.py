"""The transcript says when each turn was spoken, and at that time the recording holds that speech."""

import asyncio
from pathlib import Path

from tests.calls.sound import MS, loud, over, recorded_line
from tests.calls.town import (
    GREETING,
    LONG,
    PRICE,
    PRICE_QUESTION,
    QUESTION,
    VOICE,
    end_call,
    hears,
    make_line,
    said,
    town,
)
from trunkline import vad
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.records import StreamStarted

LATE = 200 * MS
"""Samples after its beginning at which a voice is surely heard by the VAD."""


async def hours() -> str:
    """Look up the opening hours."""
    await asyncio.sleep(1)
    return "open"


RULES = (
    Rule("check-up|check up", PRICE),
    Rule("no thank you", "All right, I stop."),
    Rule("close today", None, ("hours", {})),
    Rule(".", LONG),
)


async def test_the_recording_holds_each_turn_where_the_transcript_says(tmp_path: Path) -> None:
    line = recorded_line(tools=(hours,), barge_in=vad)
    async with town(tmp_path, line, rules=RULES) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await asyncio.sleep(2)
        await phone.say(said(QUESTION))
        await hears(phone, LONG[:15])
        await phone.say(said("no thank you"))
        await hears(phone, "All right, I stop.")
        await asyncio.sleep(1)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        recorded = await over(place, phone)
        turns = (await place.row(phone)).turns
        assert [turn.caller for turn in turns] == ["", QUESTION, "no thank you", PRICE_QUESTION]
        assert [turn.interrupted for turn in turns] == [False, True, False, False]
        assert turns[0].caller_at_ms is None
        for turn in turns:
            at = round(turn.agent_at_ms * MS)
            assert VOICE.read(recorded.agent[at : at + 4000]).startswith(turn.agent[:6])
            assert loud(recorded.agent[at - 20 * MS : at - MS]) == 0
        for turn in turns[1:]:
            at = round(turn.caller_at_ms * MS)
            assert loud(recorded.caller[at : at + LATE]) > 0
            assert loud(recorded.caller[at - 400 * MS : at - LATE]) == 0
        (tool,) = turns[1].tools
        assert turns[1].caller_at_ms < tool["at_ms"] < turns[1].agent_at_ms - 900


async def test_a_call_that_is_not_recorded_has_the_times_too(tmp_path: Path) -> None:
    async with town(tmp_path, make_line(tools=(end_call,))) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        phone.break_stream()
        since = len(phone.log)
        await phone.until(StreamStarted, since=since)
        await asyncio.sleep(8)
        spoken = await phone.say(said(PRICE_QUESTION))
        assert spoken
        await asyncio.sleep(5)
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)
        turns = (await place.row(phone)).turns
        for turn in turns[1:]:
            at = round(turn.caller_at_ms * MS)
            assert loud(phone.said[at : at + LATE]) > 0
            assert loud(phone.said[at - 400 * MS : at - LATE]) == 0
