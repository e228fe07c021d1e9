"""``trunkline calls``: what is kept of calls, without showing who called unless asked."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.trunkline.conftest import CommandLine
from trunkline.calls.store import CallStore
from trunkline.life import COMPLETED
from trunkline.records import Facts, ToolCall, Turn
from trunkline.waterfall import SEGMENTS, Waterfall

DATABASE = "sqlite+aiosqlite:///trunkline.db"
DESK, SHOP = "CAaaaaaaaa1111", "CAaaaaaaaa2222"


async def keep() -> None:
    """A call that is over, then one that is not."""
    store = CallStore(DATABASE)
    await store.open()
    turns: list[Turn] = [
        Turn(0, agent="Hello."),
        Turn(
            1,
            "How much?",
            "Ninety dollars.",
            tools=(ToolCall("price", {"of": "cleaning"}),),
            latency=Waterfall(vad=300, model=250, voice=150, played=20),
        ),
        Turn(2, "Thank you.", "Goodbye!", interrupted=True, latency=Waterfall(vad=300, model=400, voice=200)),
    ]
    for sid, name in ((DESK, "desk"), (SHOP, "shop")):
        line: Any = SimpleNamespace(name=name)
        store.begin(Facts(sid, "+14155550123", "+15550100"), line)
        await store.flush()
    for turn in turns:
        store.turn(DESK, turn)
    store.end(DESK, COMPLETED)
    await store.close()


@pytest.fixture
def kept(trunkline: CommandLine) -> CommandLine:
    asyncio.run(keep())
    return trunkline


def rows(out: str) -> list[list[str]]:
    return [line.split() for line in out.splitlines()[1:]]


def test_an_empty_store_says_how_to_make_a_call(trunkline: CommandLine) -> None:
    ran = trunkline("calls")
    assert ran.code == 0
    assert "No calls yet" in ran.out
    assert "trunkline call pipelines/front_desk.py" in ran.out
    assert json.loads(trunkline("calls", "--json").out) == []


def test_the_latest_comes_first_and_callers_are_masked(kept: CommandLine) -> None:
    ran = kept("calls")
    assert [(row[0], row[4], row[5]) for row in rows(ran.out)] == [
        (SHOP[:11], "shop", "•••123"),
        (DESK[:11], "desk", "•••123"),
    ]
    assert "+1415" not in ran.out
    assert rows(ran.out)[1][-5:] == ["0:00", "2", "800", "ms", "completed"]
    assert kept("calls", "list") == ran


def test_numbers_are_shown_when_asked_for(kept: CommandLine) -> None:
    assert kept("calls", "--numbers").out.count("+14155550123") == 2
    assert "+14155550123" in kept("calls", "show", DESK, "--numbers").out


def test_calls_of_one_line_up_to_a_limit(kept: CommandLine) -> None:
    assert [row[4] for row in rows(kept("calls", "--line", "desk").out)] == ["desk"]
    assert [row[4] for row in rows(kept("calls", "--limit", "1").out)] == ["shop"]
    assert "No calls yet on line 'bar'" in kept("calls", "--line", "bar").out


def test_a_call_is_shown_turn_by_turn(kept: CommandLine) -> None:
    ran = kept("calls", "show", DESK)
    assert ran.code == 0
    assert DESK in ran.out
    assert "+1415" not in ran.out
    for words in (
        "Hello.",
        "How much?",
        "price(of='cleaning')",
        "Ninety dollars.",
        "700 ms",
        "model\N{NO-BREAK SPACE}250",
        "p95",
    ):
        assert words in ran.out


@pytest.mark.parametrize("arguments", [("show", DESK[:11]), (DESK,), (DESK[:12],)])
def test_the_first_letters_of_a_call_are_enough(kept: CommandLine, arguments: tuple[str, ...]) -> None:
    assert DESK in kept("calls", *arguments).out


@pytest.mark.parametrize(
    ("sid", "words"),
    [("CAaaaa", "several calls begin with 'CAaaaa'"), ("CAb", "no call begins"), ("%", "no call begins")],
)
def test_letters_of_no_call_or_of_several_are_an_error(kept: CommandLine, sid: str, words: str) -> None:
    ran = kept("calls", "show", sid)
    assert (ran.code, ran.out) == (1, "")
    assert words in ran.err


@pytest.mark.parametrize("arguments", [("show",), ("show", "a", "b"), ("list", "a")])
def test_what_is_neither_list_nor_show_is_a_usage_error(
    trunkline: CommandLine, arguments: tuple[str, ...]
) -> None:
    ran = trunkline("calls", *arguments)
    assert ran.code == 2
    assert "trunkline calls" in ran.err


def test_json_masks_too(kept: CommandLine) -> None:
    listed = json.loads(kept("calls", "--json").out)
    assert [(call["call"], call["caller"], call["turns"], call["reply_ms"]) for call in listed] == [
        (SHOP, "•••123", 0, None),
        (DESK, "•••123", 2, 800),
    ]
    shown = json.loads(kept("calls", "show", DESK, "--json").out)
    assert shown["caller"] == "•••123"
    spent = {"vad": 300, "model": 250, "voice": 150, "played": 20}
    assert shown["transcript"][1]["parts_ms"] == {**dict.fromkeys(SEGMENTS, 0), **spent}
    assert shown["segments_ms"]["model"] == {"p50": 325, "p95": 392.5}
    assert shown["transcript"][1]["tools"] == [{"name": "price", "arguments": {"of": "cleaning"}}]


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite+aiosqlite:////no/such/folder/calls.db", "mysql+nodriver://x/y"]
)
def test_a_database_that_cannot_be_opened_is_one_error(
    trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("TRUNKLINE_DATABASE_URL", url)
    ran = trunkline("calls")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert "TRUNKLINE_DATABASE_URL" in ran.err
