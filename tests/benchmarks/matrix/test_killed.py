"""``kill -9`` of the only server in mid-sentence: its caller holds, and it goes on when it is there again."""

import asyncio

import pytest

from benchmarks.matrix.killed import measure

pytestmark = pytest.mark.realtime


def test_the_only_server_is_killed_and_started_again() -> None:
    finding = asyncio.run(measure(lasts=False))
    assert finding.wrong == ()
    assert finding.is_answered
