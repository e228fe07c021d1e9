"""Every fault shows at the wire, and a fault of one connection is not another's."""

import asyncio

import aiohttp
import pytest

from tests.speaking import KEY, MULAW, Client, connected, serving
from trunkline.sandbox.speak import SpeakEmulator
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.voice import ScriptedVoice

TEXT = "This is a rather long sentence, for there must be time to cut it."
read = ScriptedVoice().read


def faulty(fault: SpeakFault) -> SpeakEmulator:
    return SpeakEmulator(ScriptedVoice(), fault=fault)


async def test_refused_with_a_status() -> None:
    async with serving(faulty(SpeakFault(refuse=503))) as url, aiohttp.ClientSession(headers=KEY) as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{url}/v1/speak", params=MULAW)
        assert refused.value.status == 503
        assert refused.value.headers is not None
        assert "dg-error" in refused.value.headers


async def test_slow() -> None:
    async with connected(faulty(SpeakFault(slow_ms=2000))) as client:
        await client.speak("Hello.")
        assert await client.hear(2.0) == b""
        assert read(await client.hear(1.0)) == "Hello."


async def test_silent() -> None:
    async with connected(faulty(SpeakFault(silent=True))) as client:
        await client.speak("Hello.")
        await client.send("Clear")
        assert await client.hear(60) == b""
    assert len(client.answers) == 1


async def test_mute() -> None:
    async with connected(faulty(SpeakFault(mute=True))) as client:
        await client.speak("Hello.")
        assert await client.until("Flushed") == b""


async def test_silent_in_the_middle() -> None:
    async with connected(faulty(SpeakFault(silent_after_bytes=5333))) as client:
        await client.speak(TEXT)
        assert read(await client.hear(60)) == TEXT[:10]


@pytest.mark.parametrize("code", [1011, None])
async def test_closed_in_the_middle(code: int | None) -> None:
    async with connected(faulty(SpeakFault(close_after_bytes=5333, close_code=code))) as client:
        await client.speak(TEXT)
        assert await client.closed() == ((1011, "NET-0000") if code else (1006, ""))
        assert read(b"".join(client.audio)) == TEXT[:10]


async def test_not_reading() -> None:
    async with connected(faulty(SpeakFault(stall_reading_s=5))) as client:
        before = asyncio.get_running_loop().time()
        await client.speak("Hello.")
        await client.until("Flushed")
        assert asyncio.get_running_loop().time() - before > 5


async def cut(client: Client) -> None:
    await client.speak(TEXT)
    await client.hear(0.2)
    await client.send("Clear")


async def test_old_audio_before_cleared() -> None:
    async with connected(faulty(SpeakFault(linger_ms=300))) as client:
        await cut(client)
        assert len(await client.until("Cleared")) > 8 * 2000
        assert await client.hear(5) == b""


async def test_old_audio_after_cleared() -> None:
    async with connected(faulty(SpeakFault(haunt_ms=600))) as client:
        await cut(client)
        assert len(await client.until("Cleared")) < 8 * 200
        await client.speak("New.")
        heard = read(await client.hear(5))
        assert "This is" in heard
        assert len(heard) > len(TEXT)


async def test_never_cleared() -> None:
    async with connected(faulty(SpeakFault(never_cleared=True))) as client:
        await cut(client)
        await client.hear(60)
        assert client.answers[1:] == []


async def test_garbage() -> None:
    async with connected(faulty(SpeakFault(garbage="}{"))) as client:
        await client.speak("Hello.")
        assert read(await client.until("Flushed")) == "Hello."
        assert set(client.texts) == {"}{"}


async def test_a_fault_for_one_connection_only() -> None:
    emulator = SpeakEmulator(ScriptedVoice(), faults=[SpeakFault(silent=True)])
    async with connected(emulator) as first, connected(emulator) as second:
        await first.speak("Hello.")
        await second.speak("Hello.")
        assert read(await second.hear(1)) == "Hello."
        assert await first.hear(1) == b""


async def test_a_fault_may_come_and_go_while_connected() -> None:
    emulator = SpeakEmulator(ScriptedVoice())
    async with connected(emulator) as client:
        emulator.fault = SpeakFault(mute=True)
        await client.speak("Hello.")
        assert await client.until("Flushed") == b""
        emulator.fault = SpeakFault()
        await client.speak("Hello.")
        assert read(await client.until("Flushed")) == "Hello."
