"""A process that starts goes on with the calls that were its own, and with no others."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tests.trunkline.office import with_carrier
from trunkline.life import CALLER_HUNG_UP, Outcome
from trunkline.resuming.orphans import fetching, left_in
from trunkline.resuming.resumption import Left
from trunkline.sandbox.carrier import Carrier
from trunkline.sandbox.telephone.rest_answers import RestError
from trunkline.server.standalone import HOLD

PLACE, HERE = "host:8000", "https://voice.example.com"


def left(number: int = 1, line: str = "desk", place: str = PLACE, age: float = 1.0, **state: Any) -> Left:
    return Left(f"CA{number:032x}", line, {"place": place, "written_at": time.time() - age, **state})


class Archive:
    def __init__(self, *calls: Left, error: Exception | None = None) -> None:
        self.calls = calls
        self.error = error
        self.ended: dict[str, Outcome] = {}

    async def left(self) -> Sequence[Left]:
        if self.error is not None:
            raise self.error
        return self.calls

    def end(self, sid: str, outcome: Outcome) -> None:
        self.ended[sid] = outcome


async def told_of(
    archive: Archive, *refusals: RestError, place: str = PLACE, origin: str = HERE
) -> list[str]:
    """The calls of which the carrier was told, by SID."""
    async with Carrier() as carrier:
        carrier.refuse(*refusals)
        vendors = with_carrier(carrier)
        vendors.place = place
        async with fetching(await left_in(archive), vendors, {"desk"}, origin, archive.end):
            await asyncio.sleep(1)
        await vendors.close()
        for request in carrier.requests:
            assert f"{HERE}/twilio/next" in request.params["Twiml"][0]
        return [request.path.rpartition("/")[2].removesuffix(".json") for request in carrier.requests]


async def test_its_own_calls_are_asked_for() -> None:
    archive = Archive(left(1), left(2, age=HOLD - 1), left(3, place="host:8001"))
    assert sorted(await told_of(archive)) == [left(1).sid, left(2).sid]


@pytest.mark.parametrize(
    "other",
    [
        left(place="elsewhere:8000"),
        left(line="another"),
        left(age=HOLD + 0.1),  # whoever held for so long may talk with somebody by now
        left(age=-86_400),
        Left("CA1", "desk", {}),
    ],
)
async def test_others_are_left_alone(other: Left) -> None:
    assert await told_of(Archive(other)) == []


async def test_a_process_without_a_name_or_an_address_asks_for_none() -> None:
    assert await told_of(Archive(left(place="")), place="") == []
    assert await told_of(Archive(left()), origin="") == []


async def test_whoever_has_hung_up_meanwhile_is_known_to_have() -> None:
    archive = Archive(left(1))
    assert await told_of(archive, RestError(404, 20404, "no such call")) == [left(1).sid]
    assert archive.ended == {left(1).sid: CALLER_HUNG_UP}


async def test_a_carrier_that_does_not_answer_changes_nothing() -> None:
    archive = Archive(left(1))
    await told_of(archive, RestError(500, 20500, "no"))
    assert archive.ended == {}


async def test_a_store_that_does_not_answer_keeps_no_server_from_starting() -> None:
    assert await told_of(Archive(error=OperationalError("SELECT", {}, Exception("away")))) == []
