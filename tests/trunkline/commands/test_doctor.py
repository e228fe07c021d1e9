"""``trunkline doctor``: a line a check, what to do where it matters, and an exit code for scripts."""

import json
from pathlib import Path

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


LINE = '''"""A line."""

from trunkline import Call, Line, Stages, Voicemail

line = Line(name="desk", number="+15550100", greeting="Hi.", prompt="Be kind.", fallback=Voicemail("Speak."))


@line.answer
def compose(call: Call) -> Stages:
    context = call.context()
    return [call.input(), call.deepgram_stt(), context.user(), call.openai(), call.aura_tts(), call.output()]
'''


def test_the_documents_for_the_fallback_urls_are_printed(trunkline: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "desk.py").write_text(LINE)
    ran = trunkline("doctor", "--fallback", str(tmp_path / "desk.py"))
    assert ran.code == 0
    head, twiml = ran.out.split("\n")[:2]
    assert head == "desk, +15550100:"
    assert twiml.startswith("<?xml")
    assert '<Say language="en-US">Speak.</Say><Record' in twiml
    told = json.loads(trunkline("doctor", "--fallback", "--json", str(tmp_path / "desk.py")).out)
    assert told["fallbacks"] == [{"line": "desk", "number": "+15550100", "twiml": twiml}]
