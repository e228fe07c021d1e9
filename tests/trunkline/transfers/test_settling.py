"""The caller's call is over, and nobody has said what came of the transfer."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

import trunkline.carrier_api  # noqa: F401  (imported by a thread otherwise, which keeps no virtual time)
from trunkline.errors import CarrierError, SettingsError
from trunkline.life import Outcome
from trunkline.transfers.destinations import Number, QueueNamed, Room, Sip, Then
from trunkline.transfers.settling import GRACE, UNKNOWN, Settling

SID = "CA" + "1" * 32
NUMBER, SIP = Number("+15550123"), Sip("sip:desk@example.com")


class Office:
    """A carrier that says whether a leg was answered, and outcomes in memory."""

    def __init__(self, to: Any = NUMBER, taken: bool | Exception = False) -> None:
        self.asked: list[str] = []
        self.settled: list[Outcome] = []
        self.outcome: Outcome | None = Outcome("transferring", "to the desk", then=Then(to))
        self._taken = taken
        vendors: Any = SimpleNamespace(carrier=self)
        self.settling = Settling(vendors, self.known, self.settle)

    async def was_taken(self, sid: str) -> bool:
        self.asked.append(sid)
        if isinstance(self._taken, Exception):
            raise self._taken
        return self._taken

    async def known(self, sid: str) -> Outcome | None:
        return self.outcome

    def settle(self, sid: str, outcome: Outcome) -> None:
        self.settled.append(outcome)


async def settled(office: Office) -> Outcome:
    office.settling.over(SID)
    office.settling.over(SID)
    await asyncio.sleep(GRACE + 1)
    (outcome,) = office.settled
    return outcome


@pytest.mark.parametrize("to", [NUMBER, SIP])
async def test_the_carrier_knows_whether_the_leg_was_answered(to: Any) -> None:
    office = Office(to, taken=True)
    assert await settled(office) == Outcome("transferred", "to the desk")
    assert office.asked == [SID]
    assert await settled(Office(to, taken=False)) == Outcome("caller-hung-up", "to the desk")


@pytest.mark.parametrize("error", [CarrierError("no answer"), SettingsError("no account")])
async def test_a_carrier_that_does_not_say_leaves_it_open(error: Exception) -> None:
    assert await settled(Office(taken=error)) == Outcome("caller-hung-up", f"to the desk; {UNKNOWN}")


async def test_nobody_knows_who_serves_a_queue() -> None:
    office = Office(QueueNamed("support"), taken=True)
    assert await settled(office) == Outcome("caller-hung-up", f"to the desk; {UNKNOWN}")
    assert office.asked == []


async def test_who_was_let_into_the_room_met_the_human_who_waits_there() -> None:
    office = Office(Room("call-1"))
    office.settling.let_in(SID)
    assert (await settled(office)).kind == "transferred"
    left = Office(Room("call-1"))
    left.settling.let_in(SID)
    left.settling.forget(SID)
    assert await settled(left) == Outcome("caller-hung-up", "to the desk")
    assert office.asked == left.asked == []


@pytest.mark.parametrize("better", [Outcome("transferred"), None])
async def test_what_the_carrier_says_meanwhile_counts(better: Outcome | None) -> None:
    office = Office(taken=True)
    office.settling.over(SID)
    await asyncio.sleep(GRACE / 2)
    assert office.asked == []
    office.outcome = better
    await asyncio.sleep(GRACE)
    assert (office.settled, office.asked) == ([], [])


async def test_a_server_that_stops_does_not_wait() -> None:
    office = Office(taken=True)
    office.settling.over(SID)
    before = asyncio.get_running_loop().time()
    await office.settling.close()
    assert asyncio.get_running_loop().time() - before < 1
    assert office.settled == [Outcome("transferred", "to the desk")]
