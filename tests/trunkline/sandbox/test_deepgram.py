"""Both halves of Deepgram behind one address and one key."""

import asyncio

import aiohttp

from processors.deepgram import Deepgram
from processors.deepgram_stt import DeepgramSTT
from processors.flux_stt import FluxSTT
from tests.processors.listening import NAME, Phone, ears, words
from tests.support import Bench
from trunkline.sandbox.deepgram import DeepgramServer
from trunkline.sandbox.listen import ListenFault
from trunkline.sandbox.voice import ScriptedVoice


async def test_one_client_listens_and_speaks() -> None:
    async with DeepgramServer(ears, ScriptedVoice(), api_key="secret") as server:
        client = Deepgram("secret", server.base_url)
        async with Bench(DeepgramSTT(client)) as bench:
            phone = Phone(bench)
            await phone.say(NAME)
            await phone.pause(1000)
            assert words(bench) == NAME
        assert ScriptedVoice().read(await client.synthesise("Hello.", "aura-2-thalia-en")) == "Hello."
        await client.close()
        await asyncio.sleep(0.1)
        assert server.requests[0].status == 101
        assert len(server.received[0]) > 10
        assert server.connections[0].closed_at is not None


async def test_flux_listens_at_the_same_address() -> None:
    flux = {"eager_ms": 10}
    async with DeepgramServer(ears, ScriptedVoice(), api_key="secret", flux=flux) as server:
        client = Deepgram("secret", server.base_url)
        async with Bench(FluxSTT(client)) as bench:
            phone = Phone(bench)
            await phone.say(NAME)
            await phone.pause(1000)
            assert words(bench) == NAME
        await client.close()
        assert server.requests == []
        assert server.flux.requests[0].status == 101
        assert server.flux.eager_ms == 10


async def test_options_and_faults_of_the_halves() -> None:
    options = {"fault": ListenFault(refuse=429)}
    async with DeepgramServer(ears, ScriptedVoice(), listen=options) as server:
        assert server.listen.fault == ListenFault(refuse=429)
        async with aiohttp.ClientSession() as session, session.get(f"{server.base_url}/v1/listen") as answer:
            assert answer.status == 429
            assert (await answer.json())["err_code"] == "Too Many Requests"


async def test_stopping_closes_what_is_open() -> None:
    server = DeepgramServer(ears, ScriptedVoice())
    async with server, aiohttp.ClientSession() as session:
        headers = {"Authorization": "Token any"}
        url = f"{server.base_url}/v1/listen?model=nova-3&encoding=mulaw&sample_rate=8000"
        ws = await session.ws_connect(url, headers=headers)
        await server.__aexit__(None, None, None)
        assert (await ws.receive()).data == 1001
