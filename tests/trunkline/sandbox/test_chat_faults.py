"""What each fault looks like to OpenAI's own SDK."""

import asyncio

import openai
import pytest

from tests.trunkline.sandbox.sdk import chunks_of, client_of, said
from trunkline.sandbox.brain import ScriptedBrain
from trunkline.sandbox.chat_faults import Cut, EndEarly, ErrorEvent, Fault, Garble, Refuse, Slow
from trunkline.sandbox.openai import OpenAIServer


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Refuse(500), openai.InternalServerError),
        (Refuse(403), openai.PermissionDeniedError),
        (Refuse(418), openai.APIStatusError),
        (Garble(2), ValueError),
        (ErrorEvent(2), openai.APIError),
        (Cut(0), openai.APIConnectionError),
        (Cut(2), openai.APIConnectionError),
    ],
)
async def test_faults_reach_the_client(fault: Fault, kind: type[Exception]) -> None:
    async with OpenAIServer(ScriptedBrain(), fault=fault) as server, client_of(server) as sdk:
        with pytest.raises(kind):
            await chunks_of(sdk, "hello")


async def test_a_rate_limit_says_when_to_come_back() -> None:
    server = OpenAIServer(ScriptedBrain(), faults=[Refuse(429, retry_after=0.5)])
    async with server, client_of(server) as sdk:
        with pytest.raises(openai.RateLimitError) as refused:
            await chunks_of(sdk, "hi")
        assert refused.value.code == "rate_limit_exceeded"
        assert refused.value.response.headers["retry-after"] == "0.5"
        assert said(await chunks_of(sdk, "hi")) == "You said: hi"


@pytest.mark.parametrize("after", [2, 99])
async def test_a_reply_can_end_early_and_without_a_finish_reason(after: int) -> None:
    async with OpenAIServer(ScriptedBrain(), fault=EndEarly(after)) as server, client_of(server) as sdk:
        chunks = await chunks_of(sdk, "hello")
    assert said(chunks) == ("You said:" if after == 2 else "You said: hello")
    assert not any(choice.finish_reason for chunk in chunks for choice in chunk.choices)


@pytest.mark.parametrize("after", [0, 2])
async def test_a_slow_reply_is_whole(after: int) -> None:
    async with OpenAIServer(ScriptedBrain(), fault=Slow(3.0, after)) as server, client_of(server) as sdk:
        start = asyncio.get_running_loop().time()
        assert said(await chunks_of(sdk, "hello")) == "You said: hello"
        assert asyncio.get_running_loop().time() - start == pytest.approx(3.0 + 0.120 + 2 * 0.020, abs=0.01)
