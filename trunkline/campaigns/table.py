"""Contacts from a table or a query of a database."""

import re
from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from trunkline.campaigns.contacts import COLUMN, Contacts, Normal, sift
from trunkline.errors import CampaignError

PLAIN_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$")


async def fetch(
    url: str,
    source: str,
    normal: Normal,
    *,
    column: str = COLUMN,
    never: Collection[str] = (),
    needed: Collection[str] = (),
) -> Contacts:
    """The contacts that a database has.

    Args:
        url: SQLAlchemy's, with an async driver.
        source: name of a table, or a ``SELECT``.
        normal: how a number is written.
        column: where the number stands.
        never: numbers that are not to be called.
        needed: columns in which each row needs a value.

    Raises:
        CampaignError: the database cannot be asked, or has no such column.
    """
    query = f"SELECT * FROM {source}" if PLAIN_NAME.match(source) else source  # noqa: S608
    if not query.lstrip().lower().startswith(("select", "with")):
        raise CampaignError(f"{source!r} is no table; expected its name, or a query that begins with SELECT")
    try:
        engine = create_async_engine(url)
        try:
            async with engine.connect() as connection:
                found = await connection.execute(text(query))
                names, rows = list(found.keys()), found.mappings().all()
        finally:
            await engine.dispose()
    except (SQLAlchemyError, ImportError, OSError) as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise CampaignError(
            f"the table of contacts cannot be read ({type(error).__name__}: {said})"
        ) from error
    if column not in names:
        there = ", ".join(map(repr, names))
        raise CampaignError(f"no column {column!r} among {there}; name it with --number-column")
    return sift(enumerate(rows, 1), normal, column=column, never=never, needed=needed)
