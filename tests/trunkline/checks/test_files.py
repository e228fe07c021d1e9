"""What lies on this machine: a database that opens, pipeline files that answer."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from trunkline.calls.store import CallStore
from trunkline.checks.files import database, pipelines
from trunkline.checks.finding import Mark
from trunkline.errors import LineError
from trunkline.records import Facts
from trunkline.settings import load
from trunkline.survey import Survey

pytestmark = pytest.mark.usefixtures("bare")

URL = "sqlite+aiosqlite:///trunkline.db"


async def test_a_database_opens_and_its_tables_are_made(bare: Path) -> None:
    assert (await database(load())).found == "opens, tables up to date, no calls yet"
    store = CallStore(URL)
    await store.open()
    line: Any = SimpleNamespace(name="desk")
    store.begin(Facts("CA1", "+1", "+2"), line)
    await store.close()
    found = await database(load())
    assert (found.mark, found.found) == (Mark.FINE, "opens, tables up to date")


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:////no/such/folder/x.db", "nonsense"])
async def test_a_database_that_does_not_open_is_wrong(url: str) -> None:
    found = await database(load(TRUNKLINE_DATABASE_URL=url))
    assert found.mark is Mark.WRONG
    assert "TRUNKLINE_DATABASE_URL" in found.remedy


def test_lines_that_answer_are_named_and_files_that_do_not_are_wrong() -> None:
    plan: Any = SimpleNamespace(line=SimpleNamespace(name="desk"))
    wrong = LineError(Path("b.py"), "no line in it", line=3)
    found = pipelines(Survey(plans=((Path("a.py"), plan),), wrong=(wrong,)))
    assert [(one.mark, one.found) for one in found] == [
        (Mark.FINE, "1 answer: desk"),
        (Mark.WRONG, "b.py:3: no line in it"),
    ]


def test_no_file_at_all_is_wrong() -> None:
    assert [found.mark for found in pipelines(Survey((), ()))] == [Mark.WRONG]
