"""What a human hears of a conversation: the model's words, or the caller's last ones."""

import asyncio
from typing import Any

from pipecat.processors.aggregators.llm_context import LLMContext

from trunkline.transfers.briefing import MOST_WORDS, NO_WORDS, briefing, last_words, spoken

MESSAGES: list[Any] = [
    {"role": "system", "content": "Be kind."},
    {"role": "assistant", "content": "Hello."},
    {"role": "user", "content": "It hurts."},
    {"role": "assistant", "tool_calls": []},
    {"role": "tool", "content": "found", "tool_call_id": "1"},
    {"role": "user", "content": "Can I come?"},
]


class Model:
    def __init__(self, answer: str | Exception | None, seconds: float = 0.0) -> None:
        self.answer, self.seconds = answer, seconds
        self.asked: Any = None

    async def run_inference(self, context: LLMContext) -> str | None:
        self.asked = context.messages
        await asyncio.sleep(self.seconds)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_the_model_is_shown_what_was_said() -> None:
    model = Model(" It  hurts;\nno appointment yet. ")
    assert await briefing(model, LLMContext(messages=MESSAGES)) == "It hurts; no appointment yet."
    (question,) = model.asked
    assert question["content"].endswith("Agent: Hello.\nCaller: It hurts.\nCaller: Can I come?")
    assert "Be kind" not in question["content"]


async def test_whatever_happens_there_are_words() -> None:
    context = LLMContext(messages=MESSAGES)
    fallback = "A caller is on the line. Their last words were: It hurts. Can I come?"
    for model in (None, Model(None), Model(""), Model(OSError()), Model("late", seconds=7)):
        assert await briefing(model, context) == fallback
    assert await briefing(Model("never asked"), LLMContext(messages=MESSAGES[:1])) == NO_WORDS


async def test_nobody_is_talked_to_for_minutes() -> None:
    words = await briefing(Model("word " * 500), LLMContext(messages=MESSAGES))
    assert len(words.split()) == MOST_WORDS
    assert last_words([("assistant", "Hello.")]) == NO_WORDS
    assert len(spoken(MESSAGES * 20)) == 30
