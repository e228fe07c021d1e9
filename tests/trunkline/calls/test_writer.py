"""Writes of many calls share a transaction, and one that cannot be kept costs the others nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from loguru import logger
from sqlalchemy import Column, Integer, MetaData, String, Table, event, insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from trunkline.calls.statements import Write
from trunkline.calls.writer import GATHER, LONGEST_WAIT, Writer

NOTES = Table("notes", MetaData(), Column("id", Integer, primary_key=True), Column("text", String))
PUT = insert(NOTES)


def note(number: int) -> Write:
    return Write(PUT, {"id": number, "text": "a word of a caller"})


@asynccontextmanager
async def writing(folder: Path) -> AsyncIterator[tuple[Writer, AsyncEngine]]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder}/notes.db")
    async with engine.begin() as connection:
        await connection.run_sync(NOTES.metadata.create_all)
    writer = Writer(engine)
    writer.start()
    try:
        yield writer, engine
    finally:
        await writer.close()
        await engine.dispose()


def first_commit(engine: AsyncEngine) -> "asyncio.Future[float]":
    """When the next transaction is committed; a database takes its own time, so wait for nothing else."""
    loop = asyncio.get_running_loop()
    committed: asyncio.Future[float] = loop.create_future()

    def note_time(_: object) -> None:
        if not committed.done():
            committed.set_result(loop.time())

    event.listen(engine.sync_engine, "commit", note_time)
    return committed


async def kept(engine: AsyncEngine) -> list[int]:
    async with engine.connect() as connection:
        return list((await connection.execute(select(NOTES.c.id).order_by(NOTES.c.id))).scalars())


async def test_what_comes_within_a_moment_is_one_transaction(tmp_path: Path) -> None:
    async with writing(tmp_path) as (writer, engine):
        committed, began = first_commit(engine), asyncio.get_running_loop().time()
        for number in range(30):
            writer.put(note(number))
        assert await committed - began == pytest.approx(GATHER, abs=0.02)
        assert await kept(engine) == list(range(30))


async def test_what_is_urgent_is_written_at_once_and_takes_along_what_waits(tmp_path: Path) -> None:
    async with writing(tmp_path) as (writer, engine):
        committed, began = first_commit(engine), asyncio.get_running_loop().time()
        writer.put(note(1))
        writer.put(note(2), urgent=True)
        assert await committed - began < GATHER / 4
        assert await kept(engine) == [1, 2]


async def test_closing_writes_what_waits(tmp_path: Path) -> None:
    async with writing(tmp_path) as (writer, engine):
        writer.put(note(1))
        await writer.close()
        assert await kept(engine) == [1]


async def test_one_that_cannot_be_kept_is_told_and_costs_nobody_else(tmp_path: Path) -> None:
    said: list[str] = []
    sink = logger.add(said.append, level="ERROR", format="{message}")
    async with writing(tmp_path) as (writer, engine):
        for number in (1, 2, 2, 3):
            writer.put(note(number))
        await writer.flush()
        assert await kept(engine) == [1, 2, 3]
    logger.remove(sink)
    assert len(said) == 1
    assert "IntegrityError" in said[0]
    assert "a word of a caller" not in "".join(said)


async def test_a_database_that_is_locked_for_a_moment_keeps_everything(tmp_path: Path) -> None:
    async with writing(tmp_path) as (writer, engine):
        async with engine.begin() as other:
            await other.execute(PUT, [{"id": 100, "text": "another process"}])
            writer.put(note(1))
            await asyncio.sleep(2 * GATHER)
        await writer.flush()
        assert await kept(engine) == [1, 100]


@pytest.fixture
def said() -> Iterator[list[str]]:
    """What the log says, from INFO on."""
    lines: list[str] = []
    sink = logger.add(lines.append, level="INFO", format="{message}")
    yield lines
    logger.remove(sink)


def away(engine: AsyncEngine) -> list[str]:
    """Have the database refuse connections until the list that is returned is emptied."""
    reasons = ["away"]

    def refuse(*_: object) -> None:
        if reasons:
            raise OperationalError("BEGIN", {}, ConnectionRefusedError())

    event.listen(engine.sync_engine, "begin", refuse)
    return reasons


async def test_what_comes_while_the_database_is_away_is_written_when_it_is_back(
    tmp_path: Path, said: list[str]
) -> None:
    async with writing(tmp_path) as (writer, engine):
        reasons = away(engine)
        for number in range(20):
            writer.put(note(number))
            await asyncio.sleep(3)
        assert not await writer.flush()
        reasons.clear()
        await asyncio.sleep(1.25 * LONGEST_WAIT)
        assert await writer.flush()
        assert await kept(engine) == list(range(20))
    assert [line.strip() for line in said] == [
        "the call store is away (OperationalError); records wait until it is back",
        "the call store is back",
    ]


async def test_nobody_waits_for_ever_for_a_database_that_stays_away(tmp_path: Path, said: list[str]) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/notes.db")
    writer = Writer(engine)
    writer.start()
    reasons, began = away(engine), asyncio.get_running_loop().time()
    writer.put(note(1))
    assert not await writer.flush()
    assert asyncio.get_running_loop().time() - began < 2
    await writer.close()
    assert "its last" in said[-1]
    reasons.clear()
    await engine.dispose()
