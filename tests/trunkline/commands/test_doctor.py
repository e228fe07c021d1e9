"""``trunkline doctor``: a line a check, what to do where it matters, and an exit code for scripts."""

import json

import pytest

from tests.trunkline.conftest import CommandLine
from trunkline.checks.finding import Finding, fine, odd, skipped, wrong


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What the checks find."""
    findings = [
        fine("Python", "3.11"),
        odd("public URL", "nobody listens there", "start it"),
        skipped("x", "later"),
    ]

    async def examine(*_: object) -> list[Finding]:
        return findings

    monkeypatch.setattr("trunkline.checks.examination.examine", examine)
    return findings


def test_what_is_odd_or_skipped_keeps_no_call_from_being_answered(
    trunkline: CommandLine, found: list[Finding]
) -> None:
    ran = trunkline("doctor")
    assert ran.code == 0
    assert [line.rstrip() for line in ran.out.splitlines()] == [
        "✓  Python      3.11",
        "!  public URL  nobody listens there",
        "               → start it",
        "–  x           later",
        "",
        "Calls can be answered: trunkline serve",
    ]


def test_what_is_wrong_fails_and_is_counted(trunkline: CommandLine, found: list[Finding]) -> None:
    found.append(wrong("Deepgram", "answered 401", "check DEEPGRAM_API_KEY"))
    ran = trunkline("doctor")
    assert ran.code == 1
    assert "✗  Deepgram    answered 401" in ran.out
    assert ran.out.rstrip().endswith("1 thing to mend before calls are answered.")


def test_json(trunkline: CommandLine, found: list[Finding]) -> None:
    found.append(wrong("Deepgram", "answered 401", "check DEEPGRAM_API_KEY"))
    ran = trunkline("doctor", "--json")
    answer = json.loads(ran.out)
    assert (ran.code, answer["ok"]) == (1, False)
    assert answer["checks"][-1] == {
        "name": "Deepgram",
        "mark": "wrong",
        "found": "answered 401",
        "remedy": "check DEEPGRAM_API_KEY",
    }


def test_a_bare_machine_is_told_all_that_is_missing(trunkline: CommandLine) -> None:
    trunkline.line()
    ran = trunkline("doctor")
    assert ran.code == 1
    assert ran.out.count("✗") == 3
    assert ran.out.rstrip().endswith("3 things to mend before calls are answered.")


def test_a_setting_that_does_not_fit_is_one_error(
    trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUNKLINE_MAX_CALLS", "many")
    ran = trunkline("doctor")
    assert ran.code == 2
    assert "TRUNKLINE_MAX_CALLS" in ran.err
