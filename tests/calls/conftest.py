"""Whole calls are told by our own log; pipecat tells each frame's way, and a test would drown in it."""

import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
from loguru import logger

from trunkline import switchboard

pytest.register_assert_rewrite("tests.calls.discretion", "tests.calls.neighbour")


@pytest.fixture(scope="package", autouse=True)
def _readable_log() -> Iterator[None]:
    logger.remove()
    sink = logger.add(_write, level=0, filter={"": "DEBUG", "pipecat": "WARNING"})
    yield
    with suppress(ValueError):  # a test of the log has set it up anew
        logger.remove(sink)
    logger.add(sys.stderr)


@pytest.fixture(autouse=True)
def _slow_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of these tests runs ahead of the database's thread."""
    monkeypatch.setattr(switchboard, "ARCHIVE_LIMIT", 12.0)


def _write(line: str) -> None:
    sys.stderr.write(line)
