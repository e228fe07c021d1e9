"""The emulator serves deepgram-sdk, over its own transport and over ours, and bare HTTP."""

import asyncio
import json
import wave
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import aiohttp
import httpx
import pytest
from deepgram import AsyncDeepgramClient, transport
from deepgram.core.api_error import ApiError
from deepgram.environment import DeepgramClientEnvironment
from deepgram.speak.v1.types import SpeakV1Text

from tests.speaking import KEY, MULAW, Client, connected, serving
from trunkline.sandbox.speak import Pace, SpeakEmulator
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.voice import ScriptedVoice

OPTIONS: dict[str, Any] = {"model": "aura-2-thalia-en", "encoding": "mulaw", "sample_rate": "8000"}
read = ScriptedVoice().read


@pytest.fixture
def default_transport() -> Iterator[None]:
    """deepgram-sdk as it is installed, whatever an earlier test made of it."""
    transport.restore_transport()
    yield
    transport.restore_transport()


@asynccontextmanager
async def sdk(url: str) -> AsyncIterator[AsyncDeepgramClient]:
    ws = url.replace("http", "ws", 1)
    environment = DeepgramClientEnvironment(base=url, production=ws, agent=ws, agent_rest=url)
    async with httpx.AsyncClient() as http:
        yield AsyncDeepgramClient(api_key="some-key", environment=environment, httpx_client=http)


async def converse(client: AsyncDeepgramClient) -> tuple[str, list[str]]:
    """Cut one text off and have another said: what is heard after Clear, and the types of the answers."""
    answers: list[str] = []
    heard = b""
    async with client.speak.v1.connect(**OPTIONS) as socket:
        await socket.send_text(SpeakV1Text(text="This will be cut off before it ends."))
        await socket.send_flush()
        async for message in socket:
            if isinstance(message, bytes):
                heard += message
                if not answers[1:]:
                    await socket.send_clear()
                    answers.append("cut")
                continue
            # By type: the SDK's classes take Cleared for Flushed.
            answers.append(message.type)
            if message.type == "Cleared":
                heard = b""
                await socket.send_text(SpeakV1Text(text="Good morning."))
                await socket.send_flush()
            elif message.type == "Flushed":
                await socket.send_close()
    return read(heard), answers


async def test_the_sdk_over_its_own_transport(default_transport: None) -> None:
    async with serving(SpeakEmulator(ScriptedVoice())) as url, sdk(url) as client:
        heard, answers = await converse(client)
    assert heard == "Good morning."
    assert answers == ["Metadata", "cut", "Cleared", "Flushed"]


async def test_the_sdk_learns_that_its_key_is_wrong(default_transport: None) -> None:
    async with serving(SpeakEmulator(ScriptedVoice(), api_key="another-key")) as url, sdk(url) as client:
        with pytest.raises(ApiError) as refused:
            async with client.speak.v1.connect(**OPTIONS):
                pass
    assert refused.value.status_code == 401


async def test_the_sdk_over_rest(default_transport: None) -> None:
    emulator = SpeakEmulator(ScriptedVoice())
    async with serving(emulator) as url, sdk(url) as client:
        chunks = client.speak.v1.audio.generate(
            text="Good morning.",
            model="aura-2-thalia-en",
            encoding="mulaw",
            sample_rate=8000,
            container="none",
        )
        assert read(b"".join([chunk async for chunk in chunks])) == "Good morning."
    assert [(said.type, said.text) for said in emulator.spoken] == [("POST", "Good morning.")]


async def test_the_sdk_gets_the_reason_over_rest(default_transport: None) -> None:
    async with serving(SpeakEmulator(ScriptedVoice())) as url, sdk(url) as client:
        with pytest.raises(ApiError) as refused:
            async for _ in client.speak.v1.audio.generate(
                text="Hi.", model="aura-2-nobody-en", encoding="mulaw"
            ):
                pass
    assert refused.value.status_code == 400
    assert "aura-2-nobody-en" in json.dumps(refused.value.body)


async def post(session: aiohttp.ClientSession, url: str, text: str, **query: str) -> aiohttp.ClientResponse:
    return await session.post(f"{url}/v1/speak", params=MULAW | query, json={"text": text})


async def test_rest_is_wav_unless_told_otherwise() -> None:
    emulator = SpeakEmulator(ScriptedVoice())
    async with serving(emulator) as url, aiohttp.ClientSession(headers=KEY) as session:
        async with await post(session, url, "Hello.") as response:
            body = await response.read()
            assert response.headers["Content-Type"] == "audio/wav"
            assert response.headers["dg-char-count"] == "6"
            assert (body[:4], read(body[44:])) == (b"RIFF", "Hello.")
        async with await post(session, url, "Hello.", encoding="linear16") as response:
            with wave.open(BytesIO(await response.read())) as recording:
                assert (recording.getframerate(), recording.getsampwidth()) == (8000, 2)


@pytest.mark.parametrize(
    ("text", "status"), [("x" * 2000, 200), ("x" * 2001, 413), ("", 400), (" ", 400), (None, 400)]
)
async def test_rest_checks_the_text(text: Any, status: int) -> None:
    async with (
        serving(SpeakEmulator(ScriptedVoice())) as url,
        aiohttp.ClientSession(headers=KEY) as session,
        await post(session, url, text) as response,
    ):
        assert response.status == status
        assert "dg-request-id" in response.headers
        if status != 200:
            assert (await response.json())["err_msg"] == response.headers["dg-error"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Token the-key"}, 200),
        ({"Authorization": "token the-key"}, 200),
        ({"Authorization": "Token another"}, 401),
        ({"Authorization": "Bearer the-key"}, 401),
        ({}, 401),
    ],
)
async def test_the_key_is_checked(headers: dict[str, str], status: int) -> None:
    emulator = SpeakEmulator(ScriptedVoice(), api_key="the-key")
    async with serving(emulator) as url, aiohttp.ClientSession(headers=headers) as session:
        async with await post(session, url, "Hello.") as response:
            assert response.status == status
        if status == 200:
            async with session.ws_connect(f"{url}/v1/speak", params=MULAW) as ws:
                await Client(ws).until("Metadata")
        else:
            with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
                await session.ws_connect(f"{url}/v1/speak", params=MULAW)


async def test_a_browser_shows_its_key_as_a_subprotocol() -> None:
    emulator = SpeakEmulator(ScriptedVoice(), api_key="the-key")
    async with (
        serving(emulator) as url,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{url}/v1/speak", params=MULAW, protocols=("token", "the-key")) as ws,
    ):
        assert ws.protocol == "token"


async def test_a_socket_too_many_gets_429_until_one_leaves() -> None:
    emulator = SpeakEmulator(ScriptedVoice(), max_sockets=1)
    async with (
        connected(emulator) as client,
        aiohttp.ClientSession(headers=KEY) as session,
        serving(emulator) as url,
    ):
        with pytest.raises(aiohttp.WSServerHandshakeError, match="429"):
            await session.ws_connect(f"{url}/v1/speak", params=MULAW)
        await client.ws.close()
        await asyncio.sleep(0.01)
        async with session.ws_connect(f"{url}/v1/speak", params=MULAW):
            assert emulator.open_sockets == 1
    assert emulator.connections == 2


async def test_a_request_too_many_gets_429() -> None:
    emulator = SpeakEmulator(ScriptedVoice(), max_requests=1, pace=Pace(first_audio_ms=1000))
    async with serving(emulator) as url, aiohttp.ClientSession(headers=KEY) as session:
        responses = await asyncio.gather(post(session, url, "One."), post(session, url, "Two."))
        assert sorted(response.status for response in responses) == [200, 429]
        for response in responses:
            response.close()


async def test_all_connections_can_be_lost_and_closed() -> None:
    emulator = SpeakEmulator(ScriptedVoice(), fault=SpeakFault(silent=True))
    async with connected(emulator) as first, connected(emulator) as second:
        emulator.drop()
        assert await first.closed() == (1006, "")
        assert await second.closed() == (1006, "")
    async with connected(emulator) as third:
        await asyncio.gather(emulator.close(1011, "NET-0000"), third.closed())
        assert third.ws.close_code == 1011


async def test_what_was_received_is_kept_with_its_time() -> None:
    emulator = SpeakEmulator(ScriptedVoice())
    async with connected(emulator) as client:
        await client.send({"type": "Speak", "text": "One."})
        await asyncio.sleep(2)
        await client.speak("Two.")
        await client.until("Flushed")
    kinds = [request.type for request in emulator.requests]
    assert kinds == ["Speak", "Speak", "Flush"]
    assert [request.text for request in emulator.spoken] == ["One.", "Two."]
    assert emulator.spoken[1].at - emulator.spoken[0].at == pytest.approx(2, abs=0.01)
    assert {request.socket for request in emulator.requests} == {1}
