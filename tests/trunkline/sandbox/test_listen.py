"""The emulator as deepgram-sdk sees it, over its own transport: what Deepgram does, this does."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from deepgram import AsyncDeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.environment import DeepgramClientEnvironment
from deepgram.listen.v1.types.listen_v1configure import ListenV1Configure
from deepgram.transport import restore_transport
from websockets.exceptions import ConnectionClosed

from processors import g711
from tests.processors.listening import NAME, PHRASES, YES, ears, listening
from trunkline.sandbox.ears import PhraseEars
from trunkline.sandbox.listen import ListenEmulator, ListenFault

LINE = {
    "model": "nova-3",
    "encoding": "mulaw",
    "sample_rate": 8000,
    "interim_results": True,
    "smart_format": True,
}


@pytest.fixture(autouse=True)
def own_transport() -> Iterator[None]:
    """Deepgram's SDK carries its messages itself here, as in anybody else's program."""
    restore_transport()
    yield
    restore_transport()


def sdk(url: str, key: str = "secret") -> AsyncDeepgramClient:
    ws = url.replace("http", "ws", 1)
    return AsyncDeepgramClient(
        api_key=key,
        environment=DeepgramClientEnvironment(base=url, production=ws, agent=ws, agent_rest=url),
    )


@asynccontextmanager
async def connected(emulator: ListenEmulator, **options: Any) -> AsyncIterator[Any]:
    async with listening(emulator) as url, sdk(url).listen.v1.connect(**{**LINE, **options}) as connection:
        yield connection


async def stream(connection: Any, *, silence_ms: int = 1500, speech: bytes = PHRASES[NAME]) -> None:
    """Audio in real time, in packets of 100 ms."""
    audio = speech + b"\xff" * 8 * silence_ms
    for at in range(0, len(audio), 800):
        await connection.send_media(audio[at : at + 800])
        await asyncio.sleep(0.1)


async def the_rest(connection: Any) -> list[Any]:
    messages = []
    while True:
        try:
            messages.append(await connection.recv())
        except ConnectionClosed:
            return messages


def finals(messages: list[Any]) -> list[str]:
    return [m.channel.alternatives[0].transcript for m in messages if m.type == "Results" and m.is_final]


async def refused(emulator: ListenEmulator, key: str = "secret", **options: Any) -> tuple[int, str]:
    """Status and reason of a refused connection; the SDK hides the reason in the error behind the error."""
    async with listening(emulator) as url:
        with pytest.raises(ApiError) as caught:
            async with sdk(url, key).listen.v1.connect(**{**LINE, **options}):
                pass
        behind: Any = caught.value.__context__
        assert behind.headers["dg-request-id"]
        return int(caught.value.status_code or 0), str(behind.headers["dg-error"])


async def test_a_conversation_with_the_sdk() -> None:
    emulator = ListenEmulator(ears, api_key="secret")
    async with connected(emulator, endpointing=300, utterance_end_ms=1000, vad_events=True) as connection:
        await stream(connection)
        await connection.send_close_stream()
        messages = await the_rest(connection)
    kinds = [message.type for message in messages]
    assert finals(messages) == [NAME]
    assert kinds[0] == "SpeechStarted"
    assert "UtteranceEnd" in kinds
    assert kinds[-1] == "Metadata"
    assert connection._websocket.close_code == 1000
    assert connection._websocket.response_headers["dg-request-id"] == messages[-1].request_id
    interims = [
        m.channel.alternatives[0].transcript for m in messages if m.type == "Results" and not m.is_final
    ]
    assert interims[0] == "My"


async def test_who_is_refused() -> None:
    assert (await refused(ListenEmulator(ears, api_key="right")))[0] == 401
    assert (await refused(ListenEmulator(ears, forbidden={"nova-3"})))[0] == 403
    assert "model" in (await refused(ListenEmulator(ears), model="nova-7"))[1]
    assert await refused(ListenEmulator(ears), sample_rate=None) == (
        400,
        "Bad Request: encoding requires sample_rate",
    )
    assert (await refused(ListenEmulator(ears), utterance_end_ms=900))[0] == 400
    assert (await refused(ListenEmulator(ears), utterance_end_ms=1000, interim_results=False))[0] == 400
    assert (await refused(ListenEmulator(ears, fault=ListenFault(refuse=503))))[0] == 503


async def test_the_limit_of_connections() -> None:
    emulator = ListenEmulator(ears, limit=1)
    async with listening(emulator) as url:
        async with sdk(url).listen.v1.connect(**LINE):
            with pytest.raises(ApiError) as caught:
                async with sdk(url).listen.v1.connect(**LINE):
                    pass
            assert caught.value.status_code == 429
        await asyncio.sleep(0.1)
        async with sdk(url).listen.v1.connect(**LINE):
            assert len(emulator.open) == 1
    assert [request.status for request in emulator.requests] == [101, 429, 101]


async def closing(connection: Any) -> tuple[int, str]:
    await the_rest(connection)
    return connection._websocket.close_code, connection._websocket.close_reason


async def test_a_socket_without_audio_is_closed_keep_alive_or_not() -> None:
    async with connected(ListenEmulator(ears)) as connection:
        start = asyncio.get_running_loop().time()
        for _ in range(3):
            await connection.send_keep_alive()
            await asyncio.sleep(3)
        assert await closing(connection) == (1011, "NET-0001")
        assert asyncio.get_running_loop().time() - start == pytest.approx(10, abs=0.1)


async def test_keep_alive_keeps_a_socket_that_had_audio() -> None:
    async with connected(ListenEmulator(ears)) as connection:
        await connection.send_media(b"\xff" * 160)
        for _ in range(10):
            await asyncio.sleep(5)
            await connection.send_keep_alive()
        start = asyncio.get_running_loop().time()
        assert await closing(connection) == (1011, "NET-0001")
        assert asyncio.get_running_loop().time() - start == pytest.approx(10, abs=0.1)


async def test_keep_alive_as_binary_is_audio() -> None:
    emulator = ListenEmulator(ears)
    async with connected(emulator) as connection:
        await connection.send_media(b'{"type":"KeepAlive"}')
        await asyncio.sleep(0.1)
        assert emulator.connections[0].audio_bytes == 20
        assert emulator.connections[0].orders == []


async def test_an_empty_binary_message_ends_the_connection() -> None:
    async with connected(ListenEmulator(ears)) as connection:
        await connection.send_media(PHRASES[YES])
        await connection.send_media(b"")
        messages = await the_rest(connection)
        assert finals(messages) == [YES]
        assert messages[-1].type == "Metadata"


async def test_finalize() -> None:
    async with connected(ListenEmulator(ears), endpointing=False) as connection:
        await stream(connection, silence_ms=0)
        await connection.send_finalize()
        messages = [await connection.recv()]
        while not messages[-1].from_finalize:
            messages.append(await connection.recv())
        assert finals(messages) == [NAME]
        assert not messages[-1].speech_final


async def test_unknown_text_and_configure() -> None:
    async with connected(ListenEmulator(ears)) as connection:
        await connection._send({"type": "Dance"})
        await connection._websocket.send("not JSON")
        await connection.send_configure(ListenV1Configure(type="Configure", keyterms=["Acme"]))
        first, second, third = [await connection.recv() for _ in range(3)]
        assert (first.type, first.variant) == ("Error", "SchemaError")
        assert second.type == "Error"
        assert (third.type, third.keyterms) == ("ConfigureSuccess", ["Acme"])


async def test_raw_audio_without_an_encoding_cannot_be_decoded() -> None:
    async with connected(ListenEmulator(ears), encoding=None, sample_rate=None) as connection:
        await connection.send_media(PHRASES[NAME])
        assert await closing(connection) == (1008, "DATA-0000")


async def test_mono_sent_as_two_channels_is_accepted_and_not_understood() -> None:
    async with connected(ListenEmulator(ears), channels=2) as connection:
        await stream(connection)
        await connection.send_close_stream()
        messages = await the_rest(connection)
        assert "".join(finals(messages)) == ""
        assert messages[-1].channels == 2


async def test_linear16_is_heard_too() -> None:
    async with connected(ListenEmulator(ears), encoding="linear16") as connection:
        await connection.send_media(g711.decode(PHRASES[NAME] + b"\xff" * 4000))
        await connection.send_close_stream()
        assert finals(await the_rest(connection)) == [NAME]


async def test_ears_are_made_for_a_query_and_final_results_come_when_they_say() -> None:
    queries = []

    def quick(query: Any) -> PhraseEars:
        queries.append(dict(query))
        return PhraseEars(PHRASES, final_ms=120)

    async with connected(ListenEmulator(quick), endpointing=300, language="en") as connection:
        now = asyncio.get_running_loop().time
        await connection.send_media(PHRASES[NAME])
        start = now()
        message = await connection.recv()
        while not message.is_final:
            message = await connection.recv()
        assert message.speech_final
        assert message.channel.alternatives[0].transcript == NAME
        assert now() - start == pytest.approx(0.12, abs=0.005)
        assert queries[0]["language"] == "en"
