"""A campaign whose process is killed: small, with real processes and all that the large one has."""

import asyncio
from pathlib import Path

import pytest

from benchmarks.campaign import Plan, run
from tests.trunkline.campaigns.postgresql import Server, needs_postgresql

PLAN = Plan(contacts=200, kills=2, at_once=40)


def holds(plan: Plan, folder: Path) -> None:
    report = asyncio.run(run(plan, folder))
    assert report.verdict.holds, report
    assert report.verdict.contacts == plan.contacts
    assert report.verdict.calls >= plan.contacts
    assert report.verdict.at_once <= plan.at_once
    assert len(report.killed_at) == plan.kills


@pytest.mark.realtime
def test_everybody_is_called_the_right_number_of_times(tmp_path: Path) -> None:
    holds(PLAN, tmp_path)


@needs_postgresql
@pytest.mark.realtime
def test_on_postgresql_too(tmp_path: Path) -> None:
    with Server() as server:
        holds(Plan(contacts=100, kills=1, at_once=40, url=server.url, queues=server.url), tmp_path)
