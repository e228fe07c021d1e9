"""Sending never waits; what comes is told apart by its type; a stuck socket delays nobody."""

import asyncio
from collections.abc import Coroutine
from typing import Any, cast

import pytest
from pipecat.frames.frames import InterruptionFrame

from processors.aura_socket import AuraSocket
from processors.aura_tts import AuraTTS
from processors.deepgram import Deepgram, Socket
from processors.deepgram_socket import SocketClosed
from tests.processors.stock import Given
from tests.speaking import audible, outline, reply, serving
from tests.support import Bench, Wait
from trunkline.sandbox.speak import SpeakEmulator
from trunkline.sandbox.voice import ScriptedVoice


class Client:
    """The SDK's sender. Remembers what was sent; may be stuck."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.free = asyncio.Event()
        self.free.set()

    async def send_text(self, message: Any) -> None:
        await self._send(message.text)

    async def send_flush(self) -> None:
        await self._send("Flush")

    async def send_clear(self) -> None:
        await self._send("Clear")

    async def send_close(self) -> None:
        await self._send("Close")

    async def _send(self, what: str) -> None:
        await self.free.wait()
        self.sent.append(what)


class Wire:
    """A socket whose messages the test writes."""

    def __init__(self) -> None:
        self.client = Client()
        self.inbox: asyncio.Queue[str | bytes] = asyncio.Queue()
        self.is_open = True
        self.opened_at = asyncio.get_running_loop().time()
        self.closes = asyncio.Event()
        self.closes.set()

    async def recv(self) -> str | bytes:
        message = await self.inbox.get()
        if message == "closed":
            raise SocketClosed(1011, "NET-0000")
        return message

    async def close(self) -> None:
        self.is_open = False
        await self.closes.wait()


class Told:
    """What a listener was told."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def audio_came(self, socket: AuraSocket, audio: bytes) -> None:
        self.all.append(audio.decode())

    def flushed(self, socket: AuraSocket) -> None:
        self.all.append("flushed")

    def cleared(self, socket: AuraSocket) -> None:
        self.all.append("cleared")

    def warned(self, code: str, description: str) -> None:
        self.all.append(f"{code}: {description}")

    def closed(self, socket: AuraSocket, why: SocketClosed) -> None:
        self.all.append(str(why))


def spawn(coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    return asyncio.create_task(coroutine, name=name)


async def told(*messages: str | bytes, clear_first: bool = False) -> list[str]:
    wire, listener = Wire(), Told()
    socket = AuraSocket(cast(Socket, wire), listener, spawn)
    if clear_first:
        socket.clear()
    for message in messages:
        wire.inbox.put_nowait(message)
    await asyncio.sleep(0.01)
    await socket.close()
    return listener.all


async def test_commands_go_out_in_order_and_long_texts_in_parts() -> None:
    wire = Wire()
    socket = AuraSocket(cast(Socket, wire), Told(), spawn)
    socket.speak("Hello.")
    socket.flush()
    socket.speak("word " * 500)
    await asyncio.sleep(0.01)
    await socket.close()
    assert wire.client.sent[:2] == ["Hello.", "Flush"]
    assert [len(text) for text in wire.client.sent[2:4]] == [2000, 500]
    assert wire.client.sent[4:] == ["Close"]
    assert socket.limits.characters_left(0.1) == 2400 - 2506
    assert socket.limits.flushes_left(0.1) == 19


async def test_answers_are_told_by_their_type() -> None:
    assert await told('{"type":"Metadata"}', b"abc", b"", '{"type":"Flushed","sequence_id":0}', b"d") == [
        "abc",
        "flushed",
        "d",
    ]


async def test_after_a_clear_nothing_is_told_before_it_is_answered() -> None:
    messages = (b"old", '{"type":"Flushed"}', b"older", '{"type":"Cleared"}', b"new", '{"type":"Cleared"}')
    assert await told(*messages, clear_first=True) == ["cleared", "new"]
    assert await told('{"type":"Cleared"}', b"new") == ["new"]


@pytest.mark.parametrize(
    ("message", "warning"),
    [
        ('{"type":"Warning","code":"A","description":"B"}', "A: B"),
        ('{"type":"Warning","warn_code":"A","warn_msg":"B"}', "A: B"),
        ('{"type":"Error","err_code":"A","err_msg":"B"}', "A: B"),
        ('{"type":"Warning"}', ": "),
    ],
)
async def test_warnings_old_and_new(message: str, warning: str) -> None:
    assert await told(message, b"audio") == [warning, "audio"]


@pytest.mark.parametrize("message", ["", "}{", "null", "[]", "5", '{"no":"type"}', '{"type":7}'])
async def test_what_is_no_message_is_a_warning(message: str) -> None:
    warning, audio = await told(message, b"audio")
    assert warning.startswith("not a message")
    assert audio == "audio"


async def test_a_message_of_a_later_version_is_passed_over() -> None:
    assert await told('{"type":"Feeling","mood":"good"}', b"audio") == ["audio"]


async def test_a_close_is_told_with_its_reason() -> None:
    assert await told(b"audio", "closed") == ["audio", "closed with 1011 NET-0000"]


async def test_what_was_not_sent_yet_is_not_sent_after_a_clear() -> None:
    wire = Wire()
    wire.client.free.clear()
    socket = AuraSocket(cast(Socket, wire), Told(), spawn)
    socket.speak("One.")
    await asyncio.sleep(0.01)
    socket.flush()
    socket.speak("Two.")
    socket.clear()
    wire.client.free.set()
    await asyncio.sleep(0.01)
    await socket.close()
    assert wire.client.sent == ["One.", "Clear", "Close"]


async def test_a_socket_is_stuck_when_a_message_takes_too_long() -> None:
    wire = Wire()
    wire.client.free.clear()
    socket = AuraSocket(cast(Socket, wire), Told(), spawn)
    assert not socket.is_stalled
    socket.speak("One.")
    await asyncio.sleep(0.1)
    assert not socket.is_stalled
    await asyncio.sleep(0.4)
    assert socket.is_stalled
    wire.client.free.set()
    await asyncio.sleep(0.01)
    assert not socket.is_stalled
    await socket.close()


@pytest.mark.parametrize("stuck", ["sending", "closing"])
async def test_leaving_takes_half_a_second_at_most(stuck: str) -> None:
    wire = Wire()
    (wire.client.free if stuck == "sending" else wire.closes).clear()
    socket = AuraSocket(cast(Socket, wire), Told(), spawn)
    socket.speak("One.")
    await asyncio.sleep(0.01)
    before = asyncio.get_running_loop().time()
    await socket.close()
    assert asyncio.get_running_loop().time() - before <= 0.5
    assert not wire.is_open


async def test_a_socket_that_is_stuck_delays_neither_an_interruption_nor_the_next_reply() -> None:
    wire = Wire()
    wire.client.free.clear()
    wire.closes.clear()
    loop = asyncio.get_running_loop()
    async with serving(SpeakEmulator(ScriptedVoice())) as url:
        deepgram = Deepgram("some-key", url)
        async with Bench(AuraTTS(deepgram, stock=Given(cast(Socket, wire)))) as bench:
            await bench.send(*reply("Stuck."), Wait(1))
            before = loop.time()
            await bench.send(InterruptionFrame())
            assert outline(bench.heard.down)[-1] == "InterruptionFrame"
            assert loop.time() - before < 0.01
            out = await bench.send(*reply("Free."), Wait(0.35))
            assert audible(out.down) == "Free."
        await deepgram.close()
