"""The input stage: stream events become frames, and a barge-in that travels upstream cuts the line."""

import pytest
from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import EndFrame, InputDTMFFrame, InterruptionFrame

from processors import g711
from processors.frames import CallerAudioFrame
from tests.support import Bench, Up, Wait
from tests.transports.playout import Playout
from transports.media_streams import Connected, Dtmf, Mark, Media
from transports.twilio_input import TwilioInput
from transports.twilio_stream import TwilioStream


@pytest.fixture
async def stream() -> TwilioStream:
    return TwilioStream()


async def test_sound_goes_on_in_both_forms(stream: TwilioStream) -> None:
    mulaw = bytes(range(160))
    stage = TwilioInput(stream)
    async with Bench(stage) as bench:
        await stage.receive(Media(payload=mulaw))
        await stage.receive(Media(payload=b""))
        await stage.receive(Connected())
        (frame,) = bench.heard.of(CallerAudioFrame)
    assert (frame.mulaw, frame.audio) == (mulaw, g711.decode(mulaw))
    assert (frame.sample_rate, frame.num_channels) == (8000, 1)


async def test_keys_are_dtmf_frames(stream: TwilioStream) -> None:
    stage = TwilioInput(stream)
    async with Bench(stage) as bench:
        for digit in "1#*":
            await stage.receive(Dtmf(digit))
        keys = [frame.button for frame in bench.heard.of(InputDTMFFrame)]
    assert keys == [KeypadEntry.ONE, KeypadEntry.POUND, KeypadEntry.STAR]


async def test_a_key_that_no_phone_has_harms_nobody(stream: TwilioStream) -> None:
    stage = TwilioInput(stream)
    async with Bench(stage) as bench:
        await stage.receive(Dtmf("A"))
        await stage.receive(Dtmf("5"))
        assert [frame.button for frame in bench.heard.of(InputDTMFFrame)][-1] is KeypadEntry.FIVE


async def test_an_interruption_from_below_cuts_the_line_at_once(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    async with Bench(TwilioInput(stream)) as bench:
        stream.say(bytes([0x20]) * 40_000)
        await bench.send(Wait(1), Up(InterruptionFrame()))
        assert carrier.events()[-1] == "clear"
        assert bench.heard.up_of(InterruptionFrame)
    stream.detach()


async def test_a_mark_reaches_the_ledger(stream: TwilioStream) -> None:
    Playout(stream, returns_marks=False)
    stage = TwilioInput(stream)
    async with Bench(stage) as bench:
        stream.say(bytes([0x20]) * 800)
        stream.mark()
        await bench.send(Wait(0.1))
        await stage.receive(Mark("0.1"))
    assert stream.playback.silent()
    stream.detach()


async def test_control_frames_pass(stream: TwilioStream) -> None:
    async with Bench(TwilioInput(stream)) as bench:
        out = await bench.send(EndFrame())
    assert out.of(EndFrame)
