"""Calls as OpenTelemetry spans: one a call, one a turn in it, and one a segment of the turn's waterfall.

Names are pipecat's and OpenTelemetry's where they have one. pipecat's own tracing is not used: it writes what
was said into its spans, and watches every packet of sound. Here is no word that was said, and no number.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from opentelemetry.trace import Span, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.util.types import AttributeValue

from trunkline import events
from trunkline.waterfall import Piece, Waterfall

NAMES = {"model": "llm", "voice": "tts"}
"""Segments that pipecat calls by another name."""

OPERATIONS = {"model": "chat", "tool": "execute_tool"}
"""OpenTelemetry's ``gen_ai.operation.name``."""

Attributes = dict[str, AttributeValue]


@dataclass(slots=True)
class _Turn:
    """What is known of a turn while it goes on. Times are the event loop's seconds."""

    number: int
    start: float
    end: float
    pieces: tuple[Piece, ...] = ()
    latency: Waterfall | None = None
    played: float | None = None
    tools: list[str] = field(default_factory=list)
    is_interrupted: bool = False


@dataclass(slots=True)
class _Call:
    span: Span
    turns: int = 0
    turn: _Turn | None = None


class Tracing:
    """Makes spans of events; handing them to a collector is the tracer's business.

    Args:
        tracer: makes spans.
        wall: the wall clock, seconds since 1970: what a collector goes by.
    """

    def __init__(self, tracer: Tracer, wall: Callable[[], float] = time.time) -> None:
        self._tracer = tracer
        self._calls: dict[str, _Call] = {}
        self._ahead = wall() - asyncio.get_running_loop().time()

    def tell(self, event: events.Event) -> None:
        """Something happened in a call of this process."""
        if isinstance(event, events.CallStarted):
            self._begin(event)
        call = self._calls.get(event.call)
        if call is None:
            return
        if isinstance(event, events.CallerSaid):
            self._turn(call, event)
        elif isinstance(event, events.CallEnded):
            self._end(call, event)
        elif isinstance(event, events.Failed):
            call.span.add_event("error", {"error.message": event.error}, self._nanoseconds(event.at))
        elif call.turn is not None:
            _note(call.turn, event)

    def _begin(self, event: events.CallStarted) -> None:
        attributes: Attributes = {
            "conversation.id": event.call,
            "conversation.type": "voice",
            "trunkline.line": event.line,
        }
        start = self._nanoseconds(event.at)
        self._calls[event.call] = _Call(
            self._tracer.start_span("conversation", attributes=attributes, start_time=start)
        )

    def _turn(self, call: _Call, event: events.CallerSaid) -> None:
        self._close_turn(call, event.call)
        call.turns += 1
        call.turn = _Turn(call.turns, event.at, event.at)

    def _end(self, call: _Call, event: events.CallEnded) -> None:
        self._close_turn(call, event.call)
        del self._calls[event.call]
        call.span.set_attributes({"trunkline.outcome": event.outcome, "trunkline.turns": call.turns})
        if event.outcome == "failed":
            call.span.set_status(Status(StatusCode.ERROR, event.reason))
        call.span.end(self._nanoseconds(event.at))

    def _close_turn(self, call: _Call, sid: str) -> None:
        """Write the turn down, with exact times: it is known in full only now."""
        turn, call.turn = call.turn, None
        if turn is None:
            return
        span = self._tracer.start_span(
            "turn",
            set_span_in_context(call.span),
            attributes=_attributes(turn, sid),
            start_time=self._nanoseconds(turn.start),
        )
        for piece in turn.pieces:
            self._piece(span, piece, turn)
        span.end(self._nanoseconds(turn.end))

    def _piece(self, turn: Span, piece: Piece, of: _Turn) -> None:
        attributes: Attributes = {"trunkline.segment": piece.segment}
        if piece.segment in OPERATIONS:
            attributes["gen_ai.operation.name"] = OPERATIONS[piece.segment]
        if piece.segment in ("model", "voice"):
            attributes["metrics.ttfb"] = piece.end - piece.start
        if piece.segment == "tool" and of.tools:
            attributes["gen_ai.tool.name"] = ", ".join(of.tools)
        name, start = NAMES.get(piece.segment, piece.segment), self._nanoseconds(piece.start)
        span = self._tracer.start_span(
            name, set_span_in_context(turn), attributes=attributes, start_time=start
        )
        span.end(self._nanoseconds(piece.end))

    def _nanoseconds(self, at: float) -> int:
        return round((at + self._ahead) * 1e9)


def _note(turn: _Turn, event: events.Event) -> None:
    turn.end = max(turn.end, event.at)
    match event:
        case events.Replied(latency=latency, pieces=pieces):
            turn.latency, turn.pieces = latency, pieces
            turn.start = min([turn.start, *(piece.start for piece in pieces)])
        case events.Played(played=played):
            turn.played = played
        case events.ToolCalled(name=name):
            turn.tools.append(name)
        case events.AgentSaid(interrupted=interrupted):
            turn.is_interrupted = turn.is_interrupted or interrupted


def _attributes(turn: _Turn, sid: str) -> Attributes:
    found: Attributes = {
        "conversation.id": sid,
        "turn.number": turn.number,
        "turn.type": "conversation",
        "turn.duration_seconds": turn.end - turn.start,
        "turn.was_interrupted": turn.is_interrupted,
    }
    if turn.latency is not None:
        found["turn.user_bot_latency_seconds"] = turn.latency.total / 1000
    if turn.played is not None:
        found["trunkline.played_seconds"] = turn.played / 1000
    return found
