"""What a server says of itself: everything that has to be typed into Twilio's console."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from trunkline.commands.announcement import announce, farewell
from trunkline.line import Line
from trunkline.loader import Loaded

DESK = Loaded(
    Path("pipelines/desk.py"), Line(name="desk", number="+15550100", greeting="Hi.", prompt="Be kind.")
)
SHOP = Loaded(
    Path("pipelines/shop.py"), Line(name="shop", number="+15550101", greeting="Hi.", prompt="Be kind.")
)


def service(*served: Loaded, public_url: str | None = "https://phone.example.com") -> Any:
    plans = [SimpleNamespace(line=one.line) for one in served]
    return SimpleNamespace(
        url="http://127.0.0.1:8080", plans=plans, settings=SimpleNamespace(public_url=public_url)
    )


def said(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def test_lines_and_urls_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    announce(service(DESK, SHOP), [DESK, SHOP])
    lines = said(capsys)
    assert lines[0][-5:] == ["answers", "2", "lines", "on", "http://127.0.0.1:8080"]
    assert ["desk", "+15550100", "pipelines/desk.py"] in lines
    assert ["shop", "+15550101", "pipelines/shop.py"] in lines
    assert ["A", "call", "comes", "in", "https://phone.example.com/twilio/voice"] in lines
    assert ["Call", "status", "changes", "https://phone.example.com/twilio/status"] in lines


def test_a_line_that_is_left_out_is_not_listed(capsys: pytest.CaptureFixture[str]) -> None:
    announce(service(SHOP), [DESK, SHOP])
    out = capsys.readouterr().out
    assert "answers 1 line on" in out
    assert "desk.py" not in out


def test_a_single_line_answers_any_number(capsys: pytest.CaptureFixture[str]) -> None:
    announce(service(DESK), [DESK], single=True)
    assert ["desk", "any", "number", "pipelines/desk.py"] in said(capsys)


def test_an_unset_public_url_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    announce(service(DESK, public_url=None), [DESK])
    out, err = capsys.readouterr()
    assert "https://YOUR-HOST/twilio/voice" in out
    assert err.startswith("warning: TRUNKLINE_PUBLIC_URL is not set")


def test_a_set_public_url_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    announce(service(DESK), [DESK])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        (0, "Stopping: no call is live."),
        (1, "Stopping: ending 1 call; Ctrl-C again quits at once."),
        (2, "Stopping: ending 2 calls; Ctrl-C again quits at once."),
    ],
)
def test_farewell_says_how_many_calls_end(calls: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    farewell(calls)
    assert capsys.readouterr().out == f"{words}\n"
