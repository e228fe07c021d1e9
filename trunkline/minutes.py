"""The minutes of a call: who said what, how long replies took, which tools ran, how it ended.

Fed by pipecat's own events; keeps one record a turn and tells whoever watches.
"""

import asyncio
from dataclasses import replace
from typing import Any, Protocol

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    MetricsFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.metrics.metrics import TTFBMetricsData
from pipecat.observers.base_observer import BaseObserver, FramePushed
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import LLMService

from processors.frames import CallerStoppedFrame, PlayOnFrame, ReplyPlayedFrame, ReplySentFrame
from processors.tool_once import Report
from trunkline import events
from trunkline.call import Call
from trunkline.events import Watchers
from trunkline.life import Outcome
from trunkline.line import Line
from trunkline.records import Facts, ToolCall, Turn, with_result
from trunkline.turn_ledger import TurnLedger
from trunkline.waterfall import pieces, waterfall

STAMPS = (MetricsFrame, PlayOnFrame, ReplyPlayedFrame, ReplySentFrame, VADUserStoppedSpeakingFrame)
"""Frames that tell when something happened."""


class Keeper(Protocol):
    """Where minutes are kept. None of these waits."""

    def begin(self, facts: Facts, line: Line) -> None: ...
    def turn(self, sid: str, turn: Turn) -> None: ...
    def note(self, sid: str, *, urgent: bool = False, **columns: Any) -> None: ...
    def end(self, sid: str, outcome: Outcome) -> None: ...


class Minutes:
    """Of one call.

    Args:
        facts: what Twilio says of the call.
        line: the line that answers it.
        keeper: keeps a record a turn.
        watchers: told as it happens.
        turns: turns that an earlier stream of the call has seen.
    """

    def __init__(self, facts: Facts, line: Line, keeper: Keeper, watchers: Watchers, turns: int = 0) -> None:
        self.turns = turns
        self._facts = facts
        self._keeper = keeper
        self._watchers = watchers
        self._loop = asyncio.get_running_loop()
        self._ledger = TurnLedger()
        self._turn = Turn(index=turns)
        self._earlier: list[Turn] = []
        """Turns with tools, of which one may still be running."""
        keeper.begin(facts, line)
        self._tell(events.CallStarted, line=line.name)

    def observers(self) -> list[BaseObserver]:
        """One observer while somebody watches, for words that nobody downstream needs; else none."""
        return [_Interim(self)] if self._watchers else []

    def listen(self, call: Call, worker: PipelineWorker) -> None:
        """Follow a pipeline."""
        worker.set_reached_downstream_filter(STAMPS)
        worker.add_event_handler("on_frame_reached_downstream", self._on_stamp)
        if call.aggregators is not None:
            call.aggregators.user().add_event_handler("on_user_turn_stopped", self._on_caller)
            call.aggregators.assistant().add_event_handler("on_assistant_turn_stopped", self._on_agent)
        call.deeds.on_end = self.tool_ended
        for stage in _stages(worker.pipeline):
            if isinstance(stage, LLMService):
                stage.add_event_handler("on_function_calls_started", self._on_tools)

    def failed(self, error: str) -> None:
        """A vendor or a stage failed; the error is one sentence without personal data."""
        self._tell(events.Failed, error=error)

    def decided(self, outcome: Outcome) -> None:
        """The call has an outcome; it is kept before the stream is closed, for Twilio asks at once."""
        self._keeper.end(self._facts.sid, outcome)

    def tool_ended(self, report: Report) -> None:
        """What came of a tool with side effects: perhaps turns later, perhaps when the caller has gone."""
        for turn in (self._turn, *self._earlier):
            known = with_result(turn, report.tool_call_id, report.result)
            if known is not None:
                self._turn = known if turn is self._turn else self._turn
                self._earlier = [known if turn is earlier else earlier for earlier in self._earlier]
                self._keeper.turn(self._facts.sid, known)

    def ended(self, outcome: Outcome) -> None:
        """Nothing more will be said."""
        self._tell(events.CallEnded, outcome=outcome.kind, reason=outcome.reason)

    def hear(self, text: str) -> None:
        """Words of the caller that may still change."""
        self._tell(events.CallerSpeaking, text=text)

    async def _on_stamp(self, _: object, frame: Frame) -> None:
        match frame:
            case CallerStoppedFrame():
                self._ledger.caller_stopped(frame.ended_at, frame.arrived_at, frame.noticed_at)
            case VADUserStoppedSpeakingFrame():  # another VAD's: all it knows is how long it waited
                now = self._loop.time()
                self._ledger.caller_stopped(now - frame.stop_secs, now - frame.stop_secs, now)
            case MetricsFrame():
                for data in frame.data:
                    if isinstance(data, TTFBMetricsData):
                        self._first_byte(data.processor, data.value)
            case ReplySentFrame():
                self._replied(frame)
            case ReplyPlayedFrame():
                self._played(frame.played_at)
            case PlayOnFrame():
                self._tell(events.BargeInRefuted)

    def _first_byte(self, stage: str, seconds: float) -> None:
        """A vendor's first byte is here, so many seconds after it was asked for."""
        now = self._loop.time()
        if "STT" in stage:
            self._ledger.words(now)
        elif "LLM" in stage:
            self._ledger.model(now - seconds, now)
        elif "TTS" in stage:
            self._ledger.voice(now - seconds)

    def _replied(self, frame: ReplySentFrame) -> None:
        stamps = self._ledger.sent(frame.voiced_at, frame.sent_at)
        if stamps is not None:
            latency = waterfall(stamps)
            self._turn = replace(self._turn, latency=latency)
            self._tell(events.Replied, latency=latency, pieces=pieces(stamps))

    def _played(self, at: float) -> None:
        seconds = self._ledger.played(at)
        if seconds is not None and self._turn.latency is not None:
            self._turn = replace(self._turn, latency=replace(self._turn.latency, played=1000 * seconds))
            self._keeper.turn(self._facts.sid, self._turn)
            self._tell(events.Played, played=1000 * seconds)

    async def _on_caller(self, _: object, __: object, message: Any) -> None:
        if not message.content:
            return
        self._ledger.decided(self._loop.time())
        self.turns += 1
        if self._turn.tools:
            self._earlier.append(self._turn)
        self._turn = Turn(index=self.turns, caller=message.content)
        self._keeper.turn(self._facts.sid, self._turn)
        self._tell(events.CallerSaid, text=message.content)

    async def _on_agent(self, _: object, message: Any) -> None:
        if not message.content:
            return
        said = f"{self._turn.agent} {message.content}".strip()
        self._turn = replace(self._turn, agent=said, interrupted=message.interrupted)
        self._keeper.turn(self._facts.sid, self._turn)
        self._tell(events.AgentSaid, text=message.content, interrupted=message.interrupted)

    async def _on_tools(self, _: object, calls: Any) -> None:
        self._ledger.tool(self._loop.time())
        for call in calls:
            tool = ToolCall(call.function_name, dict(call.arguments), call.tool_call_id)
            self._turn = replace(self._turn, tools=(*self._turn.tools, tool))
            self._tell(events.ToolCalled, name=tool.name, arguments=tool.arguments)
        self._keeper.turn(self._facts.sid, self._turn)

    def _tell(self, kind: type[events.Event], **facts: Any) -> None:
        if self._watchers.wanted:
            self._watchers.tell(kind(call=self._facts.sid, at=self._loop.time(), **facts))


class _Interim(BaseObserver):
    """Sees interim words where they leave the recogniser; the aggregator keeps them to itself."""

    def __init__(self, minutes: Minutes) -> None:
        super().__init__()
        self._minutes = minutes
        self._seen = 0

    async def on_push_frame(self, data: FramePushed) -> None:
        if isinstance(data.frame, InterimTranscriptionFrame) and data.frame.id != self._seen:
            self._seen = data.frame.id
            self._minutes.hear(data.frame.text)


def _stages(pipeline: FrameProcessor) -> list[FrameProcessor]:
    """Every stage, those inside nested pipelines too."""
    found = []
    for stage in pipeline.processors:
        found += [stage, *_stages(stage)]
    return found
