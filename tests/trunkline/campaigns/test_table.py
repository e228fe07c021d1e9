"""Contacts from a database: a table by its name, or what a query finds."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from trunkline import e164
from trunkline.campaigns.table import fetch
from trunkline.errors import CampaignError

NORMAL = partial(e164.normalise, home="+12025550100")


@pytest.fixture
def url(tmp_path: Path) -> str:
    with closing(sqlite3.connect(tmp_path / "clinic.db")) as database:
        database.execute("CREATE TABLE patients (phone TEXT, name TEXT, age INTEGER)")
        rows = [("202 555 0123", "Ann", 41), ("202 555 0124", "Bo", 17), ("", "Cy", 50)]
        database.executemany("INSERT INTO patients VALUES (?, ?, ?)", rows)
        database.commit()
    return f"sqlite+aiosqlite:///{tmp_path}/clinic.db"


async def test_a_table_is_a_list(url: str) -> None:
    found = await fetch(url, "patients", NORMAL, column="phone")
    assert [(one.number, one.data) for one in found.good] == [
        ("+12025550123", {"name": "Ann", "age": 41}),
        ("+12025550124", {"name": "Bo", "age": 17}),
    ]
    assert [str(one) for one in found.wrong] == ["row 3: no number"]


async def test_a_query_chooses(url: str) -> None:
    query = "SELECT phone AS number, name FROM patients WHERE age > 18 AND phone <> ''"
    found = await fetch(url, query, NORMAL)
    assert [one.data for one in found.good] == [{"name": "Ann"}]


@pytest.mark.parametrize(
    ("source", "column", "said"),
    [
        ("doctors", "phone", "cannot be read .*no such table: doctors"),
        ("patients", "number", "no column 'number' among 'phone', 'name', 'age'"),
        ("DELETE FROM patients", "phone", "is no table"),
    ],
)
async def test_what_cannot_be_read_says_why(url: str, source: str, column: str, said: str) -> None:
    with pytest.raises(CampaignError, match=said):
        await fetch(url, source, NORMAL, column=column)


async def test_a_driver_that_is_not_there_is_no_traceback() -> None:
    with pytest.raises(CampaignError, match="cannot be read"):
        await fetch("nonsense://", "patients", NORMAL)
