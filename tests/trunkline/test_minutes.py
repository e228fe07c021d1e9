"""The minutes of a call: a record a turn, and word of everything to whoever watches."""

import asyncio
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from pipecat.frames.frames import BotStartedSpeakingFrame, MetricsFrame, VADUserStoppedSpeakingFrame
from pipecat.metrics.metrics import TTFBMetricsData

from tests.trunkline.office import Archive, bare_line, facts
from trunkline import events
from trunkline.events import Event, Watchers
from trunkline.life import COMPLETED
from trunkline.minutes import Minutes, Stopwatch
from trunkline.records import ToolCall, Turn

SID = facts().sid


def said(content: str, *, interrupted: bool = False) -> Any:
    """What pipecat's turn events carry."""
    return SimpleNamespace(content=content, interrupted=interrupted)


def test_a_reply_s_time_is_told_in_parts_that_make_up_the_whole() -> None:
    watch = Stopwatch()
    watch.caller_stopped = 10.0
    watch.turn_over(10.3)
    watch.first_byte("OpenAILLM#1", 0.2)
    watch.first_byte("AuraTTS#1", 0.1)
    watch.first_byte("AuraTTS#1", 0.4)  # of a later sentence: nobody waited for that one
    latency = watch.reply(10.65)
    assert latency is not None
    parts = (latency.total, latency.listening, latency.thinking, latency.speaking, latency.other)
    assert [round(part) for part in parts] == [650, 300, 200, 100, 50]
    assert watch.reply(11.0) is None


def test_a_greeting_is_no_reply() -> None:
    assert Stopwatch().reply(1.0) is None


def test_a_caller_who_spoke_on_is_measured_from_the_end_of_the_turn() -> None:
    watch = Stopwatch()
    watch.caller_stopped = 12.0
    watch.turn_over(10.0)
    latency = watch.reply(10.4)
    assert latency is not None
    assert (round(latency.total), latency.listening) == (400, 0)


async def test_each_turn_is_kept_as_it_grows() -> None:
    archive = Archive()
    minutes = Minutes(facts(), bare_line(), archive, Watchers())
    await minutes._on_agent(None, said("Hi."))
    await minutes._on_caller(None, None, said("When?"))
    await minutes._on_tools(None, [SimpleNamespace(function_name="look_up", arguments={"a": 1})])
    await minutes._on_agent(None, said("At"))
    await minutes._on_agent(None, said("eight.", interrupted=True))
    minutes.decided(COMPLETED)
    look_up = (ToolCall("look_up", {"a": 1}),)
    assert archive.begun == [SID]
    assert archive.turns[SID] == [
        Turn(0, agent="Hi."),
        Turn(1, caller="When?"),
        Turn(1, caller="When?", tools=look_up),
        Turn(1, caller="When?", agent="At", tools=look_up),
        Turn(1, caller="When?", agent="At eight.", interrupted=True, tools=look_up),
    ]
    assert archive.outcomes == {SID: COMPLETED}


@pytest.mark.parametrize("content", ["", None])
async def test_a_turn_without_words_is_none(content: Any) -> None:
    archive = Archive()
    minutes = Minutes(facts(), bare_line(), archive, Watchers())
    await minutes._on_caller(None, None, said(content))
    await minutes._on_agent(None, said(content))
    assert archive.turns == {}
    assert minutes.turns == 0


async def test_a_resumed_call_counts_on() -> None:
    archive = Archive()
    minutes = Minutes(facts(), bare_line(), archive, Watchers(), turns=3)
    await minutes._on_caller(None, None, said("And then?"))
    assert archive.turns[SID] == [Turn(4, caller="And then?")]


async def test_who_watches_is_told_all_of_it_and_the_latency() -> None:
    watchers = Watchers()
    with watchers.watching() as told:
        minutes = Minutes(facts(), bare_line(), Archive(), watchers)
        minutes.hear("Wh")
        await minutes._on_stamp(None, VADUserStoppedSpeakingFrame(stop_secs=0.2))
        await asyncio.sleep(0.3)
        await minutes._on_caller(None, None, said("When?"))
        data = TTFBMetricsData(processor="OpenAILLM#0", value=0.1)
        await minutes._on_stamp(None, MetricsFrame(data=[data]))
        await asyncio.sleep(0.2)
        await minutes._on_stamp(None, BotStartedSpeakingFrame())
        await minutes._on_agent(None, said("At eight."))
        minutes.failed("Deepgram answered 500")
        minutes.ended(COMPLETED)
        found = [await anext(told) for _ in range(7)]
    assert kinds(found) == [
        events.CallStarted,
        events.CallerSpeaking,
        events.CallerSaid,
        events.Replied,
        events.AgentSaid,
        events.Failed,
        events.CallEnded,
    ]
    replied = found[3]
    assert isinstance(replied, events.Replied)
    assert round(replied.latency.total) == 700
    assert round(replied.latency.thinking) == 100


def kinds(found: Iterable[Event]) -> list[type[Event]]:
    return [type(event) for event in found]


async def test_nobody_watching_costs_no_observer() -> None:
    watchers = Watchers()
    minutes = Minutes(facts(), bare_line(), Archive(), watchers)
    assert minutes.observers() == []
    with watchers.watching():
        assert len(minutes.observers()) == 1
