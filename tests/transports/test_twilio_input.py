"""The input stage: stream events become frames, and a barge-in that travels upstream cuts the line."""

from typing import NamedTuple

import pytest
from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    EndFrame,
    Frame,
    InputDTMFFrame,
    InterruptionFrame,
    ProposedUserStartedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.utils.text.base_text_aggregator import TextType

from processors import g711
from processors.barge_in import BargeIn, first_sentence_protected, never, vad, words
from processors.frames import CallerAudioFrame, HeardTextFrame, PlayOnFrame, UninterruptibleSpeechFrame
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
        await stage.receive(Media(payload=mulaw, timestamp_ms=140))
        await stage.receive(Media(payload=b""))
        await stage.receive(Connected())
        (frame,) = bench.heard.of(CallerAudioFrame)
    assert (frame.mulaw, frame.audio) == (mulaw, g711.decode(mulaw))
    assert (frame.sample_rate, frame.num_channels, frame.timestamp_ms) == (8000, 1, 140)


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


VOICE, HUSH = VADUserStartedSpeakingFrame(), VADUserStoppedSpeakingFrame()
SPEECH = bytes([0x20]) * 40_000


class Listened(NamedTuple):
    """What the carrier was told while frames came from below."""

    events: list[str]
    quieter: bool
    held: bool


async def listened(policy: BargeIn, *frames: Frame) -> Listened:
    stream = TwilioStream()
    carrier = Playout(stream)
    async with Bench(TwilioInput(stream, policy)) as bench:
        stream.say(SPEECH)
        await bench.send(Up(BotStartedSpeakingFrame()), Wait(1), *map(Up, frames), Wait(0.1))
        quieter = carrier.media()[-1].data[:1] != SPEECH[:1]
        held = carrier.events()[-1] == "clear"
    stream.detach()
    return Listened(carrier.events(), quieter, held)


async def test_a_voice_ducks_the_agent_until_it_proves_to_be_nothing() -> None:
    heard = await listened(words(1), VOICE)
    assert heard.events.count("clear") == 1
    assert heard.quieter
    assert not heard.held
    again = await listened(words(1), VOICE, HUSH, PlayOnFrame())
    assert again.events.count("clear") == 2
    assert not again.quieter


async def test_a_voice_holds_the_agent_back_where_the_line_wants_it() -> None:
    hold = words(1, meanwhile="hold")
    assert (await listened(hold, VOICE)).held
    assert not (await listened(hold, VOICE, PlayOnFrame())).held


async def test_after_a_false_alarm_the_agent_is_not_held_back_again_but_ducked() -> None:
    hold = words(1, meanwhile="hold")
    heard = await listened(hold, VOICE, HUSH, PlayOnFrame(), VOICE)
    assert heard.quieter
    assert not heard.held


@pytest.mark.parametrize("policy", [vad, never, first_sentence_protected], ids=repr)
async def test_a_voice_changes_nothing_that_it_interrupts_at_once_or_not_at_all(policy: BargeIn) -> None:
    heard = await listened(policy, VOICE)
    assert "clear" not in heard.events


async def test_a_proposal_of_the_recogniser_is_a_voice_too() -> None:
    assert (await listened(words(1), ProposedUserStartedSpeakingFrame())).quieter


async def test_a_voice_that_goes_on_ducks_the_agent_when_its_first_sentence_is_over() -> None:
    over = HeardTextFrame("Yes.", TextType.SENTENCE)
    assert (await listened(first_sentence_protected, VOICE, over)).quieter
    assert not (await listened(first_sentence_protected, VOICE, HUSH, over)).quieter
    assert not (await listened(first_sentence_protected(then=vad), VOICE, over)).quieter


async def test_the_agent_is_loud_again_for_a_text_that_must_be_heard() -> None:
    must = UninterruptibleSpeechFrame(playing=True)
    heard = await listened(words(1), VOICE, must)
    assert not heard.quieter
    assert heard.events.count("clear") == 2
    assert "clear" not in (await listened(words(1), must, VOICE)).events


async def test_whether_the_caller_may_interrupt_is_known(stream: TwilioStream) -> None:
    stage = TwilioInput(stream, never)
    async with Bench(stage) as bench:
        assert stage.may_interrupt
        await bench.send(Up(BotStartedSpeakingFrame()))
        assert not stage.may_interrupt


async def test_who_is_on_hold_is_heard_by_nobody(stream: TwilioStream) -> None:
    stage = TwilioInput(stream)
    async with Bench(stage) as bench:
        stage.is_deaf = True
        await stage.receive(Media(payload=bytes(160), timestamp_ms=140))
        await stage.receive(Dtmf("1"))
        stage.is_deaf = False
        await stage.receive(Media(payload=bytes(160)))
        frames = bench.heard.of(CallerAudioFrame)
        assert [frame.mulaw for frame in frames] == [g711.SILENCE * 160, bytes(160)]
        assert frames[0].timestamp_ms == 140
        assert bench.heard.of(InputDTMFFrame) == []
