"""The lock: one process at a time, and free when that one is gone."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy.ext.asyncio import create_async_engine

from tests.trunkline.campaigns.postgresql import Server, needs_postgresql
from trunkline.campaigns.lock import Lock

HOLD = """
import asyncio, sys
from sqlalchemy.ext.asyncio import create_async_engine
from trunkline.campaigns.lock import Lock

async def hold():
    lock = Lock(create_async_engine(sys.argv[1]))
    assert await lock.take()
    print("held", flush=True)
    await asyncio.sleep(60)

asyncio.run(hold())
"""


async def test_one_has_it_and_then_another(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/calls.db")
    first, second = Lock(engine), Lock(engine)
    assert await first.take()
    assert await first.take()
    assert await first.holds()
    assert not await second.take()
    assert not await second.holds()
    await first.release()
    assert not await first.holds()
    assert await second.take()
    await second.release()
    await engine.dispose()


def hold(url: str) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE)  # noqa: S603
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


async def test_a_process_that_is_killed_lets_go(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/calls.db"
    process = hold(url)
    engine = create_async_engine(url)
    lock = Lock(engine)
    assert not await lock.take()
    process.kill()
    process.communicate()
    assert await lock.take()
    await lock.release()
    await engine.dispose()


@needs_postgresql
async def test_on_postgresql_too() -> None:
    with Server() as server:
        process = hold(server.url)
        engine = create_async_engine(server.url)
        lock = Lock(engine)
        assert not await lock.take()
        process.kill()
        process.communicate()
        for _ in range(100):
            if await lock.take():
                break
        assert await lock.holds()
        await lock.release()
        assert not await lock.holds()
        await engine.dispose()
