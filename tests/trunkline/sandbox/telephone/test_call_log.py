"""The log can be waited on."""

import asyncio

import pytest

from trunkline.sandbox.telephone.call_log import CallLog, NotSeen
from trunkline.sandbox.telephone.records import Answered, Said


async def test_a_record_may_have_come_before_one_waits() -> None:
    log = CallLog()
    log.add(Said(at=1.0, text="one"))
    assert (await log.until(Said)).text == "one"
    assert await log.until(lambda record: record.at == 1.0) is log[0]


async def test_a_record_may_come_while_one_waits() -> None:
    log = CallLog()
    asyncio.get_running_loop().call_later(2, log.add, Said(at=2.0, text="two"))
    assert (await log.until(Said)).text == "two"
    assert asyncio.get_running_loop().time() == 2


async def test_only_what_is_new_counts_if_asked() -> None:
    log = CallLog()
    log.add(Said(at=1.0, text="one"))
    asyncio.get_running_loop().call_later(1, log.add, Said(at=2.0, text="two"))
    assert (await log.until(Said, since=len(log))).text == "two"


async def test_patience_ends_and_says_what_was_seen_instead() -> None:
    log = CallLog()
    log.add(Said(at=1.0, text="one"))
    with pytest.raises(NotSeen, match="one"):
        await log.until(Answered, timeout=3)
    log.add(Answered(at=4.0))
    assert log.of(Answered) == [Answered(at=4.0)]
    assert [type(record) for record in log] == [Said, Answered]
