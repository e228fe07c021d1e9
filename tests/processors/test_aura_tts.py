"""The stage speaks in order, and an interruption is final."""

import asyncio

import pytest
from pipecat.frames.frames import (
    CancelFrame,
    EagerEndOfTurnCancelFrame,
    EndFrame,
    Frame,
    FunctionCallResultFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    MetricsFrame,
    OutputTransportMessageFrame,
    TextFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSTextFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.metrics.metrics import TTFBMetricsData
from pipecat.utils.text.base_text_aggregator import TextType

from processors import g711
from processors.aura_tts import AuraTTS
from processors.frames import HangUpFrame, SpeechFrame
from processors.speculation import MARK, Speculation, Verdict
from tests.speaking import audible, outline, reply, sentence, speaking
from tests.support import Up, Wait
from trunkline.sandbox.speak import Pace, SpeakEmulator
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.voice import ScriptedVoice

LONG = "This is a rather long sentence, for there must be time to cut it."
SLOW = Pace(speed=1)
VOICE = ScriptedVoice()

OBSTINATE = {
    "as it should be": SpeakFault(),
    "before Cleared": SpeakFault(linger_ms=200),
    "long before Cleared": SpeakFault(linger_ms=2000),
    "after Cleared": SpeakFault(haunt_ms=100),
    "long after Cleared": SpeakFault(haunt_ms=3000),
    "before and after Cleared": SpeakFault(linger_ms=100, haunt_ms=500),
    "never Cleared": SpeakFault(never_cleared=True),
    "never Cleared, never stopped": SpeakFault(never_cleared=True, linger_ms=3000),
    "not reading": SpeakFault(stall_reading_s=2.0),
}
"""What a vendor may do with old audio."""

STATES = {"well": SpeakFault(), "silent": SpeakFault(silent=True), "refusing": SpeakFault(refuse=503)}


async def test_a_reply_is_announced_and_heard_sentence_by_sentence() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        out = await bench.send(*reply("Good morning.", "How can I help?"), Wait(2))
        assert outline(out.down) == [
            "LLMFullResponseStartFrame",
            "TTSStartedFrame",
            "Good morning.",
            "~Good morning.",
            "How can I help?",
            "~How can I help?",
            "TTSStoppedFrame",
            "LLMFullResponseEndFrame",
        ]
        assert all(text.text_type == TextType.SENTENCE for text in out.of(TTSTextFrame))


async def test_audio_is_the_vendors_with_pcm_beside_it() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        out = await bench.send(*reply(LONG), Wait(2))
        for frame in out.of(SpeechFrame):
            assert frame.audio == g711.decode(frame.mulaw)
            assert (frame.sample_rate, frame.num_channels) == (8000, 1)
        assert b"".join(frame.mulaw for frame in out.of(SpeechFrame)) == VOICE.say(LONG)


async def test_audio_that_piles_up_is_pushed_in_frames_of_500_ms() -> None:
    async with speaking(SpeakEmulator(VOICE), cached={LONG: VOICE.say(LONG)}) as bench:
        out = await bench.send(*reply(LONG))
        sizes = [len(frame.mulaw) for frame in out.of(SpeechFrame)]
        assert set(sizes[:-1]) == {4000}
        assert audible(out.down) == LONG


async def test_the_next_sentence_is_sent_while_the_one_before_is_coming() -> None:
    emulator = SpeakEmulator(VOICE, pace=SLOW)
    async with speaking(emulator) as bench:
        await bench.send(LLMFullResponseStartFrame(), sentence(LONG), Wait(1), sentence("And more."))
        assert [request.text for request in emulator.spoken] == [LONG, "And more."]
        assert len(audible(bench.heard.down)) < len(LONG)
        out = await bench.send(LLMFullResponseEndFrame(), Wait(6))
        assert audible(out.down) == LONG + "And more."


async def test_the_socket_is_open_before_it_is_needed() -> None:
    emulator = SpeakEmulator(VOICE)
    async with speaking(emulator) as bench:
        await bench.send(Wait(0.1))
        assert emulator.open_sockets == 1
    await asyncio.sleep(0.1)
    assert emulator.open_sockets == 0


async def test_a_text_of_its_own_is_committed_when_it_was_said() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        out = await bench.send(TTSSpeakFrame("One moment."), Wait(2))
        expected = ["TTSStartedFrame", "One moment.", "~One moment.", "TTSStoppedFrame"]
        assert outline(out.down) == [*expected, "LLMAssistantPushAggregationFrame"]


async def test_a_text_that_the_context_does_not_take_says_so() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        speak = TTSSpeakFrame("Hello?", append_to_context=False)
        out = await bench.send(speak, Wait(2))
        assert outline(out.down) == ["TTSStartedFrame", "Hello?", "~Hello?", "TTSStoppedFrame"]
        assert not out.of(TTSTextFrame)[0].append_to_context
        assert not out.of(TTSStartedFrame)[0].append_to_context


async def test_a_text_within_a_reply_is_committed_with_it() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        start, first, end = reply("First.")
        out = await bench.send(start, first, TTSSpeakFrame("Second."), sentence("Third."), end, Wait(2))
        assert outline(out.down)[1:] == [
            "TTSStartedFrame",
            *("First.", "~First.", "Second.", "~Second.", "Third.", "~Third."),
            "TTSStoppedFrame",
            "LLMFullResponseEndFrame",
        ]


async def test_without_a_splitter_a_reply_is_spoken_at_its_end() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        start, end = reply()
        pieces = [LLMTextFrame("Good "), LLMTextFrame("morn"), LLMTextFrame("ing.")]
        out = await bench.send(start, *pieces, Wait(1))
        assert audible(out.down) == ""
        out = await bench.send(end, Wait(1))
        assert outline(out.down)[2:4] == ["Good morning.", "~Good morning."]


async def test_behind_a_splitter_nothing_is_spoken_twice() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        start, said, end = reply("Good morning.")
        out = await bench.send(start, LLMTextFrame("Good morning."), said, end, Wait(1))
        assert audible(out.down) == "Good morning."


async def test_a_text_outside_of_any_reply_is_spoken() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        out = await bench.send(TextFrame("Welcome."), Wait(1), sentence("Hello."), Wait(1))
        expected = [
            ("TTSStartedFrame", text, f"~{text}", "TTSStoppedFrame") for text in ("Welcome.", "Hello.")
        ]
        assert outline(out.down) == [*expected[0], *expected[1]]


async def test_what_is_not_to_be_spoken_passes_in_its_place() -> None:
    emulator = SpeakEmulator(VOICE)
    async with speaking(emulator) as bench:
        silent = sentence("(a list)")
        silent.skip_tts = True
        start, first, last, end = reply("First.", "Last.")
        transcript = TranscriptionFrame("what they said", "caller", "now")
        out = await bench.send(start, first, silent, transcript, last, end, Wait(2))
        assert outline(out.down)[3:7] == ["~First.", "AggregatedTextFrame", "TranscriptionFrame", "Last."]
        assert [request.text for request in emulator.spoken] == ["First.", "Last."]


@pytest.mark.parametrize("text", ["", "  ", "...", " — "])
async def test_what_has_no_words_is_not_spoken(text: str) -> None:
    emulator = SpeakEmulator(VOICE)
    async with speaking(emulator) as bench:
        out = await bench.send(*reply(text), Wait(5))
        assert outline(out.down) == ["LLMFullResponseStartFrame", "LLMFullResponseEndFrame"]
        assert not emulator.spoken


async def test_every_frame_keeps_its_place_behind_the_audio_before_it() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        start, first, last, end = reply("First.", "Last.")
        message = OutputTransportMessageFrame(message={})
        out = await bench.send(start, first, message, last, end, HangUpFrame(), EndFrame())
        assert outline(out.down)[3:] == [
            *("~First.", "OutputTransportMessageFrame", "Last.", "~Last."),
            *("TTSStoppedFrame", "LLMFullResponseEndFrame", "HangUpFrame", "EndFrame"),
        ]


async def test_system_frames_and_upstream_frames_pass_at_once() -> None:
    async with speaking(SpeakEmulator(VOICE, pace=SLOW)) as bench:
        await bench.send(*reply(LONG), Wait(1))
        out = await bench.send(UserStartedSpeakingFrame(), Up(LLMTextFrame("up")))
        assert outline(out.down)[-1] == "UserStartedSpeakingFrame"
        assert [frame.text for frame in out.up_of(LLMTextFrame)] == ["up"]


async def test_an_interruption_is_final() -> None:
    emulator = SpeakEmulator(VOICE)
    async with speaking(emulator) as bench:
        out = await bench.send(*reply(LONG, "Never heard."), Wait(0.3), InterruptionFrame(), Wait(5))
        assert outline(out.down)[-1] == "InterruptionFrame"
        assert LONG.startswith(audible(out.down))
        out = await bench.send(*reply("All right."), Wait(2))
        after = outline(out.down)[outline(out.down).index("InterruptionFrame") + 1 :]
        assert after == [
            *("LLMFullResponseStartFrame", "TTSStartedFrame", "All right.", "~All right."),
            *("TTSStoppedFrame", "LLMFullResponseEndFrame"),
        ]
    assert [request.type for request in emulator.requests].count("Clear") == 1
    assert emulator.connections == 1


@pytest.mark.parametrize("pause", [0, 0.1, 0.5])
@pytest.mark.parametrize("name", OBSTINATE)
async def test_nothing_of_what_was_cut_is_heard_whatever_the_vendor_does(name: str, pause: float) -> None:
    emulator = SpeakEmulator(VOICE, faults=[OBSTINATE[name]])
    async with speaking(emulator) as bench:
        await bench.send(*reply(LONG, LONG), Wait(0.3))
        before = len(bench.heard.down)
        out = await bench.send(InterruptionFrame(), Wait(pause), *reply("New."), Wait(4))
        assert audible(out.down[before:]) == "New."


async def test_a_new_reply_does_not_wait_long_for_a_vendor_that_does_not_clear() -> None:
    emulator = SpeakEmulator(VOICE, faults=[SpeakFault(never_cleared=True)])
    async with speaking(emulator) as bench:
        await bench.send(*reply(LONG), Wait(0.3), InterruptionFrame(), *reply("New."))
        await bench.send(Wait(0.4 + 0.08 + 0.05))
        assert audible(bench.heard.down)[-4:-2] == "Ne"


async def test_a_vendor_that_does_not_clear_is_left_before_the_next_reply() -> None:
    emulator = SpeakEmulator(VOICE, faults=[SpeakFault(never_cleared=True)])
    async with speaking(emulator) as bench:
        await bench.send(*reply(LONG), Wait(0.3), InterruptionFrame(), Wait(1.5))
        assert (emulator.connections, emulator.open_sockets) == (2, 1)


async def test_an_interruption_right_behind_the_text_is_final_too() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        start, said, _ = reply("Old.")
        await bench.send(start)
        # All in one go: the interruption, a system frame, overtakes the sentence that was sent before it.
        for frame in (said, InterruptionFrame()):
            await bench.stage.queue_frame(frame)
        out = await bench.send(Wait(2), *reply("New."), Wait(2))
        assert audible(out.down) == "New."


async def test_an_interruption_while_nothing_is_said_disturbs_nothing() -> None:
    emulator = SpeakEmulator(VOICE)
    async with speaking(emulator) as bench:
        await bench.send(InterruptionFrame(), *reply("One."), Wait(2))
        out = await bench.send(InterruptionFrame(), *reply("Two."), Wait(2))
        assert audible(out.down) == "One.Two."
    assert "Clear" not in [request.type for request in emulator.requests]


async def test_what_must_not_be_interrupted_is_said_to_its_end() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        notice = TTSSpeakFrame("This call is recorded.")
        notice.interruptible = False
        out = await bench.send(notice, Wait(0.15), InterruptionFrame(), Wait(3))
        assert audible(out.down) == "This call is recorded."
        assert outline(out.down)[-2:] == ["TTSStoppedFrame", "LLMAssistantPushAggregationFrame"]
        assert not any(frame.interruptible for frame in out.of(SpeechFrame) + out.of(TTSTextFrame))


async def test_what_must_not_be_interrupted_is_said_although_what_was_before_it_is_cut() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        notice = TTSSpeakFrame("This call is recorded.")
        notice.interruptible = False
        start, long, end = reply(LONG)
        await bench.send(start, long, notice, sentence("Never heard."), end, Wait(0.3))
        before = len(bench.heard.down)
        out = await bench.send(InterruptionFrame(), Wait(3))
        assert audible(out.down[before:]) == "This call is recorded."


async def test_a_frame_that_survives_an_interruption_goes_on_behind_it() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        start, long, end = reply(LONG)
        result = FunctionCallResultFrame("look_up", "id", {}, "found")
        out = await bench.send(start, long, result, end, Wait(0.2), InterruptionFrame())
        assert outline(out.down)[-2:] == ["InterruptionFrame", "FunctionCallResultFrame"]


async def test_prompts_made_before_need_no_vendor() -> None:
    prompts: dict[str, bytes] = {}
    emulator = SpeakEmulator(VOICE, fault=SpeakFault(refuse=503))
    async with speaking(emulator, cached=prompts) as bench:
        prompts["Hello there."] = VOICE.say("Hello there.")
        out = await bench.send(TTSSpeakFrame("Hello there."))
        assert audible(out.down) == "Hello there."
        out = await bench.send(Wait(10), TTSSpeakFrame("Nobody can say this."), Wait(10))
        assert not bench.stage.is_usable
        before = len(out.down)
        out = await bench.send(*reply("Hello there."))
        assert audible(out.down[before:]) == "Hello there."
    assert not emulator.spoken


async def test_prompts_take_their_turn() -> None:
    async with speaking(SpeakEmulator(VOICE), cached={"B.": VOICE.say("B.")}) as bench:
        out = await bench.send(*reply("A.", "B.", "C."), Wait(2))
        assert outline(out.down)[2:8] == ["A.", "~A.", "B.", "~B.", "C.", "~C."]


async def test_the_time_to_the_first_audio_is_measured_once_a_reply() -> None:
    async with speaking(SpeakEmulator(VOICE, pace=Pace(first_audio_ms=150)), metrics=True) as bench:
        await bench.send(*reply("One.", "Two."), Wait(2), *reply("Cut."), InterruptionFrame(), Wait(1))
        out = await bench.send(*reply("Three."), Wait(2))
        data = [data for frame in out.of(MetricsFrame) for data in frame.data]
        assert [type(measured) for measured in data] == [TTFBMetricsData] * 2
        assert [measured.value for measured in data if isinstance(measured, TTFBMetricsData)] == [
            pytest.approx(0.15, abs=0.005)
        ] * 2
        assert data[0].model == "aura-2-thalia-en"


@pytest.mark.parametrize("last", [EndFrame, CancelFrame, None])
@pytest.mark.parametrize("pause", [0, 0.2, 5])
@pytest.mark.parametrize("state", STATES)
async def test_nothing_is_left_behind(state: str, pause: float, last: type[Frame] | None) -> None:
    emulator = SpeakEmulator(VOICE, fault=STATES[state])
    async with speaking(emulator) as bench:
        await bench.send(*reply(LONG), Wait(pause))
        if last is not None:
            await bench.send(last())
            await bench.settle()
            assert emulator.open_sockets == 0
    await asyncio.sleep(0.01)
    assert emulator.open_sockets == 0


async def test_the_end_survives_an_interruption_and_does_not_wait_for_what_was_cut() -> None:
    emulator = SpeakEmulator(VOICE, pace=SLOW)
    async with speaking(emulator) as bench:
        for frame in (*reply(LONG), EndFrame()):
            await bench.stage.queue_frame(frame)
        out = await bench.send(Wait(1), InterruptionFrame())
        assert outline(out.down)[-2:] == ["InterruptionFrame", "EndFrame"]
        assert emulator.open_sockets == 0


async def test_a_cancellation_overtakes_an_end_that_waits() -> None:
    emulator = SpeakEmulator(VOICE, fault=SpeakFault(silent=True))
    async with speaking(emulator) as bench:
        for frame in (*reply(LONG), EndFrame()):
            await bench.stage.queue_frame(frame)
        out = await bench.send(Wait(1), CancelFrame())
        assert "EndFrame" not in outline(out.down)
        assert emulator.open_sockets == 0


async def test_the_end_waits_for_the_last_word() -> None:
    async with speaking(SpeakEmulator(VOICE, pace=SLOW)) as bench:
        out = await bench.send(*reply(LONG), EndFrame())
        assert audible(out.down) == LONG
        assert outline(out.down)[-1] == "EndFrame"


async def test_a_long_reply_takes_few_frames_and_none_of_them_is_late() -> None:
    """The pieces of 20 to 200 ms that Aura sends are gathered while the caller has something to listen to."""
    emulator = SpeakEmulator(VOICE, pace=Pace(speed=3))
    async with speaking(emulator) as bench:
        began = asyncio.get_running_loop().time()
        out = await bench.send(*reply(LONG), Wait(0.05))
        while sum(len(frame.mulaw) for frame in out.of(SpeechFrame)) < len(VOICE.say(LONG)):
            out = await bench.send(Wait(0.05))
        sizes = [len(frame.mulaw) for frame in out.of(SpeechFrame)]
        assert b"".join(frame.mulaw for frame in out.of(SpeechFrame)) == VOICE.say(LONG)
        assert sizes[0] <= 1600
        assert len(sizes) < len(VOICE.say(LONG)) / 880 / 2
        assert asyncio.get_running_loop().time() - began < len(VOICE.say(LONG)) / 8000


def speculative(*sentences: str) -> tuple[Speculation, list[Frame]]:
    """A reply to a turn that may not be over."""
    speculation, frames = Speculation(), reply(*sentences)
    frames[0].metadata[MARK] = speculation
    return speculation, frames


WITHDRAWALS = [EagerEndOfTurnCancelFrame, InterruptionFrame, EndFrame]


async def test_a_speculative_reply_is_held_and_heard_at_once_when_the_turn_is_over() -> None:
    emulator = SpeakEmulator(VOICE)
    async with speaking(emulator, metrics=True) as bench:
        speculation, frames = speculative("Good morning.", "How can I help?")
        out = await bench.send(*frames, Wait(1))
        assert out.down == []
        assert [request.text for request in emulator.spoken] == ["Good morning."]
        speculation.settle(Verdict.CONFIRMED)
        out = await bench.send(UserStoppedSpeakingFrame())
        assert audible(out.down) == "Good morning."
        out = await bench.send(Wait(1))
        assert audible(out.down) == "Good morning.How can I help?"
        data = [d for frame in out.of(MetricsFrame) for d in frame.data]
        # The voice's own time, not that for which the reply was held.
        assert [d.value < 0.2 for d in data if isinstance(d, TTFBMetricsData)] == [True]


async def test_what_a_reply_costs_is_told_when_it_is_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    async def tell(_: AuraTTS, text: str) -> None:
        told.append(text)

    monkeypatch.setattr(AuraTTS, "start_tts_usage_metrics", tell)
    async with speaking(SpeakEmulator(VOICE)) as bench:
        speculation, frames = speculative("Wrong.")
        await bench.send(*frames)
        speculation.settle(Verdict.WITHDRAWN)
        await bench.send(EagerEndOfTurnCancelFrame())
        speculation, frames = speculative("Good morning.", "How can I help?")
        await bench.send(*frames)
        assert told == []
        speculation.settle(Verdict.CONFIRMED)
        await bench.send(UserStoppedSpeakingFrame())
        assert told == ["Good morning.", "How can I help?"]


@pytest.mark.parametrize("kind", WITHDRAWALS)
@pytest.mark.parametrize("wait", [0, 0.05, 1])
async def test_a_withdrawn_reply_was_never_there(kind: type[Frame], wait: float) -> None:
    emulator = SpeakEmulator(VOICE, pace=SLOW)
    async with speaking(emulator, metrics=True) as bench:
        speculation, frames = speculative("Good morning.", "How can I help?")
        await bench.send(*frames[:-1], Wait(wait))
        speculation.settle(Verdict.WITHDRAWN)
        out = await bench.send(kind(), *frames[-1:], Wait(2))
        assert outline(out.down) == [kind.__name__]
        if kind is not EndFrame:
            on_its_way = wait < 1
            assert ("Clear" in [request.type for request in emulator.requests]) is on_its_way
            out = await bench.send(*reply("Yes?"), Wait(1))
            assert audible(out.down) == "Yes?"


async def test_what_was_said_before_goes_on_while_a_reply_is_held() -> None:
    async with speaking(SpeakEmulator(VOICE, pace=SLOW)) as bench:
        speculation, frames = speculative("Held.")
        out = await bench.send(*reply("Before."), *frames, Wait(2))
        assert audible(out.down) == "Before."
        speculation.settle(Verdict.WITHDRAWN)
        out = await bench.send(EagerEndOfTurnCancelFrame(), Wait(1))
        assert outline(out.down)[-2:] == ["LLMFullResponseEndFrame", "EagerEndOfTurnCancelFrame"]


async def test_another_reply_takes_the_place_of_a_held_one() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        speculation, frames = speculative("Held.")
        await bench.send(*frames, Wait(0.5))
        speculation.settle(Verdict.WITHDRAWN)
        out = await bench.send(*reply("Other."), Wait(1))
        assert audible(out.down) == "Other."


async def test_the_end_of_a_call_does_not_wait_for_a_turn() -> None:
    async with speaking(SpeakEmulator(VOICE)) as bench:
        _, frames = speculative("Held.")
        out = await bench.send(*frames, Wait(0.5), EndFrame())
        assert outline(out.down) == ["EndFrame"]
