"""One client a process: addresses, refusals, as many sockets as there are calls, and prompts."""

import asyncio

import orjson
import pytest

from processors.deepgram import Deepgram
from processors.errors import VendorBusy, VendorError, VendorRefused, VendorUnavailable
from tests.processors.listening import YES, deepgram, ears
from trunkline.sandbox.deepgram import DeepgramServer
from trunkline.sandbox.listen import ListenEmulator, ListenFault
from trunkline.sandbox.speak import SpeakFault
from trunkline.sandbox.voice import ScriptedVoice

LINE = {"model": "nova-3", "encoding": "mulaw", "sample_rate": 8000}
VOICE = "aura-2-thalia-en"
KEY = "dg-secret"


async def said(client: Deepgram, text: str) -> str:
    return ScriptedVoice().read(await client.synthesise(text, VOICE))


@pytest.mark.parametrize("form", ["http://{}", "ws://{}", "http://{}/", "http://{}/v1"])
async def test_one_base_url_serves_both_sockets_and_rest(form: str) -> None:
    async with DeepgramServer(ears, ScriptedVoice(), api_key=KEY) as server:
        client = Deepgram(KEY, form.format(server.base_url.removeprefix("http://")))
        listening = await client.listen(LINE)
        speaking = await client.speak({"model": VOICE, "encoding": "mulaw", "sample_rate": 8000})
        assert listening.is_open
        assert speaking.is_open
        assert await said(client, "Hello.") == "Hello."
        await listening.close()
        await speaking.close()
        assert not listening.is_open
        await client.close()


async def test_messages_come_as_they_are() -> None:
    async with deepgram(ListenEmulator(ears)) as client:
        socket = await client.listen(LINE)
        await socket.send('{"type":"Unheard of"}')
        assert orjson.loads(await socket.recv())["type"] == "Error"
        await socket.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, VendorRefused),
        (401, VendorRefused),
        (403, VendorRefused),
        (429, VendorBusy),
        (503, VendorUnavailable),
    ],
)
async def test_a_refusal_says_who_erred_and_why_and_not_the_key(status: int, kind: type[VendorError]) -> None:
    async with DeepgramServer(
        ears,
        ScriptedVoice(),
        listen={"fault": ListenFault(refuse=status)},
        speak={"fault": SpeakFault(refuse=status)},
    ) as server:
        client = Deepgram(KEY, server.base_url)
        for refused in (client.listen(LINE), client.speak({"model": VOICE}), client.synthesise("Hi.", VOICE)):
            with pytest.raises(kind, match=str(status)) as caught:
                await refused
            assert KEY not in str(caught.value)
        await client.close()


async def test_a_server_that_has_no_rest_speaks_prompts_over_a_socket() -> None:
    faults = [SpeakFault(refuse=404)]
    async with DeepgramServer(ears, ScriptedVoice(), speak={"faults": faults}) as server:
        client = Deepgram(KEY, server.base_url)
        assert await said(client, "Hello.") == "Hello."
        await client.close()


async def test_a_prompt_that_never_comes() -> None:
    fault = SpeakFault(silent=True)
    async with DeepgramServer(ears, ScriptedVoice(), speak={"fault": fault}) as server:
        client = Deepgram(KEY, server.base_url)
        with pytest.raises(VendorUnavailable):
            await client.synthesise("Hello.", VOICE)
        await client.close()


async def test_as_many_sockets_as_there_are_calls() -> None:
    emulator = ListenEmulator(ears, limit=1000)
    async with deepgram(emulator) as client:
        sockets = [await client.listen(LINE) for _ in range(150)]
        assert len(emulator.open) == 150
        for socket in sockets:
            await socket.close()


async def test_aborting_ends_what_the_other_side_would_have_to_read() -> None:
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client:
        socket = await client.listen(LINE)
        socket.abort()
        await asyncio.sleep(0.1)
        assert not emulator.open
        await socket.close()


async def test_what_was_asked_for_is_what_deepgram_gets() -> None:
    emulator = ListenEmulator(ears, api_key="secret")
    async with deepgram(emulator) as client:
        await (await client.listen({**LINE, "keyterm": [YES, "b"], "interim_results": True})).close()
        expected = {"model": "nova-3", "encoding": "mulaw", "sample_rate": "8000", "interim_results": "true"}
        asked = list(emulator.requests[0].query)
        assert sorted(asked) == sorted([*expected.items(), ("keyterm", YES), ("keyterm", "b")])
