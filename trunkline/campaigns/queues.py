"""Where DBOS keeps its queues: beside the call store unless told otherwise."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from trunkline.errors import SettingsError
from trunkline.settings import Settings

POSTGRESQL, SQLITE = "postgresql+psycopg", "sqlite"
"""Drivers that DBOS has for its databases."""

EXPECTED = "expected a PostgreSQL or SQLite URL, such as postgresql://user@host/name"


def address(settings: Settings) -> str:
    """SQLAlchemy URL of DBOS's database.

    A PostgreSQL call store has the queues in a schema of its own; an SQLite one has a second file beside it,
    for SQLite lets one process write at a time.

    Raises:
        SettingsError: DBOS cannot use such a database.
    """
    given = settings.campaign_database_url
    try:
        url = make_url(given or settings.database_url)
    except ArgumentError as error:
        raise SettingsError(f"TRUNKLINE_CAMPAIGN_DATABASE_URL does not fit; {EXPECTED}") from error
    match url.get_backend_name():
        case "postgresql":
            return _plain(url.set(drivername=POSTGRESQL))
        case "sqlite":
            return _plain(url.set(drivername=SQLITE, database=url.database if given else _beside(url)))
        case other:
            raise SettingsError(
                f"campaigns cannot queue their calls in {other}: set TRUNKLINE_CAMPAIGN_DATABASE_URL; "
                f"{EXPECTED}"
            )


def _beside(store: URL) -> str:
    file = Path(store.database or "trunkline.db")
    return str(file.with_name(f"{file.stem}-campaigns{file.suffix}"))


def _plain(url: URL) -> str:
    return url.render_as_string(hide_password=False)
