"""The appointment line: composes, and its tools keep a diary."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from processors.tool_options import options_of
from processors.tools import Once
from tests.pipelines.test_diary import TUESDAY
from trunkline import settings
from trunkline.inspection import inspect
from trunkline.line import Line
from trunkline.loader import load
from trunkline.vendors import Vendors

FILE = Path(__file__).parents[2] / "pipelines" / "appointments.py"


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.chdir(tmp_path)
    return load(FILE)


@pytest.fixture
def tools(line: Line) -> dict[str, Any]:
    return {tool.__name__: tool for tool in line.tools}


async def test_it_composes(line: Line) -> None:
    vendors = Vendors(settings.load(_env_file=None))
    assert inspect(line, FILE, vendors).voices == ("aura-2-orion-en",)
    await vendors.close()


def test_the_prompt_says_what_day_it_is(line: Line) -> None:
    assert f"{date.today()}" in line.instructions()


async def test_an_appointment_is_found_booked_moved_and_cancelled(tools: dict[str, Any]) -> None:
    slot, later = f"{TUESDAY} 09:30", f"{TUESDAY} 10:00"
    assert slot in await tools["find_slots"](TUESDAY, "morning")
    assert "Booked" in await tools["book"](slot, "Tom Fisher", "check-up")
    assert slot not in await tools["find_slots"](TUESDAY, "morning")
    assert "not free" in await tools["book"](slot, "Anna Baker", "cleaning")
    assert later in await tools["move"](Once("key"), "Tom Fisher", later)
    assert later in await tools["cancel"](Once("key"), "Tom Fisher")
    assert "no appointment" in await tools["cancel"](Once("key"), "Tom Fisher")
    assert "no appointment" in await tools["move"](Once("key"), "Nobody", later)


async def test_a_day_without_slots_says_so(tools: dict[str, Any]) -> None:
    assert "Nothing is free" in await tools["find_slots"](date(2020, 1, 5), "any")


def test_what_changes_the_diary_is_done_once(tools: dict[str, Any]) -> None:
    once = {name for name, function in tools.items() if options_of(function).side_effects}
    assert once == {"book", "move", "cancel"}
