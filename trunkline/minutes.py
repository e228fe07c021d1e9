"""The minutes of a call: who said what, how long replies took, which tools ran, how it ended.

Fed by pipecat's own events; keeps one record a turn and tells whoever watches.
"""

import asyncio
from dataclasses import replace
from typing import Any, Protocol

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
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

from trunkline import events
from trunkline.call import Call
from trunkline.events import Latency, Watchers
from trunkline.life import Outcome
from trunkline.line import Line
from trunkline.records import Facts, ToolCall, Turn

STAMPS = (BotStartedSpeakingFrame, MetricsFrame, VADUserStoppedSpeakingFrame)
"""Frames that tell when something happened."""


class Keeper(Protocol):
    """Where minutes are kept. None of these waits."""

    def begin(self, facts: Facts, line: Line) -> None: ...
    def turn(self, sid: str, turn: Turn) -> None: ...
    def end(self, sid: str, outcome: Outcome) -> None: ...


class Stopwatch:
    """When the parts of one reply happened, on the event loop's clock (seconds)."""

    def __init__(self) -> None:
        self.caller_stopped: float | None = None
        self._decided: float | None = None
        self._model = 0.0
        self._voice = 0.0
        self._measured = True

    def turn_over(self, now: float) -> None:
        """The caller's turn is over; the next sound of the agent is its reply."""
        self._decided, self._model, self._voice = now, 0.0, 0.0
        self._measured = False

    def first_byte(self, stage: str, seconds: float) -> None:
        """A vendor's time to first byte: the model's, or (any other's) the voice's."""
        if "LLM" in stage:
            self._model += seconds
        elif "TTS" in stage and not self._voice:
            self._voice = seconds

    def reply(self, now: float) -> Latency | None:
        """The reply is audible; None when this turn has been measured already."""
        if self._measured or self._decided is None:
            return None
        self._measured = True
        stopped = self.caller_stopped
        if stopped is None or stopped > self._decided:
            stopped = self._decided
        return Latency(
            total=1000 * (now - stopped),
            listening=1000 * (self._decided - stopped),
            thinking=1000 * self._model,
            speaking=1000 * self._voice,
        )


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
        self._watch = Stopwatch()
        self._turn = Turn(index=turns)
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
        for stage in _stages(worker.pipeline):
            if isinstance(stage, LLMService):
                stage.add_event_handler("on_function_calls_started", self._on_tools)

    def failed(self, error: str) -> None:
        """A vendor or a stage failed; the error is one sentence without personal data."""
        self._tell(events.Failed, error=error)

    def decided(self, outcome: Outcome) -> None:
        """The call has an outcome; it is kept before the stream is closed, for Twilio asks at once."""
        self._keeper.end(self._facts.sid, outcome)

    def ended(self, outcome: Outcome) -> None:
        """Nothing more will be said."""
        self._tell(events.CallEnded, outcome=outcome.kind, reason=outcome.reason)

    def hear(self, text: str) -> None:
        """Words of the caller that may still change."""
        self._tell(events.CallerSpeaking, text=text)

    async def _on_stamp(self, _: object, frame: Frame) -> None:
        now = self._loop.time()
        if isinstance(frame, VADUserStoppedSpeakingFrame):
            self._watch.caller_stopped = now - frame.stop_secs
        elif isinstance(frame, MetricsFrame):
            for data in frame.data:
                if isinstance(data, TTFBMetricsData):
                    self._watch.first_byte(data.processor, data.value)
        elif (latency := self._watch.reply(now)) is not None:
            self._turn = replace(self._turn, latency=latency)
            self._tell(events.Replied, latency=latency)

    async def _on_caller(self, _: object, __: object, message: Any) -> None:
        if not message.content:
            return
        self._watch.turn_over(self._loop.time())
        self.turns += 1
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
        for call in calls:
            tool = ToolCall(call.function_name, dict(call.arguments))
            self._turn = replace(self._turn, tools=(*self._turn.tools, tool))
            self._tell(events.ToolCalled, name=tool.name, arguments=tool.arguments)
        self._keeper.turn(self._facts.sid, self._turn)

    def _tell(self, kind: type[events.Event], **facts: Any) -> None:
        if self._watchers:
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
