"""Virtual time: timers move it, work does not, and sockets get their chance before it jumps."""

import asyncio
import time

import pytest

from trunkline.testing.clock import VirtualTimeLoop


async def test_an_hour_passes_at_once() -> None:
    loop, wall = asyncio.get_running_loop(), time.monotonic()
    began = loop.time()
    await asyncio.sleep(3600)
    assert loop.time() - began == pytest.approx(3600)
    assert time.monotonic() - wall < 5


async def test_work_takes_no_time() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    sum(range(1_000_000))
    assert loop.time() == began


async def test_timers_fire_in_order_and_exactly() -> None:
    loop = asyncio.get_running_loop()
    fired: list[float] = []
    began = loop.time()
    for delay in (0.3, 0.1, 0.2):
        loop.call_later(delay, lambda: fired.append(round(loop.time() - began, 6)))
    await asyncio.sleep(1)
    assert fired == [0.1, 0.2, 0.3]


async def test_a_timeout_does_not_overtake_an_answer_on_a_socket() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(5))
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"hello")
    assert await asyncio.wait_for(reader.read(5), 0.001) == b"hello"
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()


async def test_a_timeout_passes_when_nothing_answers() -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 60)


def test_a_deadlock_is_an_error_and_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trunkline.testing.clock.STALL", 0.05)
    with (
        asyncio.Runner(loop_factory=VirtualTimeLoop) as runner,
        pytest.raises(RuntimeError, match="deadlock"),
    ):
        runner.get_loop().run_until_complete(asyncio.Event().wait())
