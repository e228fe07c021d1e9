"""Replies leave on schedule, in pieces or as a whole."""

import asyncio

import pytest

from tests.trunkline.sandbox.sdk import chunks_of, client_of, said
from trunkline.sandbox.brain import ScriptedBrain
from trunkline.sandbox.openai import OpenAIServer


async def test_a_reply_is_streamed_on_schedule() -> None:
    server = OpenAIServer(ScriptedBrain(), first_token_ms=120, token_ms=20)
    async with server, client_of(server) as sdk:
        start = asyncio.get_running_loop().time()
        chunks = await chunks_of(sdk, "one two")
        took = asyncio.get_running_loop().time() - start
    assert said(chunks) == "You said: one two"
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 4
    assert took == pytest.approx(0.120 + 3 * 0.020, abs=0.01)


async def test_the_same_reply_in_one_piece() -> None:
    async with OpenAIServer(ScriptedBrain()) as server, client_of(server) as sdk:
        reply = await sdk.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": "hi"}]
        )
    assert reply.choices[0].message.content == "You said: hi"
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage is not None
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + 3
