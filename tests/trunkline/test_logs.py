"""The log: readable, without a secret, without what pipecat says of a conversation."""

import io
import logging

import pytest
from loguru import logger

from trunkline import logs
from trunkline.errors import SettingsError
from trunkline.server.tickets import Tickets
from trunkline.settings import Settings

pytestmark = pytest.mark.usefixtures("log", "bare")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written(message: str, *secrets: str, level: str = "INFO") -> str:
    """What stands in the log after a message."""
    stream = io.StringIO()
    logs.configure(level, secrets, stream)
    logger.info(message)
    return stream.getvalue()


def test_a_line_says_when_how_serious_where_and_what() -> None:
    line = written("call CA1 rings on desk")
    assert line.endswith("call CA1 rings on desk\n")
    assert f"INFO     {__name__} " in line
    assert "\x1b" not in line


def test_a_terminal_gets_colour_unless_it_wants_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    coloured = Terminal()
    logs.configure("INFO", stream=coloured)
    logger.info("hello")
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    logs.configure("INFO", stream=plain)
    logger.info("hello")
    assert "\x1b" in coloured.getvalue()
    assert "\x1b" not in plain.getvalue()


def test_what_is_less_serious_than_the_level_is_not_written() -> None:
    assert written("hello", level="warning") == ""


def test_an_unknown_level_is_one_clear_error() -> None:
    with pytest.raises(SettingsError, match="TRUNKLINE_LOG_LEVEL is 'LOUD'; expected one of TRACE, DEBUG"):
        logs.configure("loud")


@pytest.mark.parametrize("level", ["TRACE", "INFO"])
def test_of_pipecat_only_warnings_pass(level: str) -> None:
    stream = io.StringIO()
    logs.configure(level, stream=stream)

    def say(name: str, how: str, what: str) -> None:
        logger.patch(lambda record: record.update({"name": name})).log(how, what)

    say("pipecat", "INFO", "a banner")
    say("pipecat.services.openai", "DEBUG", "a prompt")
    say("pipecat.pipeline.worker", "WARNING", "a trouble")
    say("pipecatalogue", "INFO", "another package")
    lines = stream.getvalue()
    assert "banner" not in lines
    assert "prompt" not in lines
    assert "a trouble" in lines
    assert "another package" in lines


def test_warnings_of_standard_logging_come_in_under_their_name() -> None:
    stream = io.StringIO()
    logs.configure("INFO", stream=stream)
    logging.getLogger("aiohttp.server").info("quiet")
    logging.getLogger("aiohttp.server").warning("odd request %s", "{braces}")
    assert "quiet" not in stream.getvalue()
    assert "WARNING  aiohttp.server odd request {braces}\n" in stream.getvalue()


def test_a_traceback_of_standard_logging_is_kept() -> None:
    stream = io.StringIO()
    logs.configure("INFO", stream=stream)
    try:
        raise ValueError("boom")
    except ValueError:
        logging.getLogger("asyncio").exception("a task failed")
    assert "ValueError: boom" in stream.getvalue()


SETTINGS = {
    "TWILIO_AUTH_TOKEN": "tok-secret",
    "DEEPGRAM_API_KEY": "dg-secret",
    "OPENAI_API_KEY": "sk-secret",
    "TRUNKLINE_SECRET": "signing-secret",
    "TRUNKLINE_DATABASE_URL": "postgresql+asyncpg://phone:p%40ss-word@db/calls",
}


def test_every_secret_of_the_settings_is_known() -> None:
    known = logs.secrets(Settings(_env_file=None, **SETTINGS))  # type: ignore[arg-type,call-arg]
    assert known == {"tok-secret", "dg-secret", "sk-secret", "signing-secret", "p%40ss-word", "p@ss-word"}


def test_a_secret_is_masked_in_messages_and_tracebacks() -> None:
    stream = io.StringIO()
    logs.configure("INFO", ["sk-secret", "sk-secret-longer"], stream)
    logger.info("asked with sk-secret-longer and {}", "sk-secret")
    try:
        raise ValueError("key sk-secret refused")
    except ValueError as error:
        logger.opt(exception=error).error("failed")
    assert "sk-secret" not in stream.getvalue()
    assert "longer" not in stream.getvalue()
    assert "key ••• refused" in stream.getvalue()


def test_a_value_in_a_traceback_is_not_shown() -> None:
    stream = io.StringIO()
    logs.configure("INFO", stream=stream)
    said = "I live in " + "Harbour Street"
    try:
        raise ValueError(len(said))
    except ValueError as error:
        logger.opt(exception=error).error("failed")
    assert "I live in Harbour Street" not in stream.getvalue()


def test_a_short_secret_does_not_mask_the_words_of_a_message() -> None:
    assert written("call is over", "a").endswith("call is over\n")


def tickets() -> list[str]:
    ticket = Tickets("x").issue("CA" + "1" * 32)
    return [
        f"refused {ticket}",
        f"GET /twilio/media?ticket={ticket}&x=1",
        f'{{"customParameters": {{"ticket": "{ticket}"}}}}',
        f'{{"ticket":"{ticket}"}}',
        f'<Parameter name="ticket" value="{ticket}" />',
        'ticket="anything at all"',
        "ticket=short",
    ]


@pytest.mark.parametrize("message", tickets(), ids=range(len(tickets())))
def test_a_ticket_is_masked_however_it_comes(message: str) -> None:
    line = written(message)
    assert "•••" in line
    assert "WyJD" not in line
    assert "short" not in line


def test_a_sentence_about_tickets_is_not_masked() -> None:
    assert written("the stream's ticket was used before").endswith("the stream's ticket was used before\n")


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("charging 4111 1111 1111 1111 now", "charging [card number] now"),
        ("said four one one one one one one one one one one one one one one one", "said [card number]"),
        ("the SSN 123-45-6789", "the SSN [SSN]"),
        ("order 1234567890123 of call CAd98b9225f44942f3a0351b8fc9225acd", None),
    ],
)
def test_numbers_of_cards_and_people_are_not_written(message: str, left: str | None) -> None:
    assert written(message).endswith(f"{left or message}\n")
