"""Contacts: people to be called, from a CSV file or a table; each row checked before anybody is called."""

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trunkline.errors import CampaignError

COLUMN = "number"
"""Where the number stands unless told otherwise."""

Normal = Callable[[str], str]
"""A number as somebody wrote it, in E.164; raises ValueError for one that nobody can call."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to be called."""

    number: str
    """E.164."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What else the list says of them: ``call.data`` of the call."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be called."""

    row: int
    """In the file, counted from 1, the header being 1; in a table, the first row being 1."""
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Contacts:
    """A list that was read."""

    good: tuple[Contact, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    """Rows without a number that can be called."""
    doubles: tuple[Wrong, ...] = ()
    """Rows whose number stands above; the first counts."""
    excluded: tuple[Wrong, ...] = ()
    """Rows of people who are not to be called."""


def read(
    path: Path,
    normal: Normal,
    *,
    column: str = COLUMN,
    never: Collection[str] = (),
    needed: Collection[str] = (),
) -> Contacts:
    """The contacts of a CSV file with a header row.

    Args:
        path: the file; UTF-8, with or without a byte order mark.
        normal: how a number is written.
        column: the header of the column with the number.
        never: numbers that are not to be called.
        needed: columns that the line speaks of, so each row needs a value there.

    Raises:
        CampaignError: no such file, no such column, or not a CSV file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            if not rows.fieldnames:
                raise CampaignError(f"{path}: empty; expected a header row with a column {column!r}")
            found = _column(path, rows.fieldnames, column)
            return sift(_numbered(rows), normal, column=found, never=never, needed=needed)
    except (csv.Error, UnicodeDecodeError) as error:
        raise CampaignError(f"{path}: not a CSV file in UTF-8 ({error})") from error
    except OSError as error:
        raise CampaignError(f"{path}: {error.strerror or type(error).__name__}") from error


def sift(
    rows: Iterable[tuple[int, Mapping[Any, Any]]],
    normal: Normal,
    *,
    column: str,
    never: Collection[str] = (),
    needed: Collection[str] = (),
) -> Contacts:
    """Sort rows into those that can be called and those that cannot.

    Args:
        rows: each with its place in the list.
        normal: how a number is written.
        column: where the number stands.
        never: numbers that are not to be called.
        needed: columns in which each row needs a value.
    """
    good: dict[str, Contact] = {}
    at: dict[str, int] = {}
    wrong, doubles, excluded = [], [], []
    for place, row in rows:
        if not any(str(value or "").strip() for value in row.values()):
            continue  # an empty line at the end of a file
        try:
            number, data = normal(_number(row, column)), _data(row, column)
            _check(data, needed)
        except ValueError as error:
            wrong.append(Wrong(place, str(error)))
            continue
        if number in at:
            doubles.append(Wrong(place, f"the number stands in row {at[number]}"))
        elif number in never:
            excluded.append(Wrong(place, "the number is on the do-not-call list"))
            at[number] = place
        else:
            at[number] = place
            good[number] = Contact(number, data)
    return Contacts(tuple(good.values()), tuple(wrong), tuple(doubles), tuple(excluded))


def _column(path: Path, names: Iterable[str], wanted: str) -> str:
    found = [name for name in names if name.strip().lower() == wanted.strip().lower()]
    if not found:
        there = ", ".join(repr(name) for name in names)
        raise CampaignError(f"{path}: no column {wanted!r} among {there}; name it with --number-column")
    return found[0]


def _numbered(rows: "csv.DictReader[str]") -> Iterator[tuple[int, Mapping[Any, Any]]]:
    """Rows with the line of the file on which each ends, which is the one on which it begins but for
    quoted line breaks."""
    for row in rows:
        yield rows.line_num, row


def _number(row: Mapping[Any, Any], column: str) -> str:
    if None in row:
        raise ValueError("more fields than the header has; quote the commas")
    written = str(row.get(column) or "").strip()
    if not written:
        raise ValueError("no number")
    return written


def _data(row: Mapping[Any, Any], column: str) -> dict[str, Any]:
    return {str(name).strip(): _value(value) for name, value in row.items() if name != column}


def _check(data: Mapping[str, Any], needed: Collection[str]) -> None:
    for name in needed:
        if data.get(name) in (None, ""):
            raise ValueError(f"no {name!r}, which the line says to who answers")


def _value(value: Any) -> Any:
    """As JSON has it; a date of a table becomes text."""
    if isinstance(value, str):
        return value.strip()
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)
