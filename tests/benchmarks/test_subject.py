"""Processes that are started in real time."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop

from benchmarks.machine import cores
from benchmarks.subject import KINDS, Kind, Subject, SubjectFailed, SubjectMissing


def start(kind: Kind) -> None:
    async def enter() -> None:
        async with Subject(kind, {}, cores()[0]):
            pass

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(enter())


def test_an_interpreter_that_is_not_there_says_what_to_install() -> None:
    kind = replace(KINDS["livekit"], python=Path("nowhere/python"), install="do this")
    with pytest.raises(SubjectMissing, match="livekit skipped; install it with: do this"):
        start(kind)


def test_a_module_that_is_not_there_says_which() -> None:
    with pytest.raises(SubjectFailed, match=r"No module named benchmarks.subjects.nobody"):
        start(replace(KINDS["floor"], name="nobody"))


def test_a_subject_without_its_settings_says_so() -> None:
    with pytest.raises(SubjectFailed, match=r"did not get ready: .*TWILIO_AUTH_TOKEN"):
        start(KINDS["trunkline"])
