"""The terminal: plain and unwrapped in a pipe, coloured and wrapped before a person."""

import io
import json
import sys

import pytest

from trunkline.terminal import complain, forgive, print_json, screen, table, warn

LONG = "a sentence that is longer than eighty columns, because it says what was found and what to do about it"


def test_a_pipe_gets_plain_unwrapped_lines(capsys: pytest.CaptureFixture[str]) -> None:
    complain(LONG, "do this")
    assert capsys.readouterr().err == f"error: {LONG}\ndo this\n"


def test_a_terminal_gets_red_and_wrapped_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    complain(LONG)
    err = capsys.readouterr().err
    assert "\x1b[31m" in err
    assert err.count("\n") == 2


def test_no_color_is_respected(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    complain("wrong")
    assert "\x1b[31m" not in capsys.readouterr().err


def test_a_warning_is_not_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    warn("mind that")
    assert capsys.readouterr().err == "warning: mind that\n"


def test_square_brackets_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    complain("expected list[int] in [red]")
    assert capsys.readouterr().err == "error: expected list[int] in [red]\n"


def test_a_table_keeps_a_row_on_a_line_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    made = table("name", "count", right=("count",))
    made.add_row("x" * 200, "7")
    screen().print(made)
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["name", "count"],
        ["x" * 200, "7"],
    ]


def test_json_goes_to_standard_output_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"said": "Grüße"})
    assert capsys.readouterr().out == '{\n  "said": "Grüße"\n}\n'


def test_a_stream_without_unicode_gets_what_it_can_show(monkeypatch: pytest.MonkeyPatch) -> None:
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", ascii_only)
    forgive()
    print_json({"said": "Grüße"})
    screen().print("VAD ─ STT")
    ascii_only.seek(0)
    said, _, drawn = ascii_only.read().rpartition("}\n")
    assert json.loads(f"{said}}}") == {"said": "Grüße"}
    assert drawn == "VAD ? STT\n"
