"""What the callee says before they are greeted is not the model's to answer."""

import pytest
from pipecat.frames.frames import Frame, LLMContextFrame, LLMContextUserTurnFrame
from pipecat.processors.aggregators.llm_context import LLMContext

from processors.opening import Opening
from trunkline.testing.stage import heard


def turn(text: str) -> LLMContextUserTurnFrame:
    return LLMContextUserTurnFrame(text=text, timestamp="")


def asked(text: str, *, speculation: bool = False) -> LLMContextFrame:
    messages = [{"role": "user", "content": text}] if text else []
    return LLMContextFrame(LLMContext(messages=messages), speculation)  # type: ignore[arg-type]


class Listener:
    """Greets at the first word; the model answers the others."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.stage = Opening(self.heard)

    async def heard(self, words: str) -> bool:
        self.words.append(words)
        self.stage.is_shut = False
        return len(self.words) > 1

    async def passed(self, *frames: Frame) -> list[str]:
        """What the model was asked."""
        out = await heard(self.stage, *frames)
        return [str(f.context.messages) for f in out.down if isinstance(f, LLMContextFrame)]


async def test_the_first_turn_is_kept_from_the_model_and_the_next_is_not() -> None:
    listener = Listener()
    frames = [turn("Hello?"), asked("Hello?"), turn("Yes."), asked("Yes.")]
    assert await listener.passed(*frames) == [str(asked("Yes.").context.messages)]
    assert listener.words == ["Hello?", "Yes."]


async def test_words_go_on_to_whoever_wants_them() -> None:
    out = await heard(Listener().stage, turn("Hello?"))
    assert [frame.text for frame in out.down if isinstance(frame, LLMContextUserTurnFrame)] == ["Hello?"]


async def test_a_guess_at_the_first_turn_is_kept_from_the_model() -> None:
    assert await Listener().passed(asked("Hello?", speculation=True), turn("Hello?")) == []


@pytest.mark.parametrize("text", ["", "Something."])
async def test_nothing_is_asked_of_the_model_before_the_first_word(text: str) -> None:
    assert await Listener().passed(asked(text)) == []


async def test_a_turn_withheld_holds_nothing_else_back() -> None:
    listener = Listener()
    frames = [turn("Hello?"), asked("A tool's result.")]
    assert await listener.passed(*frames) == [str(asked("A tool's result.").context.messages)]
