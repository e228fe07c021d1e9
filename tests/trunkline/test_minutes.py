"""The minutes of a call: a record a turn, and word of everything to whoever watches."""

import asyncio
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from pipecat.frames.frames import MetricsFrame, VADUserStoppedSpeakingFrame
from pipecat.metrics.metrics import TTFBMetricsData

from processors.frames import CallerStoppedFrame, PlayOnFrame, ReplyPlayedFrame, ReplySentFrame
from tests.trunkline.office import Archive, bare_line, facts
from trunkline import events
from trunkline.events import Event, Watchers
from trunkline.life import COMPLETED
from trunkline.minutes import Minutes
from trunkline.records import ToolCall, Turn

SID = facts().sid


def said(content: str, *, interrupted: bool = False) -> Any:
    """What pipecat's turn events carry."""
    return SimpleNamespace(content=content, interrupted=interrupted)


async def test_each_turn_is_kept_as_it_grows() -> None:
    archive = Archive()
    minutes = Minutes(facts(), bare_line(), archive, Watchers())
    await minutes._on_agent(None, said("Hi."))
    await minutes._on_caller(None, None, said("When?"))
    await minutes._on_tools(
        None, [SimpleNamespace(function_name="look_up", arguments={"a": 1}, tool_call_id="call_1")]
    )
    await minutes._on_agent(None, said("At"))
    await minutes._on_agent(None, said("eight.", interrupted=True))
    minutes.decided(COMPLETED)
    look_up = (ToolCall("look_up", {"a": 1}, "call_1"),)
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
    minutes = Minutes(facts(), bare_line(), archive, Watchers(), Turn(index=3))
    await minutes._on_caller(None, None, said("And then?"))
    assert archive.turns[SID] == [Turn(4, caller="And then?")]


def first_byte(stage: str, seconds: float) -> MetricsFrame:
    return MetricsFrame(data=[TTFBMetricsData(processor=stage, value=seconds)])


async def reply(minutes: Minutes) -> None:
    """A caller stops speaking, and hears the answer."""
    loop = asyncio.get_running_loop()
    ended = loop.time()
    await asyncio.sleep(0.2)
    stopped = CallerStoppedFrame(ended_at=ended, arrived_at=ended + 0.01, noticed_at=loop.time())
    await minutes._on_stamp(None, stopped)
    await asyncio.sleep(0.1)
    await minutes._on_stamp(None, first_byte("DeepgramSTT#0", 0.3))
    await minutes._on_caller(None, None, said("When?"))
    await asyncio.sleep(0.15)
    await minutes._on_stamp(None, first_byte("OpenAILLM#0", 0.14))
    await asyncio.sleep(0.12)
    await minutes._on_stamp(None, first_byte("AuraTTS#0", 0.08))
    await minutes._on_stamp(None, ReplySentFrame(voiced_at=loop.time(), sent_at=loop.time()))
    await asyncio.sleep(0.5)
    await minutes._on_stamp(None, ReplyPlayedFrame(played_at=loop.time() - 0.475))


EXPECTED = {"carrier": 10, "vad": 190, "stt": 100, "queue": 10, "model": 140, "sentence": 40, "voice": 80}


async def test_who_watches_is_told_all_of_it_and_the_latency() -> None:
    watchers = Watchers()
    with watchers.watching() as told:
        minutes = Minutes(facts(), bare_line(), Archive(), watchers)
        minutes.hear("Wh")
        await reply(minutes)
        await minutes._on_stamp(None, PlayOnFrame())
        await minutes._on_agent(None, said("At eight."))
        minutes.failed("Deepgram answered 500")
        minutes.ended(COMPLETED)
        found = [await anext(told) for _ in range(9)]
    assert kinds(found) == [
        events.CallStarted,
        events.CallerSpeaking,
        events.CallerSaid,
        events.Replied,
        events.Played,
        events.BargeInRefuted,
        events.AgentSaid,
        events.Failed,
        events.CallEnded,
    ]
    replied, played = found[3:5]
    assert isinstance(replied, events.Replied)
    assert isinstance(played, events.Played)
    assert {name: round(ms) for name, ms in replied.latency.parts().items() if round(ms)} == EXPECTED
    assert [piece.segment for piece in replied.pieces] == list(EXPECTED)
    assert round(played.played) == 25


async def test_the_latency_is_kept_with_the_turn_and_with_it_when_it_was_played() -> None:
    archive = Archive()
    minutes = Minutes(facts(), bare_line(), archive, Watchers())
    await reply(minutes)
    kept = archive.turns[SID][-1]
    assert kept.latency is not None
    assert (round(kept.latency.total), round(kept.latency.played or 0)) == (570, 25)


async def test_another_vad_s_end_of_speech_is_as_long_ago_as_it_waited() -> None:
    archive, loop = Archive(), asyncio.get_running_loop()
    minutes = Minutes(facts(), bare_line(), archive, Watchers())
    await asyncio.sleep(1)
    await minutes._on_stamp(None, VADUserStoppedSpeakingFrame(stop_secs=0.2))
    await minutes._on_caller(None, None, said("When?"))
    await asyncio.sleep(0.3)
    await minutes._on_stamp(None, ReplySentFrame(voiced_at=loop.time(), sent_at=loop.time()))
    await minutes._on_agent(None, said("At eight."))
    latency = archive.turns[SID][-1].latency
    assert latency is not None
    assert {name: round(ms) for name, ms in latency.parts().items() if ms} == {"vad": 200, "sentence": 300}


async def test_a_greeting_is_no_reply() -> None:
    archive = Archive()
    minutes = Minutes(facts(), bare_line(), archive, Watchers())
    await minutes._on_stamp(None, ReplySentFrame(voiced_at=0.0, sent_at=0.0))
    await minutes._on_stamp(None, ReplyPlayedFrame(played_at=0.1))
    await minutes._on_agent(None, said("Hi."))
    assert archive.turns[SID] == [Turn(0, agent="Hi.")]


def kinds(found: Iterable[Event]) -> list[type[Event]]:
    return [type(event) for event in found]


async def test_nobody_watching_costs_no_observer() -> None:
    watchers = Watchers()
    minutes = Minutes(facts(), bare_line(), Archive(), watchers)
    assert minutes.observers() == []
    with watchers.watching():
        assert len(minutes.observers()) == 1
