"""Migrations bring a database to the tables that the code declares, from nothing and again."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from trunkline.calls.migrate import config, upgrade
from trunkline.calls.models import Base, TurnRow
from trunkline.calls.summary import waterfall
from trunkline.waterfall import Waterfall


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


async def test_the_migrations_make_what_the_models_declare(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/calls.db")
    await upgrade(engine)
    await upgrade(engine)  # a second start finds nothing to do
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


OLD_CALL = (
    "INSERT INTO calls (sid, line, caller, called, direction, started_at, reason, last_words) "
    "VALUES ('CA1', 'desk', 'x', 'y', 'inbound', '2026-11-22 09:04:06', '', '')"
)
OLD_TURN = (
    'INSERT INTO turns (call_sid, "index", at, caller, agent, interrupted, tools, total_ms, listening_ms, '
    "thinking_ms, speaking_ms) VALUES ('CA1', {}, '2026-11-22 09:04:06', '', '', 0, '[]', {})"
)


def to(revision: str) -> Callable[[Connection], None]:
    """Up or down to a revision."""

    def move(connection: Connection) -> None:
        way = command.downgrade if revision == "0001" and _has_segments(connection) else command.upgrade
        way(config(connection), revision)

    return move


def _has_segments(connection: Connection) -> bool:
    columns = inspect(connection).get_columns("turns") if inspect(connection).has_table("turns") else []
    return any(column["name"] == "model_ms" for column in columns)


async def test_replies_that_were_measured_before_stay_readable_and_add_up(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/calls.db")
    async with engine.begin() as connection:
        await connection.run_sync(to("0001"))
        await connection.execute(text(OLD_CALL))
        for index, values in enumerate(
            ("NULL, NULL, NULL, NULL", "700, 300, 250, 100", "500, 300, NULL, NULL")
        ):
            await connection.execute(text(OLD_TURN.format(index, values)))
    await upgrade(engine)
    async with async_sessionmaker(engine)() as session:
        rows = (await session.execute(select(TurnRow).order_by(TurnRow.index))).scalars().all()
        greeting, whole, part = (waterfall(row) for row in rows)
    assert greeting is None
    assert whole == Waterfall(stt=300, model=250, voice=100, output=50)
    assert part == Waterfall(stt=300, output=200)
    async with engine.begin() as connection:
        await connection.run_sync(to("0001"))
        names = "total_ms, listening_ms, thinking_ms, speaking_ms"
        found = await connection.execute(text(f'SELECT {names} FROM turns ORDER BY "index"'))  # noqa: S608
        assert [tuple(row) for row in found] == [
            (None, None, None, None),
            (700, 300, 250, 100),
            (500, 300, None, None),
        ]
    await engine.dispose()
