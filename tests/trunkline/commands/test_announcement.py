"""What a server says of itself: everything that has to be typed into Twilio's console."""

from pathlib import Path

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


URL = "http://127.0.0.1:8080"
PUBLIC = "https://phone.example.com"


def said(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def test_lines_and_urls_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    announce(URL, [DESK, SHOP], PUBLIC)
    lines = said(capsys)
    assert lines[0][-5:] == ["answers", "2", "lines", "on", "http://127.0.0.1:8080"]
    assert ["desk", "+15550100", "pipelines/desk.py"] in lines
    assert ["shop", "+15550101", "pipelines/shop.py"] in lines
    assert ["A", "call", "comes", "in", "https://phone.example.com/twilio/voice"] in lines
    assert ["Call", "status", "changes", "https://phone.example.com/twilio/status"] in lines


def test_the_number_of_workers_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    announce(URL, [DESK], PUBLIC, workers=4)
    assert "answers 1 line on http://127.0.0.1:8080 with 4 workers\n" in capsys.readouterr().out
    announce(URL, [DESK], PUBLIC)
    assert "workers" not in capsys.readouterr().out


def test_a_single_line_answers_any_number(capsys: pytest.CaptureFixture[str]) -> None:
    announce(URL, [DESK], PUBLIC, single=True)
    assert ["desk", "any", "number", "pipelines/desk.py"] in said(capsys)


def test_an_unset_public_url_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    announce(URL, [DESK], None)
    out, err = capsys.readouterr()
    assert "https://YOUR-HOST/twilio/voice" in out
    assert err.startswith("warning: TRUNKLINE_PUBLIC_URL is not set")


def test_a_set_public_url_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    announce(URL, [DESK], PUBLIC)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        (0, "Stopping: no call is live."),
        (1, "Stopping: 1 call may finish; Ctrl-C again hands it over."),
        (2, "Stopping: 2 calls may finish; Ctrl-C again hands them over."),
    ],
)
def test_farewell_says_how_many_calls_may_finish(
    calls: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    farewell(calls)
    assert capsys.readouterr().out == f"{words}\n"
