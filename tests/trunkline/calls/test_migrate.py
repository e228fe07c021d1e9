"""Migrations bring a database to the tables that the code declares, from nothing and again."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from trunkline.calls.migrate import upgrade
from trunkline.calls.models import Base


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


async def test_the_migrations_make_what_the_models_declare(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/calls.db")
    await upgrade(engine)
    await upgrade(engine)  # a second start finds nothing to do
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()
