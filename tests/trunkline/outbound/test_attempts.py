"""Attempts of a process are known by heart and keep a place, until they end or take too long."""

import asyncio
from typing import Any

import pytest

from tests.trunkline.office import bare_line
from trunkline.admission import Admission
from trunkline.calls.models import DialRow
from trunkline.outbound import attempts as module
from trunkline.outbound.attempts import Attempts


class Dials:
    """A table of nothing but what is put into it."""

    def __init__(self) -> None:
        self.rows: dict[str, DialRow] = {}

    async def get(self, dial: str) -> DialRow | None:
        return self.rows.get(dial)


def row(dial: str = "a", claim: str | None = "+12025550123") -> DialRow:
    return DialRow(id=dial, line="desk", number="+12025550123", claim=claim, data={})


def made() -> tuple[Attempts, Dials, Admission]:
    dials: Any = Dials()
    admission = Admission(1)
    return Attempts(dials, admission), dials, admission


async def test_a_place_is_kept_until_somebody_arrives_or_nobody_does() -> None:
    attempts, _, admission = made()
    line = bare_line()
    attempts.begin(row("a"), line, 45.0)
    assert admission.full([line])
    attempts.arrived("a")
    assert not admission.full([line])
    attempts.begin(row("b"), line, 45.0)
    await asyncio.sleep(44)
    assert admission.full([line])
    await asyncio.sleep(2)
    assert not admission.full([line])


async def test_what_is_known_by_heart_is_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BY_HEART", 2)
    attempts, dials, _ = made()
    for name in "abc":
        attempts.begin(row(name), bare_line(), 1.0)
    assert await attempts.find("c") is not None
    assert await attempts.find("a") is None  # the oldest was forgotten: the store is asked
    dials.rows["a"] = row("a")
    assert await attempts.find("a") is dials.rows["a"]
    attempts.ended("c")
    assert await attempts.find("c") is None
    await attempts.close()


async def test_who_waits_for_the_end_learns_of_it() -> None:
    attempts, dials, _ = made()
    dials.rows = {"a": row("a"), "b": row("b", claim=None)}
    await attempts.over("b")  # it is over already
    waiting = asyncio.create_task(attempts.over("a"))
    await asyncio.sleep(1)
    assert not waiting.done()
    attempts.ended("a")
    await waiting


async def test_what_is_being_written_is_waited_for_at_the_end() -> None:
    attempts, _, _ = made()
    written = []

    async def work() -> None:
        await asyncio.sleep(1)
        written.append(1)

    attempts.write(work())
    await attempts.close()
    assert written == [1]
