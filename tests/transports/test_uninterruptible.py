"""Texts that must be heard, at the output stage: they wait, they outlive an interruption, and are told of."""

from typing import TypeVar

import pytest
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InterruptionFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.utils.text.base_text_aggregator import TextType

from processors.frames import HeardTextFrame, UninterruptibleSpeechFrame
from tests.support import Bench, Wait
from tests.transports.playout import Playout
from tests.transports.test_twilio_output import reply, speech, texts
from transports.twilio_output import TwilioOutput
from transports.twilio_stream import TwilioStream

F = TypeVar("F", bound=Frame)


@pytest.fixture
async def stream() -> TwilioStream:
    return TwilioStream()


def must(frame: F) -> F:
    """To be heard to its end."""
    frame.interruptible = False
    return frame


def disclaimer(text: str, *seconds: float) -> list[Frame]:
    """The frames of a text of its own that must be heard."""
    sound = [must(speech(part, byte=0x30)) for part in seconds]
    frames = [TTSStartedFrame(), TTSTextFrame(text, TextType.SENTENCE), *sound, TTSStoppedFrame()]
    return [must(frame) for frame in frames]


def told(frames: list[Frame]) -> list[bool]:
    """When it was said that what is played must be heard, and when that it need not."""
    return [frame.playing for frame in frames if isinstance(frame, UninterruptibleSpeechFrame)]


async def test_a_text_that_must_be_heard_is_told_of_while_it_plays(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        await bench.send(*reply(("First.", 0.5)), *disclaimer("Mind this.", 0.5, 0.5), *reply(("Then.", 0.5)))
        await bench.send(Wait(0.4))
        assert told(bench.heard.up) == []
        await bench.send(Wait(0.2))
        assert told(bench.heard.up) == told(bench.heard.down) == [True]
        await bench.send(Wait(0.8))
        assert told(bench.heard.up) == [True]
        await bench.send(Wait(0.2))
        assert told(bench.heard.up) == told(bench.heard.down) == [True, False]
        await bench.send(Wait(1))
    assert texts(bench.heard.down) == ["First.", "Mind this.", "Then."]
    assert bytes(carrier.heard) == b"\x20" * 4000 + b"\x30" * 8000 + b"\x20" * 4000
    stream.detach()


async def test_a_text_that_must_be_heard_outlives_what_it_waits_for(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        await bench.send(*reply(("First.", 1)), *disclaimer("Mind this.", 0.5, 0.5), *reply(("Then.", 0.5)))
        await bench.send(Wait(0.5), InterruptionFrame(), Wait(2))
    assert texts(bench.heard.down)[-1] == "Mind this."
    assert "Then." not in texts(bench.heard.down)
    assert bytes(carrier.heard).count(0x30) == 8000
    assert bytes(carrier.heard).endswith(b"\x30")
    assert told(bench.heard.up) == [True, False]
    stream.detach()


async def test_what_follows_a_text_that_must_be_heard_waits_for_it(stream: TwilioStream) -> None:
    Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        await bench.send(*reply(("First.", 0.5)), *disclaimer("Mind this.", 1), EndFrame())
        ends = [type(frame) for frame in bench.heard.down]
    assert ends.index(EndFrame) > max(at for at, kind in enumerate(ends) if kind is HeardTextFrame)
    assert texts(bench.heard.down) == ["First.", "Mind this."]
    stream.detach()


async def test_a_stream_that_is_cut_all_the_same_says_so(
    stream: TwilioStream,
) -> None:
    Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        await bench.send(*disclaimer("Mind this.", 1), Wait(0.5), InterruptionFrame(), Wait(0.1))
        assert told(bench.heard.up) == [True, False]
    stream.detach()


async def test_what_was_heard_is_told_upstream_too(stream: TwilioStream) -> None:
    Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        await bench.send(*reply(("First.", 0.5), ("Then.", 0.5)), Wait(2))
    assert texts(bench.heard.up) == ["First.", "Then."]
    stream.detach()
