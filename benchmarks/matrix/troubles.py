"""Troubles of each part, and how they begin and end."""

import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.matrix.cell import Cell, Part
from benchmarks.matrix.road import Road, Trouble
from benchmarks.matrix.town import Town

PATHS = {Part.STT: "/v1/listen", Part.TTS: "/v1/speak", Part.SOCKET: "/twilio/media"}
"""What travels to a part, where it shares a road with others."""

OF_STORE = {Trouble.REFUSED, Trouble.SLOW, Trouble.SILENT, Trouble.GARBAGE}
"""What can be wrong with an embedded database: it cannot be opened, is locked for a while or all the time, or
is none."""

NOTHING = {
    Part.REDIS: "no part of a call uses it",
    Part.STORE: "an embedded database has no such fault",
}


def is_possible(cell: Cell) -> bool:
    """Whether there is such a fault that can be measured in one process."""
    if cell.part is Part.STORE:
        return cell.trouble in OF_STORE
    if cell.part is Part.REDIS:
        return False
    return not (cell.part in (Part.SOCKET, Part.PROCESS) and cell.trouble is Trouble.KILLED)


def cells(parts: Iterable[Part] = Part, troubles: Iterable[Trouble] = Trouble) -> list[Cell]:
    """All of those parts and troubles."""
    return [Cell(part, trouble, lasts) for part in parts for trouble in troubles for lasts in (False, True)]


@asynccontextmanager
async def trouble(cell: Cell, town: Town) -> AsyncIterator[None]:
    """In here, the part is in trouble."""
    if cell.part is Part.STORE:
        with _store(cell.trouble, town):
            yield
        return
    road = _road(cell.part, town)
    await road.begin(cell.trouble, PATHS.get(cell.part, "/"))
    try:
        yield
    finally:
        await road.clear()


def _road(part: Part, town: Town) -> Road:
    if part in (Part.STT, Part.TTS):
        return town.to_deepgram
    return town.to_openai if part is Part.LLM else town.to_us


@contextmanager
def _store(kind: Trouble, town: Town) -> Any:
    engine: AsyncEngine = town.service.store.engine
    if kind in (Trouble.SLOW, Trouble.SILENT):
        with _locked(town.database):
            yield
        return
    failure = OperationalError if kind is Trouble.REFUSED else DatabaseError

    def fail(*_: object) -> None:
        raise failure("BEGIN", {}, sqlite3.OperationalError("unable to open database file"))

    event.listen(engine.sync_engine, "begin", fail)
    try:
        yield
    finally:
        event.remove(engine.sync_engine, "begin", fail)


@contextmanager
def _locked(database: Path) -> Any:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
