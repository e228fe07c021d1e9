"""OpenAI's own SDK on an emulated server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai
from openai.types.chat import ChatCompletionChunk

from trunkline.sandbox.openai import OpenAIServer


@asynccontextmanager
async def client_of(server: OpenAIServer, key: str = "k") -> AsyncIterator[openai.AsyncOpenAI]:
    http = openai.DefaultAioHttpClient()
    async with openai.AsyncOpenAI(
        api_key=key, base_url=server.base_url, max_retries=0, http_client=http
    ) as sdk:
        sdk._platform = "Unknown"
        yield sdk


async def chunks_of(sdk: openai.AsyncOpenAI, text: str, **options: Any) -> list[ChatCompletionChunk]:
    messages: Any = [{"role": "user", "content": text}]
    stream = await sdk.chat.completions.create(
        model="gpt-4o-mini",
        messages=messages,
        stream=True,
        stream_options={"include_usage": True},
        **options,
    )
    async with stream:
        return [chunk async for chunk in stream]


def said(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
