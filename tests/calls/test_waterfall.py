"""Where the time before each reply went: the segments sum to what was measured at the caller's phone."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.load import speech
from processors.frames import RATE
from processors.turn_end import TurnEnd, endpointing, flux
from tests.calls.town import (
    GREETING,
    LONG,
    PRICE,
    PRICE_QUESTION,
    QUESTION,
    RULES,
    Town,
    hears,
    make_line,
    said,
    town,
)
from trunkline.call import Call
from trunkline.calls.summary import waterfall
from trunkline.events import Played, Replied
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived, MediaReceived
from trunkline.waterfall import Waterfall

SLACK_MS = 5.0

LOOK_UP_MS = 400.0
"""Milliseconds that the tool takes."""

MODEL_MS, TOKEN_MS, VOICE_MS = 120.0, 20.0, 80.0
"""What the sandbox's vendors take for what they do first."""


async def opening_hours(call: Call) -> str:
    """Look up when we are open."""
    await asyncio.sleep(LOOK_UP_MS / 1000)
    return "close today at six"


class Caller:
    """Somebody on the phone, with a watch."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone

    async def say(self, words: str) -> float:
        """Say it; returns the loop time at which the last of it could be heard."""
        sound = said(words)
        end = (int(np.flatnonzero(speech.audible(sound))[-1]) + 1) * speech.WINDOW
        utterance = self.phone.say(sound)
        await utterance
        return utterance.begins_at + end / RATE

    async def wait(self, stopped: float) -> float:
        """Milliseconds from the end of what was said to the first media message that answers it."""
        log = self.phone.log
        at = next((i for i, record in enumerate(log) if record.at >= stopped), len(log))
        first = await self.phone.until(MediaReceived, since=at)
        return 1000 * (first.at - stopped)

    async def ask(self, words: str, *, expect: str) -> float:
        """Say something and hear the beginning of the answer; milliseconds that it took to begin."""
        waited = await self.wait(await self.say(words))
        await hears(self.phone, expect)
        return waited


async def kept(place: Town, phone: Phone) -> dict[int, Waterfall]:
    """What is kept of the call's replies, by the number of their turn."""
    row = await place.row(phone)
    return {turn.index: found for turn in row.turns if (found := waterfall(turn)) is not None}


def adds_up(found: Waterfall, waited: float) -> None:
    """The segments are the whole of what was measured at the phone."""
    assert sum(found.parts().values()) == pytest.approx(waited, abs=SLACK_MS)
    assert min(found.parts().values()) >= 0


async def hang_up(phone: Phone) -> None:
    await phone.hang_up()
    await phone.ended()


async def test_every_reply_adds_up_with_a_tool_a_barge_in_and_a_cached_prompt(tmp_path: Path) -> None:
    rules = [
        Rule("close today$", None, ("opening_hours", {})),
        Rule("close today at", LONG),
        Rule("hello", GREETING),
        *RULES,
    ]
    async with town(tmp_path, make_line(tools=(opening_hours,)), rules=rules) as place:
        phone = await place.call()
        caller = Caller(phone)
        await hears(phone, GREETING)  # cached
        tool = await caller.ask(QUESTION, expect=LONG[:20])
        barged = await caller.ask(PRICE_QUESTION, expect=PRICE)
        assert phone.log.of(ClearReceived)
        before = len(phone.heard)
        cached = await caller.wait(await caller.say("hello"))
        await asyncio.sleep(2)
        assert len(phone.heard) > before
        found = await kept(place, phone)
        assert list(found) == [1, 2, 3]  # the greeting answers nobody
        for index, waited in enumerate((tool, barged, cached), 1):
            adds_up(found[index], waited)
        assert found[1].model == pytest.approx(2 * MODEL_MS, abs=2 * TOKEN_MS + 1)
        assert found[1].tool == pytest.approx(LOOK_UP_MS, abs=1)
        assert found[2].tool == 0
        assert found[2].model == pytest.approx(MODEL_MS, abs=1)
        assert found[2].voice == pytest.approx(VOICE_MS, abs=1)
        assert found[3].voice == 0
        for latency in found.values():
            assert latency.carrier < 1
            assert latency.output < SLACK_MS
        await hang_up(phone)


@pytest.mark.parametrize("final_ms", [100, 300])
async def test_whoever_is_slower_of_ears_and_silence_is_charged(tmp_path: Path, final_ms: int) -> None:
    async with town(tmp_path, final_ms=final_ms) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        waited = await Caller(phone).ask(PRICE_QUESTION, expect=PRICE)
        await asyncio.sleep(2)
        found = (await kept(place, phone))[1]
        adds_up(found, waited)
        assert found.vad + found.stt == pytest.approx(final_ms, abs=60)
        assert (found.vad > 0) is (final_ms == 300)
        assert found.stt > 0
        assert found.turn < 1
        await hang_up(phone)


@pytest.mark.parametrize(
    "turn_end", [endpointing(eager=True), flux(), flux(eager_eot_threshold=0.4)], ids=repr
)
async def test_it_adds_up_whatever_ends_a_turn_and_with_replies_begun_ahead(
    tmp_path: Path, turn_end: TurnEnd
) -> None:
    rules = [Rule("close today$", None, ("opening_hours", {})), Rule("close today at", LONG), *RULES]
    line = make_line(tools=(opening_hours,), turn_end=turn_end)
    async with town(tmp_path, line, rules=rules, final_ms=300) as place:
        phone = await place.call()
        caller = Caller(phone)
        await hears(phone, GREETING)
        waited = [
            await caller.ask(PRICE_QUESTION, expect=PRICE),
            await caller.ask(QUESTION, expect=LONG[:12]),
        ]
        await asyncio.sleep(1)  # the first mark is back
        found = await kept(place, phone)
        for index, total in enumerate(waited, 1):
            adds_up(found[index], total)
        ahead = turn_end != flux()
        assert found[1].model == pytest.approx(0 if ahead else MODEL_MS, abs=1)
        assert found[2].tool == pytest.approx(LOOK_UP_MS, abs=1)
        assert found[2].queue < 1
        await hang_up(phone)


async def test_of_two_quick_turns_the_one_that_is_answered_adds_up(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        caller = Caller(phone)
        await hears(phone, GREETING)
        await caller.say(QUESTION)
        await asyncio.sleep(0.3)  # the turn is over, and the model thinks
        waited = await caller.ask(PRICE_QUESTION, expect=PRICE)
        await asyncio.sleep(2)
        row = await place.row(phone)
        last = row.turns[-1]
        found = waterfall(last)
        assert last.agent == PRICE
        assert found is not None
        adds_up(found, waited)
        await hang_up(phone)


async def test_when_packets_come_late_the_carrier_is_charged(tmp_path: Path) -> None:
    late = []
    async with town(tmp_path) as place:
        phone = await place.call()
        caller = Caller(phone)
        await hears(phone, GREETING)
        for turn in range(1, 4):
            with phone.jitter(ms=120):
                stopped = await caller.say(PRICE_QUESTION)
                await asyncio.sleep(0.3)
            waited = await caller.wait(stopped)
            await asyncio.sleep(3)
            found = (await kept(place, phone))[turn]
            adds_up(found, waited)
            late.append(found.carrier)
        assert max(late) > 10
        await hang_up(phone)


async def test_when_it_was_played_is_told_by_the_first_mark(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        with place.service.watchers.watching() as events:
            phone = await place.call()
            caller = Caller(phone)
            await hears(phone, GREETING)
            before = len(phone.heard.rstrip(b"\xff"))
            stopped = await caller.say(PRICE_QUESTION)
            waited = await caller.wait(stopped)
            await hears(phone, PRICE)
            await asyncio.sleep(1)
            heard_at = phone.answered_at + _onset(phone.heard, before) / RATE
            told: dict[type, Any] = {}
            async with asyncio.timeout(1):
                while Played not in told:
                    event = await anext(events)
                    told[type(event)] = event
            replied = told[Replied]
            assert replied.latency.total == pytest.approx(waited, abs=SLACK_MS)
            assert (replied.pieces[0].start, replied.pieces[-1].end) == (
                pytest.approx(stopped, abs=0.005),
                pytest.approx(stopped + waited / 1000, abs=0.005),
            )
            played = 1000 * (heard_at - stopped) - waited
            assert told[Played].played == pytest.approx(played, abs=25)
            assert (await kept(place, phone))[1].played == told[Played].played
            await hang_up(phone)


def _onset(heard: bytes, start: int) -> int:
    """The first sample from there on that is not silent."""
    return next(at for at in range(start, len(heard)) if heard[at] != 0xFF)
