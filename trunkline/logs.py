"""The log, set up once a process: readable, on standard error, without a secret, without pipecat's chatter.

pipecat logs transcripts and prompts at DEBUG and below; those are personal data, so of pipecat only warnings
and errors pass, whatever the level.
"""

import logging
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO
from urllib.parse import unquote, urlsplit

from loguru import logger
from pydantic import SecretStr
from rich.console import Console

from trunkline.errors import SettingsError
from trunkline.redaction.redact import Redactor
from trunkline.settings import Settings

if TYPE_CHECKING:
    from loguru import Record

NUMBERS = re.compile(
    r"(?<![\w.])(?:\d[ .-]?){12}\d|\d{3}-\d\d-\d{4}"
    r"|(?:\b(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|double|triple|\w+ty|\w+teen)\W+){6}",
    re.IGNORECASE,
)
"""What may be a card's number or an SSN, in figures or in words: only then a line is read closely."""

LEVELS = ("TRACE", "DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR", "CRITICAL")

ON_TERMINAL = "<dim>{time:HH:mm:ss.SSS}</dim> <level>{level: <8}</level> {message}"
PLAIN = "{time:YYYY-MM-DDTHH:mm:ss.SSSZZ} {level: <8} {name} {message}"

MASK = "•••"

SHORTEST = 4
"""Characters. A shorter secret stands in too many words to be masked."""

TICKET = re.compile(
    r"""(\bticket(?:=['"]?|['"]:\s*['"]|"\s+value="))[^\s&"'<>]+"""  # a URL, a repr, JSON, TwiML
    r"""|\.?[\w-]{16,}\.[\w-]{6}\.[\w-]{27}(?![\w-])"""  # itsdangerous: payload, time, SHA-1, in base64url
)
"""A ticket, however it came into a message."""


def configure(level: str, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send the log, and what libraries say in standard ``logging``, to a stream.

    Args:
        level: the least serious level that is written.
        secrets: never written, not even inside a traceback.
        stream: standard error unless given.

    Raises:
        SettingsError: there is no such level.
    """
    level = level.upper()
    if level not in LEVELS:
        raise SettingsError(f"TRUNKLINE_LOG_LEVEL is {level!r}; expected one of {', '.join(LEVELS)}")
    stream = stream or sys.stderr
    colour = _colour(stream)
    masked = _Masked(stream, secrets)
    logger.remove()
    logger.enable("pipecat")
    logger.add(
        masked,
        level=level,
        format=ON_TERMINAL if colour else PLAIN,
        filter={"": level, "pipecat": max("WARNING", level, key=LEVELS.index)},
        colorize=colour,
        # Values of variables in a traceback would show what a caller said.
        backtrace=False,
        diagnose=False,
    )
    logging.basicConfig(handlers=[_Handover()], level=logging.WARNING, force=True)


def secrets(settings: Settings) -> frozenset[str]:
    """Every value of the settings that must not be written anywhere: keys, tokens, passwords in URLs."""
    values = [getattr(settings, name) for name in type(settings).model_fields]
    found = {value.get_secret_value() for value in values if isinstance(value, SecretStr)}
    for url in values:
        if isinstance(url, str) and "://" in url and (password := _password(url)):
            found |= {password, unquote(password)}
    return frozenset(found)


class _Masked:
    """A stream that writes no secret: the last door, behind messages, arguments and tracebacks alike."""

    def __init__(self, stream: TextIO, secrets: Iterable[str]) -> None:
        known = sorted((s for s in secrets if len(s) >= SHORTEST), key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, known))) if known else None
        self._stream = stream

    def write(self, text: str) -> None:
        if self._secrets is not None:
            text = self._secrets.sub(MASK, text)
        if NUMBERS.search(text):
            text = Redactor().text(text)
        self._stream.write(TICKET.sub(lambda found: (found[1] or "") + MASK, text))

    def flush(self) -> None:
        self._stream.flush()


class _Handover(logging.Handler):
    """Hands records of standard ``logging`` to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        level = record.levelname if record.levelname in LEVELS else "WARNING"

        def named(handed: "Record") -> None:
            handed["name"] = record.name

        log = logger.patch(named)
        log.opt(exception=record.exc_info).log(level, "{}", record.getMessage())


def _colour(stream: TextIO) -> bool:
    console = Console(file=stream)
    return console.is_terminal and not console.is_dumb_terminal and not console.no_color


def _password(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:
        return None
