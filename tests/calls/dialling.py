"""What tests of calls that we make share: a line that calls, and Ann, whom it calls."""

from typing import Any

from tests.calls.town import Town, make_line
from trunkline.calls.models import DialRow
from trunkline.costs.budget import Budget
from trunkline.line import Line
from trunkline.outbound.dialler import Dialled
from trunkline.outbound.manners import Outbound
from trunkline.sandbox.telephone.callee import Callee
from trunkline.sandbox.telephone.phone import Phone

ANN = "+12025550123"
HELLO = "Hello Ann, this is Harbour Dental."


def outgoing(budget: Budget | None = None, **manners: Any) -> Line:
    """A line that calls people at any time."""
    values = {"hours": None, "greeting": "Hello {name}, this is Harbour Dental.", **manners}
    return make_line(outbound=Outbound(**values), budget=budget)


def callee(**does: Any) -> dict[str, Any]:
    """Options of a world in which Ann does this."""
    return {"carrier": {"callees": {ANN: Callee(**does)}}}


async def attempt(place: Town, **options: Any) -> Dialled:
    """Call Ann."""
    line = next(iter(place.service.switchboard.lines.values()))
    return await place.service.dialler.dial(line, ANN, **{"data": {"name": "Ann"}, **options})


async def answers(place: Town, **options: Any) -> tuple[Dialled, Phone]:
    """Ann's telephone, once she has answered it."""
    dialled = await attempt(place, **options)
    phone = await place.world.carrier.callee(ANN)
    await phone.answered()
    return dialled, phone


async def ended(place: Town, dialled: Dialled) -> DialRow:
    """What is kept of an attempt whose call is over."""
    await place.service.dialler.over(dialled.id)
    row = await place.service.dialler.attempt(dialled.id)
    assert row is not None
    return row
