"""A reply in two attempts: nothing twice, nothing left out, and no broken word."""

import re

import pytest
from pipecat.processors.aggregators.llm_context import LLMContext

from processors.continuation import GO_ON, Continued, Speech


def tokens(text: str) -> list[str]:
    return re.findall(r"\s*[^\s.,]+|[.,]|\s+", text)


async def told(*attempts: str) -> str:
    """What is said of attempts of which all but the last break off."""
    pushed: list[str] = []

    async def push(piece: str) -> None:
        pushed.append(piece)

    async def take_back(word: str) -> None:
        text = "".join(pushed)
        assert text.endswith(word)
        pushed[:] = [text.removesuffix(word)]

    speech = Speech(push, take_back)
    for attempt in attempts[:-1]:
        for token in tokens(attempt):
            await speech.say(token)
        await speech.broke_off()
    for token in tokens(attempts[-1]):
        await speech.say(token)
    await speech.end()
    assert speech.said == "".join(pushed)
    return speech.said


@pytest.mark.parametrize(
    ("attempts", "all_of_it"),
    [
        (("We close at six.",), "We close at six."),
        (("We cl", "We close at six."), "We close at six."),
        (("We close at six.", "We close at six."), "We close at six."),
        (("We close at six. Is ther", "Is there more?"), "We close at six. Is there more?"),
        (("We close at six.", "Is there more?"), "We close at six. Is there more?"),
        (("We close at six. Is ther", "We close at six. Is there more?"), "We close at six. Is there more?"),
        (("We close at six. Is ther", "we CLOSE at six. Is there more?"), "We close at six. Is there more?"),
        (("We close, I think, at s", "at six."), "We close, I think, at six."),
        (("We close, I think, at s", "We close, I think, at six."), "We close, I think, at six."),
        (("We open. On Friday, to", "On Friday, to two."), "We open. On Friday, to two."),
        (("One. Two", "Two. Th", "Three."), "One. Two. Three."),
        (("It costs 3.", "It costs 3.50."), "It costs 3.50."),
        (("It costs 3.5", "It costs 3.50."), "It costs 3.50."),
        (("A check-", "A check-up."), "A check-up."),
        (("No, ", "no problem."), "No, no problem."),
        (("Hm. ", ""), "Hm. "),
        (("Hm. ", "."), "Hm. ."),
        (("我们六点关门。今", "今天。"), "我们六点关门。今天。"),
    ],
)
async def test_the_rest_is_said_and_nothing_twice(attempts: tuple[str, ...], all_of_it: str) -> None:
    assert await told(*attempts) == all_of_it


def test_a_conversation_in_the_middle_of_a_reply_is_the_same_conversation() -> None:
    context = LLMContext(messages=[{"role": "user", "content": "When?"}])
    continued = Continued(context, "At ")
    continued.add_message({"role": "tool", "content": "done", "tool_call_id": "1"})
    assert context.get_messages()[-1]["role"] == "tool"  # type: ignore[index]
    assert continued.get_messages()[-2:] == [
        {"role": "assistant", "content": "At"},
        {"role": "system", "content": GO_ON},
    ]
    assert len(context.get_messages()) == 2


async def test_what_has_not_begun_is_asked_for_as_it_was() -> None:
    async def nothing(_: str) -> None: ...

    context, speech = LLMContext(), Speech(nothing, nothing)
    await speech.say("Wel")
    await speech.broke_off()
    assert speech.context(context) is context
