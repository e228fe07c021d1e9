"""One run of a function: in time, never raising, and honest about what may have happened."""

import asyncio
from datetime import date
from typing import Any

import pytest

from processors.tool_messages import UNKNOWN
from processors.tool_once import End, Ending, Once
from processors.tool_options import tool
from processors.tool_run import Quiet, bound, carried_out, reportable, sameness
from processors.tool_signature import read


@tool(side_effects=True, timeout=1)
async def late(once: Once, commits: bool) -> str:
    """Take too long, before or after the commit point."""
    if commits:
        await once.commit()
    await asyncio.sleep(5)
    return "never"


@tool(side_effects=True)
async def broken(once: Once, commits: bool) -> str:
    """Fail, before or after the commit point."""
    if commits:
        await once.commit()
    raise OSError


@tool(side_effects=True)
def simple(call: Any, name: str) -> str:
    """Be done at once."""
    call.append(name)
    return f"for {name}"


@tool(side_effects=True)
async def refusing(once: Once) -> str:
    """Do nothing after all."""
    return "not free"


async def run(function: Any, call: Any = None, /, **given: Any) -> Ending:
    signature = read(function)
    return await carried_out(signature, bound(signature, call, given), Once("key"))


@pytest.mark.parametrize(("function", "problem"), [(late, "took too long"), (broken, "failed")])
async def test_a_failure_after_the_commit_point_has_an_unknown_outcome(function: Any, problem: str) -> None:
    before, after = await run(function, commits=False), await run(function, commits=True)
    assert (before.end, after.end) == (End.UNDONE, End.UNKNOWN)
    assert problem in before.result["error"]
    assert problem in after.result["error"]
    assert after.result["note"] == UNKNOWN


async def test_the_beginning_is_the_commit_point_of_a_function_that_names_none() -> None:
    call: list[str] = []
    assert await run(simple, call, name="Tom") == Ending(End.DONE, "for Tom")
    assert call == ["Tom"]


async def test_what_never_commits_has_done_nothing() -> None:
    assert await run(refusing) == Ending(End.UNDONE, "not free")


async def test_a_quiet_result_is_marked() -> None:
    async def transfer() -> Quiet:
        """Transfer."""
        return Quiet({"on": date(2026, 11, 22)})

    ending = await run(transfer)
    assert (ending.result, ending.is_quiet) == ({"on": "2026-11-22"}, True)


def order(dish: str, how_many: int = 1, extras: list[str] | None = None) -> None:
    """Order."""


def test_arguments_mean_the_same_in_any_order_case_and_spacing() -> None:
    signature = read(order)
    first = sameness(signature, {"dish": "Pizza  Napoli", "how_many": 1})
    assert first == sameness(signature, {"how_many": "1", "dish": "pizza napoli "})
    assert first == sameness(signature, {"dish": "Pizza Napoli"})
    assert first != sameness(signature, {"dish": "Pizza Napoli", "how_many": 2})
    assert first != sameness(signature, {"dish": "Pizza Napoli", "extras": ["olives"]})


def test_only_what_the_author_names_counts() -> None:
    signature = read(order)
    one, two = {"dish": "Pizza", "how_many": 1}, {"dish": "Pizza", "how_many": 2}
    assert sameness(signature, one, ["dish"]) == sameness(signature, two, ["dish"])


def test_no_result_and_a_false_one_are_told_apart() -> None:
    assert (reportable(None), reportable([]), reportable("yes")) == ("done", "[]", "yes")
