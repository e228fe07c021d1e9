"""Settings: read once from the environment, frozen, and silent about secrets."""

from typing import Any

import pytest
from pydantic import ValidationError

from trunkline.errors import SettingsError
from trunkline.settings import REQUIRED, load, reveal


def given(**values: Any) -> Any:
    return load(_env_file=None, **values)


def test_nothing_set_is_a_sandbox() -> None:
    values = given()
    assert values.missing() == list(REQUIRED)
    assert values.database_url.startswith("sqlite+aiosqlite://")
    with pytest.raises(SettingsError, match="TWILIO_AUTH_TOKEN, DEEPGRAM_API_KEY, OPENAI_API_KEY not set"):
        values.require()


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in REQUIRED:
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("TRUNKLINE_PUBLIC_URL", "https://voice.example.com/")
    monkeypatch.setenv("TRUNKLINE_MAX_CALLS", "")
    values = given()
    values.require()
    assert values.public_url == "https://voice.example.com"
    assert values.max_calls == "auto"


@pytest.mark.parametrize(
    ("given_as", "limit"), [("80", 80), (3, 3), (" 5 ", 5), ("auto", "auto"), ("AUTO", "auto")]
)
def test_the_limit_is_a_number_or_measured(given_as: object, limit: int | str) -> None:
    assert given(TRUNKLINE_MAX_CALLS=given_as).max_calls == limit


def test_quotas_are_unlimited_unless_set() -> None:
    values = given(TRUNKLINE_DEEPGRAM_STT_STREAMS="150")
    assert (values.deepgram_stt_streams, values.deepgram_tts_streams) == (150, None)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TRUNKLINE_PUBLIC_URL", "voice.example.com", "https://"),
        ("DEEPGRAM_BASE_URL", "ftp://x", "wss://"),
        ("TRUNKLINE_MAX_CALLS", "none", "TRUNKLINE_MAX_CALLS.*1 or more, or auto"),
        ("TRUNKLINE_MAX_CALLS", "0", "1 or more, or auto"),
        ("TRUNKLINE_MAX_CALLS", "2.5", "1 or more, or auto"),
        ("TRUNKLINE_DEEPGRAM_STT_STREAMS", "0", "greater than"),
        ("TRUNKLINE_DEEPGRAM_TTS_STREAMS", "many", "TRUNKLINE_DEEPGRAM_TTS_STREAMS"),
    ],
)
def test_a_value_that_does_not_fit_is_named(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        given(**{name: value})


def test_a_secret_is_shown_by_nothing_but_reveal() -> None:
    values = given(TWILIO_AUTH_TOKEN="hush", DEEPGRAM_API_KEY="hush", TRUNKLINE_MAX_CALLS=3)
    assert "hush" not in f"{values!r} {values} {values.model_dump()}"
    assert reveal(values.twilio_auth_token) == "hush"
    assert reveal(None) == ""
    with pytest.raises(SettingsError) as caught:
        given(TWILIO_AUTH_TOKEN="hush", TRUNKLINE_MAX_CALLS="x")
    assert "hush" not in str(caught.value)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        given().max_calls = 5
