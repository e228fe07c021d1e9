"""Errors that a person can mend name the place and the remedy."""

from pathlib import Path

from trunkline.errors import CallError, LineError, RequestRefused, SettingsError, TrunklineError


def test_a_lines_error_names_file_and_line() -> None:
    path = Path("pipelines/desk.py")
    assert str(LineError(path, "no line in it")) == "pipelines/desk.py: no line in it"
    assert str(LineError(path, "syntax error", line=3)) == "pipelines/desk.py:3: syntax error"


def test_a_refusal_knows_its_status() -> None:
    assert RequestRefused("forged").status == 403
    assert RequestRefused("no CallSid", status=400).status == 400


def test_every_kind_is_ours() -> None:
    assert all(
        issubclass(kind, TrunklineError) for kind in (CallError, LineError, RequestRefused, SettingsError)
    )
