"""What a connection remembers, and how it can be made to misbehave."""

import asyncio
import json

import pytest

from tests.processors.listening import NAME, PHRASES, ears
from tests.trunkline.sandbox.microphone import collect, connected, speak
from trunkline.sandbox.listen import ListenEmulator, ListenFault


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_what_was_received_is_kept_with_its_time() -> None:
    emulator = ListenEmulator(ears)
    async with connected(emulator) as ws:
        start = now()
        await speak(ws, PHRASES[NAME][:1600])
        await ws.send_str('{"type":"KeepAlive"}')
        await asyncio.sleep(0.01)
        (connection,) = emulator.connections
        assert connection.audio == PHRASES[NAME][:1600]
        assert [round(at - start, 3) for at, _ in connection.received] == [
            round(i * 0.02, 3) for i in range(10)
        ]
        assert connection.orders[0].data == b'{"type":"KeepAlive"}'
        assert emulator.received[0] == connection.received
        assert emulator.open == [connection]
    assert emulator.open == []
    assert connection.close_code == 1000


async def test_audio_need_not_be_kept() -> None:
    emulator = ListenEmulator(ears, keep_audio=False)
    async with connected(emulator) as ws:
        await speak(ws, PHRASES[NAME][:1600])
        await asyncio.sleep(0.01)
        assert emulator.connections[0].audio == b""
        assert emulator.connections[0].audio_bytes == 1600


@pytest.mark.parametrize(("code", "reason"), [(1011, "NET-0000"), (1008, "DATA-0000"), (1000, "")])
async def test_closing_in_the_middle_of_a_word(code: int, reason: str) -> None:
    fault = ListenFault(close_after_ms=500, close_code=code, close_reason=reason)
    emulator = ListenEmulator(ears, faults=[fault])
    async with connected(emulator) as ws:
        listening_to = asyncio.create_task(collect(ws))
        await speak(ws, PHRASES[NAME])
        assert (await listening_to)[-1] == code
        assert emulator.connections[0].audio_bytes == 4000
        assert emulator.connections[0].close_code == code


async def test_the_network_is_lost() -> None:
    emulator = ListenEmulator(ears, fault=ListenFault(close_after_ms=500, close_code=1006))
    async with connected(emulator) as ws:
        listening_to = asyncio.create_task(collect(ws))
        await speak(ws, PHRASES[NAME])
        assert (await listening_to)[-1] == 1006


async def test_dropping_on_demand() -> None:
    emulator = ListenEmulator(ears)
    async with connected(emulator) as ws:
        await speak(ws, PHRASES[NAME][:1600])
        await emulator.drop(1011, "NET-0000")
        message = await ws.receive()
        assert (message.data, message.extra) == (1011, "NET-0000")
        await asyncio.sleep(0)
        assert emulator.open == []


async def test_silence() -> None:
    emulator = ListenEmulator(ears, fault=ListenFault(silent=True))
    async with connected(emulator) as ws:
        await speak(ws, PHRASES[NAME] + b"\xff" * 16000)
        await ws.send_str('{"type":"CloseStream"}')
        with pytest.raises(TimeoutError):
            await ws.receive(timeout=5)


async def test_slowness_delays_what_is_said_and_nothing_else() -> None:
    times = []
    for slow_ms in (0, 700):
        emulator = ListenEmulator(ears, fault=ListenFault(slow_ms=slow_ms))
        async with connected(emulator) as ws:
            await speak(ws, PHRASES[NAME] + b"\xff" * 8000)
            await asyncio.sleep(1)
            final = next(at for at, m in emulator.connections[0].sent if m["is_final"])
            times.append(final - emulator.connections[0].opened_at)
    assert times[1] - times[0] == pytest.approx(0.7, abs=0.01)


async def test_garbage_comes_once() -> None:
    emulator = ListenEmulator(ears, fault=ListenFault(garble_after_ms=300))
    async with connected(emulator) as ws:
        await speak(ws, PHRASES[NAME] + b"\xff" * 8000)
        await emulator.drop(1000)
        *messages, _ = await collect(ws)
        assert sum(not is_json(message) for message in messages) == 1


async def test_stalling_stops_reading_and_loses_nothing() -> None:
    emulator = ListenEmulator(ears, fault=ListenFault(stall_after_ms=200, stall_ms=1000))
    async with connected(emulator) as ws:
        await speak(ws, PHRASES[NAME][:4800])
        connection = emulator.connections[0]
        assert connection.audio_bytes < 2400
        await asyncio.sleep(1)
        assert connection.audio == PHRASES[NAME][:4800]


async def test_finalize_can_be_ignored() -> None:
    emulator = ListenEmulator(ears, fault=ListenFault(no_endpoint=True, ignore_finalize=True))
    async with connected(emulator) as ws:
        await speak(ws, PHRASES[NAME] + b"\xff" * 8000)
        await ws.send_str('{"type":"Finalize"}')
        await asyncio.sleep(1)
        assert not any(m["is_final"] for _, m in emulator.connections[0].sent)


def is_json(message: str) -> bool:
    try:
        json.loads(message)
    except ValueError:
        return False
    return True
