"""What a human hears before they take a call: the conversation in a sentence or two, by the model."""

import asyncio
from collections.abc import Sequence
from typing import Any

from loguru import logger
from pipecat.processors.aggregators.llm_context import LLMContext

PATIENCE = 6.0
"""Seconds for the model; meanwhile it rings at the human's."""

MOST_WORDS = 90
"""That are spoken, whatever the model writes: half a minute."""

TURNS = 30
"""Messages of the conversation that the model is shown."""

INSTRUCTION = (
    "You hand a phone call over to a colleague, who hears your words before they are connected. Say in two "
    "short spoken sentences, 40 words at most, who calls if they said so, what they want, and what was done "
    "so far. Plain text, in the language of the conversation. No greeting, and nothing that was not said."
)

LAST_WORDS = "A caller is on the line. Their last words were: {words}"

NO_WORDS = "A caller is on the line."


async def briefing(model: object, context: LLMContext) -> str:
    """The conversation in short. Never fails: without a model, the caller's last words have to do.

    Args:
        model: a service of pipecat's that can be asked beside its pipeline, or anything else.
        context: the conversation.
    """
    said = spoken(context.messages)
    ask = getattr(model, "run_inference", None)
    if ask is None or not said:
        return last_words(said)
    lines = "\n".join(f"{'Caller' if role == 'user' else 'Agent'}: {text}" for role, text in said)
    question: Any = [{"role": "user", "content": f"{INSTRUCTION}\n\nThe conversation:\n{lines}"}]
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await ask(LLMContext(messages=question))
    except Exception as error:  # whatever a vendor's client raises: a human waits at the other end
        logger.warning("no summary for a transfer ({})", type(error).__name__)
        answer = None
    words = (answer or "").split()
    return " ".join(words[:MOST_WORDS]) if words else last_words(said)


def spoken(messages: Sequence[Any]) -> list[tuple[str, str]]:
    """Who said what: roles and texts, without prompts and tools."""
    found = []
    for message in messages:
        role = message.get("role") if isinstance(message, dict) else None
        content = message.get("content") if role in ("user", "assistant") else None
        if isinstance(content, str) and content.strip():
            found.append((str(role), content.strip()))
    return found[-TURNS:]


def last_words(said: Sequence[tuple[str, str]]) -> str:
    """What the caller said last, in words for a human."""
    theirs = [text for role, text in said if role == "user"][-2:]
    words = " ".join(" ".join(theirs).split()[:MOST_WORDS])
    return LAST_WORDS.format(words=words) if words else NO_WORDS
