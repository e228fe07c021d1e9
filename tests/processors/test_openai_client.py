"""One client for all calls: one pool, deadlines on its streams, and nobody keeps talking to a closed door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from processors.errors import VendorError, VendorRefused, VendorUnavailable
from processors.openai_client import OpenAI, Patience
from processors.openai_reply import Reply
from trunkline.sandbox.brain import ScriptedBrain
from trunkline.sandbox.openai import OpenAIServer, Stall

Script = list[bytes | float]
"""Bytes to send, seconds to sleep."""

PARAMS: dict[str, Any] = {
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "one two three"}],
    "stream": True,
}


@asynccontextmanager
async def client(base_url: str, key: str = "k") -> AsyncIterator[OpenAI]:
    openai = OpenAI(key, base_url)
    try:
        yield openai
    finally:
        await openai.close()


@asynccontextmanager
async def other_server(*parts: bytes | float, status: int = 200) -> AsyncIterator[str]:
    """A server that sends these bytes, and sleeps for these seconds, whatever it is asked."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for part in parts:
            await (response.write(part) if isinstance(part, bytes) else asyncio.sleep(part))
        return response

    app = web.Application()
    app.router.add_route("*", "/v1/{tail:.*}", answer)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()


async def heard(openai: OpenAI, patience: Patience | None = None) -> tuple[str, Reply]:
    words: list[str] = []

    async def say(more: str) -> None:
        words.append(more)

    reply = Reply(openai.vendor)
    await openai.stream(PARAMS, say, reply, patience or Patience())
    return "".join(words), reply


async def test_warming_opens_the_connection_that_the_first_turn_uses() -> None:
    async with OpenAIServer(ScriptedBrain()) as server, client(server.base_url) as openai:
        await openai.warm()
        words, reply = await heard(openai)
        await heard(openai)
        assert words == "You said: one two three"
        assert reply.finish_reason == "stop"
        assert [received.port for received in server.requests] == server.probes * 2


async def test_many_turns_of_a_few_calls_use_as_many_connections_as_there_are_calls() -> None:
    calls, turns = 8, 20
    async with OpenAIServer(ScriptedBrain()) as server, client(server.base_url) as openai:

        async def call(number: int) -> None:
            for turn in range(turns):
                assert (await heard(openai))[0] == "You said: one two three"
                await asyncio.sleep(1 + 7 * ((number + turn) % calls))

        await asyncio.gather(*(call(number) for number in range(calls)))
        assert len(server.requests) == calls * turns
        assert len({received.port for received in server.requests}) <= calls


async def test_a_reply_that_is_cut_off_costs_its_connection_and_no_other() -> None:
    async with OpenAIServer(ScriptedBrain()) as server, client(server.base_url) as openai:
        for _ in range(5):
            cut = asyncio.create_task(heard(openai))
            await asyncio.sleep(0.15)
            cut.cancel()
            await asyncio.wait([cut])
            await heard(openai)
            await heard(openai)
        ports = [received.port for received in server.requests]
        assert all(second == third for second, third in zip(ports[1::3], ports[2::3], strict=True))
        assert len(set(ports)) <= 6


async def test_warming_never_fails_and_never_takes_long() -> None:
    loop = asyncio.get_running_loop()
    async with client("http://127.0.0.1:9/v1") as openai:
        await openai.warm()
    async with other_server(60.0) as base_url, client(base_url) as openai:
        before = loop.time()
        await openai.warm()
        assert loop.time() - before < 2.1


async def test_a_local_server_needs_no_key() -> None:
    async with OpenAIServer(ScriptedBrain()) as server, client(server.base_url, key="") as openai:
        assert (await heard(openai))[0] == "You said: one two three"


async def test_the_vendor_is_named_as_a_person_would() -> None:
    async with client("") as official, client("http://llm.example.org:8000/v1/") as other:
        assert (official.vendor, official.base_url) == ("OpenAI", "https://api.openai.com/v1")
        assert (other.vendor, other.base_url) == ("llm.example.org", "http://llm.example.org:8000/v1")


async def test_wrong_keys_are_refused_for_good() -> None:
    async with OpenAIServer(ScriptedBrain(), api_key="right") as server, client(server.base_url) as openai:
        with pytest.raises(VendorRefused, match=r"answered 401 \(invalid_api_key\); check OPENAI_API_KEY"):
            await heard(openai)


async def test_comments_and_empty_chunks_are_no_sign_of_life() -> None:
    empty = b'data: {"choices": [{"delta": {"role": "assistant", "content": ""}}]}\n\n'
    busy: Script = [b": processing\n\n", empty, 1.0] * 10
    async with other_server(*busy) as base_url, client(base_url) as openai:
        before = asyncio.get_running_loop().time()
        with pytest.raises(VendorUnavailable, match="sent nothing for 2 s"):
            await heard(openai, Patience(first_token=2.0))
        assert asyncio.get_running_loop().time() - before == pytest.approx(2.0, abs=0.01)


async def test_a_stream_may_take_long_as_long_as_it_moves() -> None:
    token = b'data: {"choices": [{"delta": {"content": "word "}}]}\n\n'
    end = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
    slow: Script = [token, 3.0]
    async with other_server(*slow * 20, end) as base_url, client(base_url) as openai:
        words, _ = await heard(openai, Patience(first_token=1.0, token=4.0))
    assert words == "word " * 20


@pytest.mark.parametrize(
    "end",
    [
        b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n',
        b"data: [DONE]\n\n",
        b"data: [DONE]\n\n: and on and on\n\n",
    ],
)
async def test_a_complete_reply_is_not_kept_waiting_for_formalities(end: bytes) -> None:
    token = b'data: {"choices": [{"delta": {"content": "Hi."}}]}\n\n'
    chatter: Script = [0.05, b": on\n\n"]
    async with other_server(token, end, *chatter * 100) as base_url, client(base_url) as openai:
        before = asyncio.get_running_loop().time()
        assert (await heard(openai))[0] == "Hi."
        assert asyncio.get_running_loop().time() - before < 0.25


@pytest.mark.parametrize("status", [200, 502])
async def test_a_page_of_html_is_not_a_reply(status: int) -> None:
    page = b"<html>\n<h1>Bad gateway</h1>\n\n</html>"
    async with other_server(page, status=status) as base_url, client(base_url) as openai:
        with pytest.raises(VendorUnavailable):
            await heard(openai)


async def test_a_reply_that_the_filter_swallowed_is_a_failure() -> None:
    filtered = b'data: {"choices": [{"delta": {}, "finish_reason": "content_filter"}]}\n\n'
    async with other_server(filtered) as base_url, client(base_url) as openai:
        with pytest.raises(VendorError, match="content_filter"):
            await heard(openai)


@pytest.mark.parametrize("after", [0, 2])
async def test_cancelling_stops_the_vendor_at_once_and_leaves_nothing(after: int) -> None:
    async with OpenAIServer(ScriptedBrain(), fault=Stall(after)) as server:
        before = asyncio.all_tasks()
        async with client(server.base_url) as openai:
            turn = asyncio.create_task(heard(openai))
            await asyncio.sleep(1.0)
            turn.cancel()
            await asyncio.wait([turn])
            await asyncio.sleep(0.02)
            received = server.requests[0]
            assert received.cancelled_at is not None
            assert received.cancelled_at - received.at == pytest.approx(1.0, abs=0.01)
        assert asyncio.all_tasks() == before


async def test_calls_that_speak_at_once_share_the_pool() -> None:
    async with OpenAIServer(ScriptedBrain()) as server, client(server.base_url) as openai:
        await asyncio.gather(*(heard(openai) for _ in range(10)))
        await asyncio.gather(*(heard(openai) for _ in range(10)))
        ports = [received.port for received in server.requests]
    assert len(set(ports)) == 10
    assert set(ports[:10]) == set(ports[10:])
