"""The WebSocket answers each command, keeps Deepgram's limits, and closes with Deepgram's codes."""

import asyncio

import pytest

from tests.speaking import connected
from trunkline.sandbox.speak import Pace, SpeakEmulator
from trunkline.sandbox.voice import ScriptedVoice

read = ScriptedVoice().read


async def test_metadata_comes_first_and_each_flush_is_answered_after_its_audio() -> None:
    emulator = SpeakEmulator(ScriptedVoice())
    async with connected(emulator) as client:
        assert client.answers[0]["model_name"] == "aura-2-thalia-en"
        await client.speak("Good morning.")
        await client.speak("How can I help?")
        assert read(await client.until("Flushed")) == "Good morning."
        assert read(await client.until("Flushed")) == "How can I help?"
    assert [answer.get("sequence_id") for answer in client.answers] == [None, 0, 1]
    assert [request.text for request in emulator.spoken] == ["Good morning.", "How can I help?"]


async def test_speak_messages_are_joined_as_they_are() -> None:
    async with connected(SpeakEmulator(ScriptedVoice())) as client:
        await client.send({"type": "Speak", "text": "one"}, {"type": "Speak", "text": "two"}, "Flush")
        assert read(await client.until("Flushed")) == "onetwo"


async def test_a_flush_of_nothing_is_answered_too() -> None:
    async with connected(SpeakEmulator(ScriptedVoice())) as client:
        await client.send("Flush")
        assert await client.until("Flushed") == b""


async def test_clear_forgets_text_and_audio() -> None:
    async with connected(SpeakEmulator(ScriptedVoice())) as client:
        await client.speak("This is a long sentence that will be cut.")
        await client.speak("This one will not be heard.")
        await client.send({"type": "Speak", "text": "Nor this."})
        await client.hear(0.15)
        await client.send("Clear")
        await client.until("Cleared")
        await client.speak("New.")
        assert read(await client.until("Flushed")) == "New."
    assert [answer["type"] for answer in client.answers] == ["Metadata", "Cleared", "Flushed"]


async def test_close_says_the_rest_and_leaves() -> None:
    async with connected(SpeakEmulator(ScriptedVoice())) as client:
        await client.send({"type": "Speak", "text": "Goodbye."}, "Close")
        assert await client.closed() == (1000, "")
    assert read(b"".join(client.audio)) == "Goodbye."


async def test_text_without_a_flush_waits_or_does_not() -> None:
    async with connected(SpeakEmulator(ScriptedVoice())) as client:
        await client.send({"type": "Speak", "text": "Hello there."})
        assert await client.hear(5) == b""
    async with connected(SpeakEmulator(ScriptedVoice(), pace=Pace(needs_flush=False))) as client:
        await client.send({"type": "Speak", "text": "Hello there."}, {"type": "Speak", "text": " And"})
        assert read(await client.hear(5)) == "Hello there."
        await client.send("Flush")
        assert read(await client.until("Flushed")) == " And"


async def test_too_long_a_message_closes() -> None:
    async with connected(SpeakEmulator(ScriptedVoice())) as client:
        await client.send({"type": "Speak", "text": "x" * 2000})
        await client.send({"type": "Speak", "text": "x" * 2001})
        assert await client.closed() == (1009, "BIG-0001")


async def test_too_much_text_in_a_minute_closes() -> None:
    pace = Pace(speed=200, chunk_ms=(1000, 2000))
    async with connected(SpeakEmulator(ScriptedVoice(), pace=pace)) as client:
        await client.send({"type": "Speak", "text": "x" * 2000})
        await asyncio.sleep(60)
        await client.send(
            {"type": "Speak", "text": "x" * 2000}, {"type": "Speak", "text": "x" * 400}, "Flush"
        )
        await client.until("Flushed")
        await client.send({"type": "Speak", "text": "x"})
        assert await client.closed() == (1008, "DATA-0001")


async def test_how_much_text_a_minute_may_have_can_be_changed() -> None:
    pace = Pace(speed=200, chunk_ms=(1000, 2000))
    async with connected(SpeakEmulator(ScriptedVoice(), pace=pace, max_characters=4000)) as client:
        await client.send(*[{"type": "Speak", "text": "x" * 2000}] * 2, "Flush")
        await client.until("Flushed")
        await client.send({"type": "Speak", "text": "x"})
        assert await client.closed() == (1008, "DATA-0001")


async def test_the_twenty_first_flush_in_a_minute_is_ignored_with_a_warning() -> None:
    async with connected(SpeakEmulator(ScriptedVoice())) as client:
        await client.send(*["Flush"] * 20, {"type": "Speak", "text": "Late."}, "Flush")
        await client.until("Warning")
        assert await client.hear(30) == b""
        await asyncio.sleep(31)
        await client.send("Flush")
        assert read(await client.until("Flushed")) == "Late."


async def test_an_hour_is_the_end() -> None:
    async with connected(SpeakEmulator(ScriptedVoice())) as client:
        before = asyncio.get_running_loop().time()
        assert await client.closed() == (1011, "NET-0003")
        assert asyncio.get_running_loop().time() - before == pytest.approx(3600, abs=1)


@pytest.mark.parametrize("text", ["not JSON", "[]", '{"type":"Sing"}', '{"type":"Speak"}'])
async def test_what_is_no_command_closes(text: str) -> None:
    async with connected(SpeakEmulator(ScriptedVoice())) as client:
        await client.ws.send_str(text)
        assert await client.closed() == (1003, "MESSAGE-0000")


async def test_binary_closes() -> None:
    async with connected(SpeakEmulator(ScriptedVoice())) as client:
        await client.ws.send_bytes(b"\x00")
        assert await client.closed() == (1008, "DATA-0000")
