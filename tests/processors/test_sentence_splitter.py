"""What the voice is given, and what passes untouched."""

import asyncio

import pytest
from pipecat.frames.frames import (
    AggregatedTextFrame,
    BotStartedSpeakingFrame,
    DataFrame,
    EagerEndOfTurnCancelFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    StopFrame,
    TextFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
    UserStartedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.utils.text.base_text_aggregator import TextType

from processors.frames import HangUpFrame, LanguageFrame, TakeBackFrame
from processors.sentence_splitter import SentenceSplitter
from processors.speculation import MARK, Speculation, Verdict
from tests.support import Bench, Up, heard, same


def tokens(text: str, size: int = 3) -> list[LLMTextFrame]:
    return [LLMTextFrame(text[at : at + size]) for at in range(0, len(text), size)]


def unit(text: str) -> AggregatedTextFrame:
    return AggregatedTextFrame(text, TextType.SENTENCE)


def silent(text: str) -> LLMTextFrame:
    frame = LLMTextFrame(text)
    frame.skip_tts = True
    return frame


def said(frames: list[Frame]) -> list[str]:
    return [frame.text for frame in frames if isinstance(frame, AggregatedTextFrame)]


async def test_a_reply_becomes_units_between_its_start_and_its_end() -> None:
    reply = tokens("Sure, I can help you, and gladly. Dr. Lee is in **at 5 p.m.** today.\n- Come\n- Or call")
    out = await heard(SentenceSplitter(), LLMFullResponseStartFrame(), *reply, LLMFullResponseEndFrame())
    assert same(
        out.down,
        [
            LLMFullResponseStartFrame(),
            unit("Sure, I can help you,"),
            unit("and gladly."),
            unit("Dr. Lee is in at 5 p.m. today."),
            unit("Come."),
            unit("Or call"),
            LLMFullResponseEndFrame(),
        ],
    )


async def test_a_unit_goes_out_while_the_reply_goes_on() -> None:
    async with Bench(SentenceSplitter()) as bench:
        out = await bench.send(LLMFullResponseStartFrame(), LLMTextFrame("Hello"), LLMTextFrame("!"))
        assert said(out.down) == []
        await bench.send(LLMTextFrame(" How"))
        assert said(out.down) == ["Hello!"]


async def test_units_say_of_themselves_what_a_voice_must_know() -> None:
    out = await heard(SentenceSplitter(), LLMTextFrame("Hello there. "), LLMFullResponseEndFrame())
    [frame] = out.of(AggregatedTextFrame)
    assert frame.text_type is TextType.SENTENCE
    assert not frame.includes_inter_frame_spaces
    assert not frame.skip_tts
    assert frame.append_to_context


async def test_text_that_is_kept_out_of_the_context_stays_out_of_it() -> None:
    aside = LLMTextFrame("An aside. ")
    aside.append_to_context = False
    out = await heard(SentenceSplitter(), aside, LLMFullResponseEndFrame(), *tokens("Said."), EndFrame())
    assert [frame.append_to_context for frame in out.of(AggregatedTextFrame)] == [False, True]


async def test_the_language_decides_where_sentences_end() -> None:
    text = "Am 3. Mai. Dann."
    german = await heard(SentenceSplitter("de-AT"), *tokens(text), EndFrame())
    english = await heard(SentenceSplitter(), *tokens(text), EndFrame())
    assert said(german.down) == ["Am 3. Mai.", "Dann."]
    assert said(english.down) == ["Am 3.", "Mai.", "Dann."]


async def test_an_interruption_drops_what_is_held() -> None:
    reply = [LLMFullResponseStartFrame(), *tokens("Well, this is lo")]
    again = [LLMFullResponseStartFrame(), *tokens("Go on."), LLMFullResponseEndFrame()]
    out = await heard(SentenceSplitter(), *reply, InterruptionFrame(), *again)
    assert said(out.down) == ["Go on."]
    assert len(out.of(InterruptionFrame)) == 1


async def test_an_interruption_from_behind_drops_what_is_held_too() -> None:
    out = await heard(SentenceSplitter(), *tokens("Well, this"), Up(InterruptionFrame()), EndFrame())
    assert said(out.down) == []
    assert len(out.up_of(InterruptionFrame)) == 1


@pytest.mark.parametrize(
    "last",
    [
        LLMFullResponseStartFrame(),
        LLMFullResponseEndFrame(),
        TTSSpeakFrame("One moment."),
        HangUpFrame(),
        StopFrame(),
        EndFrame(),
    ],
)
async def test_nothing_held_is_overtaken_by_what_speaks_or_ends(last: Frame) -> None:
    out = await heard(SentenceSplitter(), *tokens("Good"), *tokens("bye!"), last)
    assert same(out.down, [unit("Goodbye!"), last])


async def test_what_has_no_words_is_not_said() -> None:
    out = await heard(SentenceSplitter(), *tokens("---\n**\n😊\n```sh\n...\n"), LLMFullResponseEndFrame())
    assert same(out.down, [LLMFullResponseEndFrame()])


async def test_everything_else_passes_as_it_is_both_ways() -> None:
    frames: list[Frame] = [
        silent("Not to be said. Really. "),
        TextFrame("Not from the model. Really. "),
        TranscriptionFrame("Hello. You there?", "caller", "now"),
        unit("A unit of someone else. Really. "),
        UserStartedSpeakingFrame(),
        DataFrame(),
    ]
    out = await heard(SentenceSplitter(), LLMTextFrame("Held"), *frames)
    assert [id(frame) for frame in out.down] == [id(frame) for frame in frames]
    back: list[Frame] = [
        BotStartedSpeakingFrame(),
        LLMTextFrame("Up. And away. "),
        EndFrame(),
        TTSSpeakFrame("Up"),
    ]
    out = await heard(SentenceSplitter(), LLMTextFrame("Held"), *map(Up, back))
    assert [id(frame) for frame in out.up] == [id(frame) for frame in back]
    assert out.down == []


class Slow(FrameProcessor):
    """A direct neighbour that lets other tasks run while it takes a frame."""

    def __init__(self) -> None:
        super().__init__(enable_direct_mode=True)
        self.taken: list[Frame] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self.taken.append(frame)
        await asyncio.sleep(1)
        await self.push_frame(frame, direction)


async def test_an_interruption_from_another_task_overtakes_the_units_behind_it() -> None:
    slow = Slow()
    async with Bench(Pipeline([SentenceSplitter(), slow])) as bench:
        saying = asyncio.create_task(bench.stage.queue_frame(LLMTextFrame("One. Two. Three. Four.")))
        await asyncio.sleep(0.5)
        await bench.stage.queue_frame(InterruptionFrame())
        await bench.stage.queue_frame(LLMTextFrame("Five. Six"))
        await saying
        await bench.stage.queue_frame(LLMFullResponseEndFrame())
    assert said(slow.taken) == ["One.", "Five.", "Six"]


async def test_frames_from_another_task_do_not_overtake_units() -> None:
    slow = Slow()
    async with Bench(Pipeline([SentenceSplitter(), slow])) as bench:
        saying = asyncio.create_task(bench.stage.queue_frame(LLMTextFrame("One. Two. Three.")))
        await asyncio.sleep(0.5)
        await bench.stage.queue_frame(HangUpFrame())
        await saying
    assert said(slow.taken[1:4]) == ["One.", "Two.", "Three."]
    assert isinstance(slow.taken[4], HangUpFrame)


async def test_it_holds_no_frame_and_starts_no_task() -> None:
    async with Bench(SentenceSplitter()) as bench:
        before = len(asyncio.all_tasks())
        await bench.send(*tokens("Hello there. How are you? "), EndFrame())
        assert len(asyncio.all_tasks()) == before


async def test_sentences_end_by_the_rules_of_the_language_that_the_call_is_in() -> None:
    words = "Nehmen Sie z.B. Bus 5. Er hält hier."
    german = await heard(SentenceSplitter(), LanguageFrame("de"), *tokens(words), LLMFullResponseEndFrame())
    assert said(german.down) == said(
        (await heard(SentenceSplitter("de"), *tokens(words), LLMFullResponseEndFrame())).down
    )
    assert said(german.down) == ["Nehmen Sie z.B. Bus 5.", "Er hält hier."]


async def test_what_was_written_before_a_change_of_language_is_said_before_it() -> None:
    out = await heard(SentenceSplitter(), *tokens("One moment"), LanguageFrame("es"), *tokens("Hola. "))
    assert [getattr(frame, "text", None) for frame in out.down][:2] == ["One moment", None]


def speculative() -> tuple[LLMFullResponseStartFrame, Speculation]:
    """The beginning of a reply to a turn that may not be over."""
    start, speculation = LLMFullResponseStartFrame(), Speculation()
    start.metadata[MARK] = speculation
    return start, speculation


async def test_a_withdrawn_reply_leaves_nothing_behind() -> None:
    for end in (EagerEndOfTurnCancelFrame(), LLMFullResponseEndFrame()):
        start, speculation = speculative()
        async with Bench(SentenceSplitter()) as bench:
            await bench.send(start, LLMTextFrame("Half a sen"))
            speculation.settle(Verdict.WITHDRAWN)
            out = await bench.send(end, LLMFullResponseEndFrame(), LLMFullResponseStartFrame())
            assert said(out.down) == []


async def test_a_withdrawal_spares_any_other_reply() -> None:
    start, speculation = speculative()
    speculation.settle(Verdict.CONFIRMED)
    out = await heard(
        SentenceSplitter(),
        *(start, LLMTextFrame("A whole sen"), EagerEndOfTurnCancelFrame(), LLMTextFrame("tence.")),
        LLMFullResponseEndFrame(),
    )
    assert said(out.down) == ["A whole sentence."]


async def test_what_broke_off_is_taken_back_and_what_was_said_is_not() -> None:
    out = await heard(
        SentenceSplitter(),
        *(LLMTextFrame("We close at six. Is th"), TakeBackFrame("Is th"), LLMTextFrame("Are you th")),
        *(TakeBackFrame("We close at six. Are you th"), LLMTextFrame("ere?"), LLMFullResponseEndFrame()),
    )
    assert said(out.down) == ["We close at six.", "Are you there?"]
    assert not out.of(TakeBackFrame)
