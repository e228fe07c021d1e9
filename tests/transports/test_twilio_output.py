"""The output stage: what the caller hears, and what the pipeline is told was heard."""

import asyncio

import pytest
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    EndFrame,
    Frame,
    FunctionCallResultFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    OutputAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.utils.text.base_text_aggregator import TextType

from processors import g711
from processors.frames import (
    HangUpFrame,
    HeardOutFrame,
    HeardTextFrame,
    ReplyPlayedFrame,
    ReplySentFrame,
    SpeechFrame,
)
from tests.support import Bench, StageError, Wait
from tests.transports.playout import Playout
from transports.twilio_output import PATIENCE, TwilioOutput
from transports.twilio_stream import TwilioStream

SECOND = 8000


def speech(seconds: float, byte: int = 0x20) -> SpeechFrame:
    mulaw = bytes([byte]) * int(seconds * SECOND)
    return SpeechFrame(mulaw)


def reply(*sentences: tuple[str, float]) -> list[Frame]:
    """The frames of a reply: each sentence ahead of its sound, then the ends."""
    frames: list[Frame] = [LLMFullResponseStartFrame(), TTSStartedFrame()]
    for text, seconds in sentences:
        frames += [TTSTextFrame(text, TextType.SENTENCE), speech(seconds)]
    return [*frames, TTSStoppedFrame(), LLMFullResponseEndFrame()]


def texts(frames: list[Frame]) -> list[str]:
    return [frame.text for frame in frames if isinstance(frame, HeardTextFrame)]


@pytest.fixture
async def stream() -> TwilioStream:
    return TwilioStream()


async def test_mulaw_goes_out_as_it_came(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        await bench.send(*reply(("Hello there.", 0.5)), Wait(1))
    assert bytes(carrier.heard) == bytes([0x20]) * 4000
    stream.detach()


async def test_pcm_of_any_service_is_encoded(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    pcm = g711.decode(bytes(range(128)) * 10)
    async with Bench(TwilioOutput(stream)) as bench:
        await bench.send(OutputAudioRawFrame(audio=pcm, sample_rate=8000, num_channels=1), Wait(1))
    assert g711.decode(bytes(carrier.heard)) == pcm
    stream.detach()


async def test_audio_at_another_rate_is_an_error_that_says_so(stream: TwilioStream) -> None:
    with pytest.raises(StageError, match="24000 Hz"):
        async with Bench(TwilioOutput(stream)) as bench:
            await bench.send(OutputAudioRawFrame(audio=b"\0\0", sample_rate=24000, num_channels=1))


async def test_words_go_on_when_they_were_heard_and_the_end_of_the_reply_behind_them(
    stream: TwilioStream,
) -> None:
    Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        out = await bench.send(*reply(("One two.", 1.0), ("Three four.", 1.0)), Wait(0.5))
        assert texts(out.down) == []
        await bench.send(Wait(0.6))
        assert texts(out.down) == ["One two."]
        assert not out.of(LLMFullResponseEndFrame)
        await bench.send(Wait(1.0))
        assert texts(out.down) == ["One two.", "Three four."]
        assert isinstance(out.down[-1], LLMFullResponseEndFrame)
    stream.detach()


async def test_bot_speaking_frames_follow_the_ledger(stream: TwilioStream) -> None:
    Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        out = await bench.send(*reply(("One two three.", 2.0)), Wait(0.01))
        assert len(out.of(BotStartedSpeakingFrame)) == len(out.up_of(BotStartedSpeakingFrame)) == 1
        await bench.send(Wait(1.9))
        assert not out.of(BotStoppedSpeakingFrame)
        await bench.send(Wait(0.2))
        assert len(out.of(BotStoppedSpeakingFrame)) == len(out.up_of(BotStoppedSpeakingFrame)) == 1
    stream.detach()


async def test_it_is_told_when_a_reply_goes_out_and_when_it_is_heard(stream: TwilioStream) -> None:
    Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        loop = asyncio.get_running_loop()
        for text in ("one two", "three"):
            began = loop.time()
            out = await bench.send(*reply((text, 0.5)), Wait(1))
            sent, played = out.of(ReplySentFrame)[-1], out.of(ReplyPlayedFrame)[-1]
            assert sent.voiced_at == pytest.approx(began, abs=0.005)
            assert sent.sent_at == pytest.approx(sent.voiced_at, abs=0.005)
            assert played.played_at == pytest.approx(began, abs=0.03)
        assert len(out.of(ReplySentFrame)) == len(out.of(ReplyPlayedFrame)) == 2
    stream.detach()


async def test_a_reply_that_is_cut_before_it_is_heard_is_sent_and_not_played(stream: TwilioStream) -> None:
    Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        out = await bench.send(*reply(("one two three", 2.0)), Wait(0.5))
        out = await bench.send(InterruptionFrame(), Wait(1))
    assert (len(out.of(ReplySentFrame)), len(out.of(ReplyPlayedFrame))) == (1, 0)
    stream.detach()


async def test_an_interruption_commits_the_words_that_were_heard_ahead_of_itself(
    stream: TwilioStream,
) -> None:
    carrier = Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        out = await bench.send(*reply(("one two three four five", 5.0)), Wait(2.0))
        await bench.send(InterruptionFrame())
        assert texts(out.down) == ["one two"]
        order = [type(f) for f in out.down if isinstance(f, (HeardTextFrame, InterruptionFrame))]
        assert order == [HeardTextFrame, InterruptionFrame]
        assert not out.of(LLMFullResponseEndFrame)
        await bench.send(Wait(6))
        assert not out.of(LLMFullResponseEndFrame)
    assert carrier.events()[-1] == "clear"
    stream.detach()


async def test_the_next_reply_is_heard_after_an_interruption(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        await bench.send(*reply(("one two three", 5.0)), Wait(1), InterruptionFrame(), Wait(1))
        carrier.heard.clear()
        out = await bench.send(*reply(("four", 0.5)), Wait(1))
    assert len(carrier.heard) == 4000
    assert texts(out.down)[-1] == "four"
    stream.detach()


async def test_tool_results_do_not_wait_for_the_sound(stream: TwilioStream) -> None:
    Playout(stream)
    result = FunctionCallResultFrame(function_name="f", tool_call_id="1", arguments={}, result="r")
    async with Bench(TwilioOutput(stream)) as bench:
        out = await bench.send(*reply(("One moment.", 2.0)), result)
        assert out.of(FunctionCallResultFrame)
    stream.detach()


async def test_a_hang_up_waits_for_the_last_word(stream: TwilioStream) -> None:
    Playout(stream)
    due: list[float] = []
    loop = asyncio.get_running_loop()
    output = TwilioOutput(stream, on_hang_up=lambda _: due.append(loop.time()))
    async with Bench(output) as bench:
        started = loop.time()
        await bench.send(*reply(("Goodbye.", 1.5)), HangUpFrame(), Wait(3))
    assert len(due) == 1
    assert due[0] - started == pytest.approx(1.5, abs=0.02)
    stream.detach()


async def test_a_barge_in_into_the_goodbye_keeps_the_call(stream: TwilioStream) -> None:
    Playout(stream)
    due: list[str] = []
    async with Bench(TwilioOutput(stream, on_hang_up=due.append)) as bench:
        await bench.send(*reply(("Goodbye.", 1.5)), HangUpFrame(), Wait(0.5), InterruptionFrame(), Wait(5))
    assert due == []
    stream.detach()


async def test_the_end_frame_waits_for_the_sound_and_survives_an_interruption(stream: TwilioStream) -> None:
    Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        for frame in reply(("Goodbye.", 3.0)):
            await bench.stage.queue_frame(frame)
        await bench.stage.queue_frame(EndFrame())
        await bench.send(Wait(1))
        assert not bench.heard.of(EndFrame)
        await bench.send(InterruptionFrame(), Wait(0.01))
        assert bench.heard.of(EndFrame)
    stream.detach()


async def test_lost_marks_delay_but_do_not_hold_for_ever(stream: TwilioStream) -> None:
    Playout(stream, returns_marks=False)
    async with Bench(TwilioOutput(stream)) as bench:
        out = await bench.send(*reply(("One two.", 1.0)), Wait(1.0 + PATIENCE / 2))
        assert texts(out.down) == []
        await bench.send(Wait(PATIENCE))
        assert texts(out.down) == ["One two."]
        assert out.of(LLMFullResponseEndFrame)
    stream.detach()


async def test_words_keep_their_context_flag(stream: TwilioStream) -> None:
    Playout(stream)
    aside = TTSTextFrame("Not for the record.", TextType.SENTENCE)
    aside.append_to_context = False
    async with Bench(TwilioOutput(stream)) as bench:
        out = await bench.send(TTSStartedFrame(), aside, speech(0.5), TTSStoppedFrame(), Wait(1))
    (heard,) = out.of(HeardTextFrame)
    assert heard.append_to_context is False
    stream.detach()


async def test_a_reply_that_is_held_back_is_not_over(stream: TwilioStream) -> None:
    Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        out = await bench.send(*reply(("One two.", 1.0), ("Three four.", 1.0)), Wait(1.5))
        stream.hold()
        await bench.send(Wait(30))
        assert texts(out.down) == ["One two."]
        assert not out.of(BotStoppedSpeakingFrame)
        assert not out.of(LLMFullResponseEndFrame)
        stream.play_on()
        await bench.send(Wait(2))
        assert texts(out.down) == ["One two.", "Three four."]
        assert isinstance(out.down[-1], LLMFullResponseEndFrame)
        assert len(out.of(BotStartedSpeakingFrame)) == len(out.of(BotStoppedSpeakingFrame)) == 1
    stream.detach()


async def test_what_the_voice_adds_to_a_held_reply_is_heard_behind_it(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        start, *rest = reply(("One two.", 1.0), ("Three four.", 1.0))
        out = await bench.send(start, *rest[:3], Wait(0.5))
        stream.hold()
        await bench.send(*rest[3:], Wait(5))
        assert texts(out.down) == []
        stream.play_on()
        await bench.send(Wait(3))
        assert texts(out.down) == ["One two.", "Three four."]
    assert len(carrier.played()) >= 2 * SECOND
    stream.detach()


async def test_ducking_changes_nothing_of_what_was_heard_when(stream: TwilioStream) -> None:
    Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        out = await bench.send(*reply(("One two.", 1.0), ("Three four.", 1.0)), Wait(0.3))
        stream.duck()
        await bench.send(Wait(0.4))
        stream.play_on()
        await bench.send(Wait(0.35))
        assert texts(out.down) == ["One two."]
        await bench.send(Wait(1))
        assert texts(out.down) == ["One two.", "Three four."]
        assert len(out.of(BotStartedSpeakingFrame)) == len(out.of(BotStoppedSpeakingFrame)) == 1
    stream.detach()


async def test_a_reply_that_ended_ducked_does_not_make_the_next_one_quiet(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        await bench.send(*reply(("One two.", 1.0)), Wait(0.5))
        stream.duck()
        await bench.send(Wait(1))
        await bench.send(*reply(("Three.", 0.5)), Wait(1))
    assert carrier.played()[-4000:] == bytes([0x20]) * 4000
    stream.detach()


async def test_a_barge_in_after_a_hold_commits_what_was_heard_before_it(stream: TwilioStream) -> None:
    Playout(stream)
    async with Bench(TwilioOutput(stream)) as bench:
        out = await bench.send(*reply(("one two three four five", 5.0)), Wait(2.0))
        stream.hold()
        await bench.send(Wait(3), InterruptionFrame())
        assert texts(out.down) == ["one two"]
        assert len(out.of(BotStoppedSpeakingFrame)) == 1
    stream.detach()


async def test_a_hang_up_waits_for_the_end_of_a_hold(stream: TwilioStream) -> None:
    Playout(stream)
    due: list[str] = []
    async with Bench(TwilioOutput(stream, on_hang_up=due.append)) as bench:
        await bench.send(*reply(("Goodbye.", 1.5)), HangUpFrame(), Wait(0.5))
        stream.hold()
        await bench.send(Wait(20))
        assert due == []
        stream.play_on()
        await bench.send(Wait(2))
        assert due == ["completed"]
    stream.detach()


@pytest.mark.parametrize("interrupted", [False, True])
async def test_somebody_is_called_when_all_was_heard(stream: TwilioStream, interrupted: bool) -> None:
    Playout(stream)
    due: list[float] = []
    loop = asyncio.get_running_loop()
    async with Bench(TwilioOutput(stream)) as bench:
        started = loop.time()
        frame = HeardOutFrame(lambda: due.append(loop.time() - started))
        await bench.send(*reply(("One moment.", 1.5)), frame, Wait(0.5))
        await bench.send(*([InterruptionFrame()] if interrupted else []), Wait(3))
        assert bench.heard.of(HeardOutFrame) == []
    assert due == ([] if interrupted else [pytest.approx(1.5, abs=0.02)])
    stream.detach()
