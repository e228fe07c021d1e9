"""The emulated OpenAI, driven by OpenAI's own SDK."""

import asyncio
from collections.abc import Iterator
from typing import Any

import aiohttp
import openai
import pytest

from tests.trunkline.sandbox.sdk import chunks_of, client_of, said
from trunkline.sandbox.brain import CallTool, ChatRequest, Piece, Rule, ScriptedBrain
from trunkline.sandbox.openai import OpenAIServer, Stall

HOURS: Any = {
    "type": "function",
    "function": {"name": "opening_hours", "parameters": {"type": "object", "properties": {}}},
}


class TwoTools(ScriptedBrain):
    def reply(self, request: ChatRequest) -> Iterator[Piece]:
        yield CallTool("opening_hours", {"day": "monday"})
        yield CallTool("opening_hours", {"day": "tuesday"})


async def test_tool_calls_arrive_by_index_and_their_results_are_accepted() -> None:
    async with OpenAIServer(TwoTools()) as server, client_of(server) as sdk:
        async with sdk.chat.completions.stream(
            model="gpt-4o-mini", messages=[{"role": "user", "content": "hours?"}], tools=[HOURS]
        ) as stream:
            reply = (await stream.get_final_completion()).choices[0]
        calls = reply.message.tool_calls or []
        assert [call.function.arguments for call in calls] == ['{"day":"monday"}', '{"day":"tuesday"}']
        assert reply.finish_reason == "tool_calls"
        server.brain = ScriptedBrain([Rule("closed.*nine", say="Tuesday from nine.")])
        results: list[Any] = [
            {"role": "tool", "tool_call_id": call.id, "content": text}
            for call, text in zip(calls, ("closed", "nine to five"), strict=True)
        ]
        messages = [{"role": "user", "content": "hours?"}, reply.message.to_dict(), *results]
        answer = await sdk.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=[HOURS])
    assert answer.choices[0].message.content == "Tuesday from nine."
    assert [len(received.messages) for received in server.requests] == [1, 4]
    assert server.requests[0].tools[0]["name"] == "opening_hours"


async def test_wrong_keys_and_unknown_models_are_refused_with_openai_s_codes() -> None:
    async with OpenAIServer(ScriptedBrain(), api_key="right", models={"gpt-4o-mini"}) as server:
        async with client_of(server, "wrong") as sdk:
            with pytest.raises(openai.AuthenticationError) as refused:
                await chunks_of(sdk, "hi")
        assert refused.value.code == "invalid_api_key"
        async with client_of(server, "right") as sdk:
            with pytest.raises(openai.NotFoundError) as unknown:
                await sdk.chat.completions.create(model="gpt-9", messages=[{"role": "user", "content": "hi"}])
            assert unknown.value.code == "model_not_found"
            assert [model.id async for model in sdk.models.list()] == ["gpt-4o-mini"]
            assert (await sdk.models.retrieve("gpt-4o-mini")).object == "model"
            with pytest.raises(openai.NotFoundError):
                await sdk.models.retrieve("gpt-9")
            assert said(await chunks_of(sdk, "hi")) == "You said: hi"


async def test_malformed_requests_get_400_with_the_parameter() -> None:
    async with OpenAIServer(ScriptedBrain()) as server, client_of(server) as sdk:
        with pytest.raises(openai.BadRequestError) as refused:
            await sdk.chat.completions.create(model="gpt-4o-mini", messages=[])
        assert (refused.value.param, refused.value.code) == ("messages", "empty_array")
        assert refused.value.request_id
        assert not server.requests
        async with aiohttp.ClientSession(headers={"Authorization": "Bearer k"}) as session:
            async with session.post(f"{server.base_url}/chat/completions", data=b"{") as answer:
                assert answer.status == 400
                assert (await answer.json())["error"]["type"] == "invalid_request_error"
            async with session.post(f"{server.base_url}/chats", json={}) as answer:
                assert answer.status == 404
                assert "Invalid URL" in (await answer.json())["error"]["message"]
        async with aiohttp.ClientSession() as session, session.get(f"{server.base_url}/models") as answer:
            assert answer.status == 401


@pytest.mark.parametrize("after", [0, 1])
async def test_a_client_that_goes_away_is_noticed_at_once(after: int) -> None:
    async with OpenAIServer(ScriptedBrain(), fault=Stall(after)) as server, client_of(server) as sdk:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(chunks_of(sdk, "hello"), 1.0)
        await asyncio.sleep(0.05)
        received = server.requests[0]
        assert received.cancelled_at is not None
        assert received.cancelled_at - received.at == pytest.approx(1.0, abs=0.02)


async def test_a_reply_without_faults_is_not_recorded_as_cancelled() -> None:
    async with OpenAIServer(ScriptedBrain()) as server, client_of(server) as sdk:
        await chunks_of(sdk, "hi")
    assert server.requests[0].cancelled_at is None


async def test_many_replies_at_once_share_nothing() -> None:
    async with OpenAIServer(ScriptedBrain()) as server, client_of(server) as sdk:
        replies = await asyncio.gather(*(chunks_of(sdk, f"caller {n}") for n in range(20)))
    assert [said(reply) for reply in replies] == [f"You said: caller {n}" for n in range(20)]
