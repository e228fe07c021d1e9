"""``trunkline serve``: what keeps it from starting is said at once and in one sentence."""

import os

import pytest

from tests.trunkline.conftest import CommandLine
from trunkline.settings import Settings

KEYS = {"TWILIO_AUTH_TOKEN": "token-1234", "DEEPGRAM_API_KEY": "key-1234", "OPENAI_API_KEY": "key-1234"}


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, trunkline: CommandLine) -> None:
    for name, value in {**KEYS, "DEEPGRAM_BASE_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)


def test_missing_keys_are_one_error_that_says_where_to_put_them(trunkline: CommandLine) -> None:
    trunkline.line()
    ran = trunkline("serve")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert all(name in ran.err for name in KEYS)
    assert ".env" in ran.err
    assert "trunkline doctor" in ran.err
    assert "trunkline call" in ran.err


def test_a_setting_that_does_not_fit_is_an_error_without_its_value(
    trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUNKLINE_PUBLIC_URL", "phone.example.com")
    ran = trunkline("serve")
    assert ran.code == 2
    assert "TRUNKLINE_PUBLIC_URL" in ran.err
    assert "phone.example.com" not in ran.err


@pytest.mark.usefixtures("keys")
def test_no_line_left_is_an_error_that_names_every_file(trunkline: CommandLine) -> None:
    trunkline.file("pipelines/a.py", "x = (")
    trunkline.file("pipelines/b.py", "x = 1")
    ran = trunkline("serve")
    assert (ran.code, ran.out) == (1, "")
    assert [line.partition(": ")[2].partition(":")[0] for line in ran.err.splitlines()] == [
        "pipelines/a.py",
        "pipelines/b.py",
    ]


@pytest.mark.usefixtures("keys")
def test_an_empty_folder_is_an_error(trunkline: CommandLine) -> None:
    (trunkline.folder / "pipelines").mkdir()
    assert "no pipeline file found; name one" in trunkline("serve").err


def test_help_names_the_settings(trunkline: CommandLine) -> None:
    later = {
        "TRUNKLINE_REDIS_URL",
        "TRUNKLINE_CONSOLE_PASSWORD",
        "TWILIO_API_KEY_SID",
        "TWILIO_API_KEY_SECRET",
    }
    shown = trunkline("serve", "--help").out
    names = {str(field.alias) for field in Settings.model_fields.values()}
    assert {name for name in names if name not in shown} <= later


def test_a_port_is_a_number_that_a_port_can_have(trunkline: CommandLine) -> None:
    assert trunkline("serve", "--port", "70000").code == 2


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_number_of_workers_that_makes_no_sense_is_an_error(trunkline: CommandLine, number: str) -> None:
    ran = trunkline("serve", "--workers", number)
    assert (ran.code, ran.out) == (2, "")
    assert "expected a number, 1 or more, or auto" in ran.err


@pytest.mark.parametrize(("given", "workers"), [("3", 3), ("auto", len(os.sched_getaffinity(0)))])
def test_workers_are_counted_or_one_a_core(
    trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch, given: str, workers: int
) -> None:
    started: list[int] = []

    def start(*_: object, workers: int) -> int:
        started.append(workers)
        return 0

    monkeypatch.setattr("trunkline.commands.serving.start", start)
    assert trunkline("serve", "--workers", given).code == 0
    assert trunkline("serve").code == 0
    assert started == [workers, 1]


@pytest.mark.usefixtures("keys")
def test_workers_cannot_share_a_database_in_memory(
    trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    trunkline.line()
    monkeypatch.setenv("TRUNKLINE_DATABASE_URL", "sqlite+aiosqlite://")
    ran = trunkline("serve", "--workers", "2")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "TRUNKLINE_DATABASE_URL is a database in memory" in ran.err
