"""Spans of a call: nested, with exact times, and without a word of what was said."""

import asyncio
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from trunkline import events
from trunkline.tracing import Tracing
from trunkline.waterfall import Piece, Waterfall

EPOCH = 1_800_000_000.0
"""What the wall clock says when the loop's begins."""

PIECES = (
    Piece("vad", 2.0, 2.2),
    Piece("model", 2.2, 2.3),
    Piece("tool", 2.3, 2.7),
    Piece("model", 2.7, 2.8),
    Piece("voice", 2.8, 2.9),
)
LATENCY = Waterfall(vad=200, model=200, tool=400, voice=100)

CALL: Sequence[events.Event] = (
    events.CallStarted(call="CA1", at=1.0, line="desk"),
    events.AgentSaid(call="CA1", at=1.5, text="Hello.", interrupted=False),
    events.CallerSaid(call="CA1", at=2.2, text="My number is +14155550123."),
    events.ToolCalled(call="CA1", at=2.3, name="look_up", arguments={"number": "+14155550123"}),
    events.Replied(call="CA1", at=2.9, latency=LATENCY, pieces=PIECES),
    events.Played(call="CA1", at=3.5, played=25.0),
    events.AgentSaid(call="CA1", at=4.0, text="Your secret", interrupted=True),
    events.CallerSaid(call="CA1", at=5.0, text="Goodbye."),
    events.Failed(call="CA1", at=5.5, error="Deepgram answered 500"),
    events.CallEnded(call="CA1", at=6.0, outcome="failed", reason="Deepgram answered 500"),
)


async def traced(*told: events.Event) -> list[ReadableSpan]:
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracing = Tracing(provider.get_tracer("test"), lambda: EPOCH + asyncio.get_running_loop().time())
    for event in told:
        tracing.tell(event)
    return list(kept.get_finished_spans())


def times(span: ReadableSpan) -> tuple[float, float]:
    """On the loop's clock."""
    assert span.start_time is not None
    assert span.end_time is not None
    return round(span.start_time / 1e9 - EPOCH, 6), round(span.end_time / 1e9 - EPOCH, 6)


def named(spans: Sequence[ReadableSpan], name: str) -> list[ReadableSpan]:
    return [span for span in spans if span.name == name]


async def test_a_call_holds_its_turns_and_a_turn_its_segments() -> None:
    spans = await traced(*CALL)
    (call,) = named(spans, "conversation")
    first, second = named(spans, "turn")
    segments = [span for span in spans if span not in (call, first, second)]
    assert call.parent is None
    assert {span.parent and span.parent.span_id for span in (first, second)} == {call.context.span_id}
    assert {span.parent and span.parent.span_id for span in segments} == {first.context.span_id}
    assert len({span.context.trace_id for span in spans}) == 1
    assert [span.name for span in segments] == ["vad", "llm", "tool", "llm", "tts"]


async def test_the_times_are_those_of_the_waterfall() -> None:
    spans = await traced(*CALL)
    first, second = named(spans, "turn")
    assert times(named(spans, "conversation")[0]) == (1.0, 6.0)
    assert (times(first), times(second)) == ((2.0, 4.0), (5.0, 5.0))
    assert [times(span) for span in spans if span.attributes and "trunkline.segment" in span.attributes] == [
        (piece.start, piece.end) for piece in PIECES
    ]


async def test_spans_say_what_pipecat_s_say() -> None:
    spans = await traced(*CALL)
    turn = dict(named(spans, "turn")[0].attributes or {})
    assert turn == {
        "conversation.id": "CA1",
        "turn.number": 1,
        "turn.type": "conversation",
        "turn.duration_seconds": 2.0,
        "turn.was_interrupted": True,
        "turn.user_bot_latency_seconds": 0.9,
        "trunkline.played_seconds": 0.025,
    }
    (tool,) = named(spans, "tool")
    assert tool.attributes is not None
    assert tool.attributes["gen_ai.tool.name"] == "look_up"
    call = named(spans, "conversation")[0]
    assert call.attributes is not None
    assert (call.attributes["trunkline.line"], call.attributes["trunkline.outcome"]) == ("desk", "failed")
    assert call.status.status_code is StatusCode.ERROR
    assert [event.name for event in call.events] == ["error"]


async def test_no_word_that_was_said_and_no_number_is_in_a_span() -> None:
    written = "".join(span.to_json() for span in await traced(*CALL))
    assert not any(word in written for word in ("4155550123", "number is", "secret", "Goodbye", "Hello"))


async def test_a_call_that_is_not_known_is_left_alone() -> None:
    assert await traced(*CALL[2:]) == []


async def test_a_call_that_goes_well_has_no_error() -> None:
    (call,) = await traced(CALL[0], events.CallEnded(call="CA1", at=9.0, outcome="completed", reason=""))
    assert call.status.status_code is StatusCode.UNSET
