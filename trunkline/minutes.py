"""The minutes of a call: who said what, how long replies took, which tools ran, how it ended.

Fed by pipecat's own events; keeps one record a turn and tells whoever watches.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    MetricsFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.metrics.metrics import TTFBMetricsData
from pipecat.observers.base_observer import BaseObserver, FramePushed
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import LLMService

from processors.conversation import UserContext
from processors.frames import CallerStoppedFrame, PlayOnFrame, ReplyPlayedFrame, ReplySentFrame
from processors.llm_failover import LLMFailover
from processors.tool_once import Report
from trunkline import events
from trunkline.call import Call
from trunkline.costs.meter import Meter
from trunkline.events import Watchers
from trunkline.life import PROVISIONAL, Outcome
from trunkline.line import Line
from trunkline.records import Facts, ToolCall, Turn, with_result
from trunkline.redaction.discretion import Discretion
from trunkline.resuming.resumption import Unheard
from trunkline.resuming.snapshots import Snapshots
from trunkline.turn_ledger import TurnLedger
from trunkline.turn_times import TurnTimes
from trunkline.waterfall import pieces, waterfall

STAMPS = (
    *(MetricsFrame, PlayOnFrame, ReplyPlayedFrame, ReplySentFrame),
    *(VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame),
)
"""Frames that tell when something happened."""

LEAVE = 1.0
"""Seconds after the loss of a stream in which what was heard of it is still learned here."""


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
        turn: the last one that another process has seen of the call; None for a new one.
    """

    def __init__(
        self, facts: Facts, line: Line, keeper: Keeper, watchers: Watchers, turn: Turn | None = None
    ) -> None:
        self.turns = turn.index if turn else 0
        self.on_over_budget: Callable[[], None] = lambda: None
        """Called once, when the call has cost as much as it may."""
        self._facts = facts
        self._discretion = Discretion(keeper, line)
        self._keeper: Keeper = self._discretion
        self._meter: Meter | None = None
        self._watchers = watchers
        self._loop = asyncio.get_running_loop()
        self._ledger = TurnLedger()
        self._times = TurnTimes()
        self._turn = turn or Turn(index=0)
        self._snapshots: Snapshots | None = None
        self._call: Call | None = None
        self._hears_voice = False
        self._leaving: asyncio.TimerHandle | None = None
        self._earlier: list[Turn] = []
        """Turns with tools, of which one may still be running."""
        self._keeper.begin(facts, line)
        self._tell(events.CallStarted, line=line.name)

    def observers(self) -> list[BaseObserver]:
        """One observer while somebody watches, for words that nobody downstream needs; else none."""
        return [_Interim(self)] if self._watchers else []

    def listen(self, call: Call, worker: PipelineWorker) -> None:
        """Follow a pipeline."""
        self._times.recorder = call.recorder
        worker.set_reached_downstream_filter(STAMPS)
        worker.add_event_handler("on_frame_reached_downstream", self._on_stamp)
        if call.aggregators is not None:
            call.aggregators.user().add_event_handler("on_user_turn_started", self._on_caller_begins)
            call.aggregators.user().add_event_handler("on_user_turn_stopped", self._on_caller)
            call.aggregators.assistant().add_event_handler("on_assistant_turn_stopped", self._on_agent)
        call.deeds.on_end = self.tool_ended
        call.failed_over = self.failed_over
        self._follow_state(call)
        for stage in _stages(worker.pipeline):
            if isinstance(stage, LLMService | LLMFailover):
                stage.add_event_handler("on_function_calls_started", self._on_tools)

    def _follow_state(self, call: Call) -> None:
        """Keep what another process needs to go on, from now on and whenever it changes."""
        self._call = call
        self._discretion.data = call.data
        self._meter = Meter(call, self._keep_cost, lambda: self.on_over_budget())
        snapshots = Snapshots(call, self._keep_state, lambda: self._turn.tools)
        self._snapshots = snapshots
        call.deeds.on_commit = partial(snapshots.take, urgent=True)
        call.stream.on_words = self._words_changed
        call.floor.watch(self._floor_changed)
        if call.aggregators is not None and isinstance(user := call.aggregators.user(), UserContext):
            user.on_words = snapshots.changed

        def changed() -> None:
            if call.stage != self._turn.stage:
                self._turn = replace(self._turn, stage=call.stage)
                self._keeper.turn(self._facts.sid, self._turn)
            snapshots.changed()

        call.changed = changed
        snapshots.take(urgent=True)

    def _floor_changed(self) -> None:
        if self._call is not None and self._snapshots is not None:
            heard, self._hears_voice = self._hears_voice, self._call.floor.hears_voice
            if heard != self._hears_voice:
                self._snapshots.changed()

    def _words_changed(self) -> None:
        if self._call is not None and self._snapshots is not None:
            if self._call.owed:
                self._call.unheard(whole=True)  # which notices that it is being said
            self._snapshots.changed()

    def keep_state(self) -> None:
        """Note where the call stands: another process may be asked to go on with it at once."""
        if self._snapshots is not None:
            self._snapshots.take(urgent=True)

    def lost(self) -> None:
        """The stream is lost: soon another process may have the call."""
        self.keep_state()
        if self._snapshots is not None:
            self._leaving = self._loop.call_later(LEAVE, self._snapshots.pause)

    def here(self) -> None:
        """The call goes on here."""
        if self._leaving is not None:
            self._leaving.cancel()
        if self._snapshots is not None:
            self._snapshots.go_on()
        self.keep_state()

    def _keep_state(self, state: dict[str, Any], urgent: bool) -> None:
        spent = self._meter.kept() if self._meter is not None else {}
        self._keeper.note(self._facts.sid, urgent=urgent, state={**state, "spent": spent})

    def _keep_cost(self, cost: dict[str, float], usd: float, more: float) -> None:
        self._keeper.note(self._facts.sid, cost_usd=usd, cost=cost)
        self._tell(events.Spent, usd=usd, more=more)

    def _keep_turn(self, *, urgent: bool = False) -> None:
        """The turn and what stands in the context: together, so that nobody reads one without the other."""
        self._keeper.turn(self._facts.sid, self._turn)
        if self._snapshots is not None:
            self._snapshots.take(urgent=urgent)

    def recorded(self, recording: str | None) -> None:
        """Where the call's sound is kept; None where it is kept no more."""
        self._keeper.note(self._facts.sid, recording=recording)

    def failed(self, error: str) -> None:
        """A vendor or a stage failed; the error is one sentence without personal data."""
        self._tell(events.Failed, error=error)

    def failed_over(self, stage: str, to: str) -> None:
        """Another vendor stands in: in place of which stage's, and who."""
        self._tell(events.FailedOver, stage=stage, to=to)

    def decided(self, outcome: Outcome) -> None:
        """The call has an outcome; it is kept before the stream is closed, for Twilio asks at once."""
        if self._snapshots is not None and outcome.kind not in PROVISIONAL:
            self._snapshots.close()
        if self._meter is not None:
            self._meter.stop()
            self._meter.note()
        self._keeper.end(self._facts.sid, outcome)

    def tool_ended(self, report: Report) -> None:
        """What came of a tool with side effects: perhaps turns later, perhaps when the caller has gone."""
        for turn in (self._turn, *self._earlier):
            known = with_result(turn, report.tool_call_id, report.result)
            if known is not None:
                self._turn = known if turn is self._turn else self._turn
                self._earlier = [known if turn is earlier else earlier for earlier in self._earlier]
                self._keeper.turn(self._facts.sid, known)
        self.keep_state()

    def ended(self, outcome: Outcome) -> None:
        """Nothing more will be said."""
        self.keep_state()  # of a call that goes on elsewhere
        if self._snapshots is not None:
            self._snapshots.close()
        if self._meter is not None:
            self._meter.note()
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
                self._measured(frame)
            case ReplySentFrame():
                self._replied(frame)
            case ReplyPlayedFrame():
                self._played(frame.played_at)
            case VADUserStartedSpeakingFrame():
                now = self._loop.time()
                self._times.voice_began(now - frame.start_secs, now)
            case PlayOnFrame():
                self._tell(events.BargeInRefuted)

    def _measured(self, frame: MetricsFrame) -> None:
        for data in frame.data:
            if isinstance(data, TTFBMetricsData):
                self._first_byte(data.processor, data.value)
            elif self._meter is not None:
                self._meter.take(data)

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
        self._turn = self._times.replied(self._turn, frame.sent_at)
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

    async def _on_caller_begins(self, *_: object) -> None:
        self._times.turn_began(self._loop.time())

    async def _on_caller(self, _: object, __: object, message: Any) -> None:
        began = self._times.turn_ended()
        if not message.content:
            return
        self._ledger.decided(self._loop.time())
        self.turns += 1
        if self._call is not None:
            self._call.owed = Unheard()  # they have spoken into it
        if self._turn.tools:
            self._earlier.append(self._turn)
        self._turn = Turn(
            index=self.turns, caller=message.content, stage=self._turn.stage, caller_at_ms=began
        )
        self._keep_turn()
        self._tell(events.CallerSaid, text=message.content)

    async def _on_agent(self, _: object, message: Any) -> None:
        if not message.content:
            return
        said = f"{self._turn.agent} {message.content}".strip()
        self._turn = replace(self._turn, agent=said, interrupted=message.interrupted)
        self._keep_turn()
        self._tell(events.AgentSaid, text=message.content, interrupted=message.interrupted)
        if self._meter is not None:
            self._meter.note()

    async def _on_tools(self, _: object, calls: Any) -> None:
        self._ledger.tool(self._loop.time())
        for call in calls:
            tool = ToolCall(call.function_name, dict(call.arguments), call.tool_call_id)
            tool = self._times.called(tool, self._loop.time())
            self._turn = replace(self._turn, tools=(*self._turn.tools, tool))
            self._tell(events.ToolCalled, name=tool.name, arguments=tool.arguments)
        self._keep_turn(urgent=True)

    def _tell(self, kind: type[events.Event], **facts: Any) -> None:
        if self._watchers.wanted:
            event = kind(call=self._facts.sid, at=self._loop.time(), **facts)
            self._watchers.tell(self._discretion.event(event))


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
