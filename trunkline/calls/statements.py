"""What keeps a call: statements that are made once, and run with the values of many calls at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Executable, Table, bindparam, or_, update
from sqlalchemy.dialects import mysql, postgresql, sqlite

from trunkline.calls.models import CallRow, TurnRow
from trunkline.life import PROVISIONAL

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """One row to be written."""

    statement: Executable
    values: Values


class Statements:
    """In the words of one database.

    Args:
        dialect: SQLAlchemy's name of it.

    Raises:
        LookupError: it is not one that a row can be put into whether or not it is there.
    """

    def __init__(self, dialect: str) -> None:
        put = PUT[dialect]
        self.begin = put(CallRow.__table__, overwrite=False)
        """A call; one that is there stays as it is."""
        self.turn = put(TurnRow.__table__, overwrite=True)
        """A turn; the last that is told of it counts."""
        self.end = update(CallRow.__table__).where(_is_call(), _may_end())  # type: ignore[arg-type]
        """An outcome, for the call ``of``: the first counts, but a provisional one gives way."""
        self._notes: dict[frozenset[str], Executable] = {}

    def note(self, columns: Iterable[str]) -> Executable:
        """More of what is known of the call ``of``: these columns, whatever they held."""
        names = frozenset(columns)
        if names not in self._notes:
            values: dict[str, Any] = {name: bindparam(name) for name in sorted(names)}
            self._notes[names] = update(CallRow.__table__).where(_is_call()).values(values)  # type: ignore[arg-type]
        return self._notes[names]


def _is_call() -> ColumnElement[bool]:
    return CallRow.sid == bindparam("of")


def _may_end() -> ColumnElement[bool]:
    return or_(CallRow.outcome.is_(None), CallRow.outcome.in_(PROVISIONAL))


def _on_conflict(insert: Any, table: Any, *, overwrite: bool) -> Executable:
    """SQLite's way, and PostgreSQL's."""
    statement, keys = insert(table), list(table.primary_key.columns)
    if not overwrite:
        return statement.on_conflict_do_nothing(index_elements=keys)  # type: ignore[no-any-return]
    others = {name: statement.excluded[name] for name in _others(table)}
    return statement.on_conflict_do_update(index_elements=keys, set_=others)  # type: ignore[no-any-return]


def _on_duplicate_key(table: Any, *, overwrite: bool) -> Executable:
    """MySQL's way."""
    statement = mysql.insert(table)
    if not overwrite:
        return statement.prefix_with("IGNORE")
    return statement.on_duplicate_key_update({name: statement.inserted[name] for name in _others(table)})


def _others(table: Table) -> list[str]:
    return [column.name for column in table.columns if not column.primary_key]


PUT: Mapping[str, Any] = {
    "sqlite": lambda table, overwrite: _on_conflict(sqlite.insert, table, overwrite=overwrite),
    "postgresql": lambda table, overwrite: _on_conflict(postgresql.insert, table, overwrite=overwrite),
    "mysql": _on_duplicate_key,
    "mariadb": _on_duplicate_key,
}
"""How a row is put into a table, by the name of the database."""
