"""What a Flux socket remembers, and how it can be made to misbehave."""

import asyncio
import json

import pytest

from processors.g711 import SILENCE
from tests.processors.listening import NAME, PHRASES, ears
from tests.trunkline.sandbox.microphone import collect, connected, speak
from trunkline.sandbox.flux import FluxEmulator
from trunkline.sandbox.listen_faults import ListenFault


async def test_every_message_has_its_number_and_whose_it_is() -> None:
    emulator = FluxEmulator(ears)
    async with connected(emulator) as ws:
        await speak(ws, PHRASES[NAME] + SILENCE * 4000, ms=80)
        await ws.send_str('{"type":"CloseStream"}')
        *raw, code = await collect(ws)
    (connection,) = emulator.connections
    messages = [json.loads(message) for message in raw]
    assert [message["sequence_id"] for message in messages] == list(range(len(messages)))
    assert list(messages[0]) == ["type", "request_id", "sequence_id"]
    assert {message["request_id"] for message in messages} == {connection.request_id}
    assert [sent.message for sent in connection.sent] == messages
    assert connection.audio == PHRASES[NAME] + SILENCE * 4000
    assert code == connection.close_code == 1000


async def test_configure_is_remembered() -> None:
    emulator = FluxEmulator(ears)
    async with connected(emulator) as ws:
        await ws.send_json({"type": "Configure", "thresholds": {"eot_threshold": 0.9}, "keyterms": ["x"]})
        await ws.send_json({"type": "Configure", "thresholds": 3})
        answers = [json.loads((await ws.receive()).data) for _ in range(3)][1:]
        assert answers[0]["thresholds"] == {"eot_threshold": 0.9, "eot_timeout_ms": 5000}
        assert "language_hints" not in answers[0]
        assert answers[1]["code"] == "INVALID_THRESHOLD"
        assert emulator.connections[0].query.keyterms == ("x",)


async def test_silent() -> None:
    emulator = FluxEmulator(ears, fault=ListenFault(silent=True))
    async with connected(emulator) as ws:
        await speak(ws, PHRASES[NAME] + SILENCE * 8000, ms=80)
        await emulator.drop()
        assert await collect(ws) == [1006]


async def test_slow() -> None:
    emulator = FluxEmulator(ears, fault=ListenFault(slow_ms=500))
    async with connected(emulator) as ws:
        start = asyncio.get_running_loop().time()
        await ws.receive()
        assert asyncio.get_running_loop().time() - start == pytest.approx(0.5, abs=0.01)


async def test_garbage_and_a_close_in_the_middle() -> None:
    fault = ListenFault(garble_after_ms=300, close_after_ms=800, close_code=1011)
    async with connected(FluxEmulator(ears, fault=fault)) as ws:
        await speak(ws, PHRASES[NAME][: 800 * 8], ms=80)
        *messages, code = await collect(ws)
        with pytest.raises(json.JSONDecodeError):
            [json.loads(message) for message in messages]
        assert code == 1011


async def test_an_empty_binary_message_ends_the_connection() -> None:
    async with connected(FluxEmulator(ears)) as ws:
        await ws.send_bytes(PHRASES[NAME])
        await ws.send_bytes(b"")
        *messages, code = await collect(ws)
        assert json.loads(messages[-1])["transcript"] == NAME
        assert code == 1000
