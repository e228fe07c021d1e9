"""The telephone of a campaign: what a refusal means, and who is asked when nothing more is heard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.trunkline.campaigns.people import Clock, opened
from trunkline.calls.models import DialRow, now
from trunkline.calls.store import CallStore
from trunkline.campaigns.campaign import Due
from trunkline.campaigns.dials import Ended, Full
from trunkline.campaigns.retries import LOST, POSTPONED
from trunkline.campaigns.telephone import ASK_EVERY, ASK_MOST, SILENT, SOON, Telephone
from trunkline.errors import CarrierError, DialRefused, SettingsError
from trunkline.line import Line
from trunkline.outbound.hours import Hours
from trunkline.outbound.manners import Outbound

ANN = "+12025550123"
DUE = Due("a" * 32, "recall", "desk", 7, ANN, {"name": "Ann"})
LINE = Line(name="desk", number="+12025550100", greeting="Hello.", prompt="Be kind.")


class Dialler:
    """Does what the test says, and notes what it was asked."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.known: set[str] = set()
        self.error: Exception | None = None

    async def attempt(self, id: str) -> object | None:  # noqa: A002
        return id if id in self.known else None

    async def dial(self, line: Line, to: str, **values: Any) -> None:
        if self.error is not None:
            raise self.error
        self.orders.append({"line": line.name, "to": to, **values})
        self.known.add(values["id"])

    async def settle(self, id: str) -> None:  # noqa: A002
        self.asked.append(id)


@asynccontextmanager
async def ringing(
    folder: Path, line: Line = LINE
) -> AsyncIterator[tuple[Telephone, Dialler, CallStore, Clock]]:
    async with opened(folder) as store:
        dialler: Any = Dialler()
        clock = Clock()
        clock.at = now()
        yield Telephone(dialler, {line.name: line}, store.engine, clock), dialler, store, clock


async def test_an_attempt_is_the_dial_of_its_id_and_is_begun_once(tmp_path: Path) -> None:
    async with ringing(tmp_path) as (telephone, dialler, _, _):
        assert await telephone.dial(DUE) is None
        assert await telephone.dial(DUE) is None
        order = {"line": "desk", "to": ANN, "data": {"name": "Ann"}, "campaign": "recall", "contact": "7"}
        assert dialler.orders == [{**order, "id": DUE.id}]


TOMORROW = datetime(2030, 1, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "outcome", "halts"),
    [
        (DialRefused("on the list", "do-not-call"), "refused", False),
        (DialRefused("no number", "number"), "refused", False),
        (DialRefused("closed", "hours", again_at=TOMORROW), POSTPONED, False),
        (DialRefused("closed till midnight", "budget", again_at=TOMORROW), POSTPONED, False),
        (DialRefused("another campaign", "under-way"), POSTPONED, False),
        (CarrierError("no such number", status=400, code=21211), "refused", False),
        (CarrierError("too many", status=429, code=20429), POSTPONED, False),
        (CarrierError("out of reach"), POSTPONED, False),
        (CarrierError("wrong key", status=401, code=20003), POSTPONED, True),
        (SettingsError("no TRUNKLINE_PUBLIC_URL"), POSTPONED, True),
    ],
)
async def test_a_refusal_means_this_person_or_everybody(
    tmp_path: Path, error: Exception, outcome: str, halts: bool
) -> None:
    async with ringing(tmp_path) as (telephone, dialler, _, clock):
        dialler.error = error
        ended = await telephone.dial(DUE)
        assert ended is not None
        assert (ended.outcome, bool(ended.halt), ended.reason) == (outcome, halts, str(error))
        if outcome == POSTPONED:
            assert ended.again_at == (TOMORROW if "closed" in str(error) else clock() + SOON)


async def test_the_rest_of_the_list_waits_when_the_budget_is_spent(tmp_path: Path) -> None:
    line = replace(LINE, outbound=Outbound(hours=None))
    async with ringing(tmp_path, line) as (telephone, dialler, _, clock):
        assert telephone.opening("desk", ANN, clock()) is None
        dialler.error = DialRefused("spent", "budget", again_at=TOMORROW)
        await telephone.dial(DUE)
        assert telephone.opening("desk", ANN, clock()) == TOMORROW
        assert telephone.opening("desk", ANN, TOMORROW) is None


async def test_a_full_server_is_no_outcome(tmp_path: Path) -> None:
    async with ringing(tmp_path) as (telephone, dialler, _, _):
        dialler.error = DialRefused("no room", "full")
        with pytest.raises(Full):
            await telephone.dial(DUE)


async def test_who_begins_it_at_this_moment_is_not_in_the_way(tmp_path: Path) -> None:
    async with ringing(tmp_path) as (telephone, dialler, _, _):
        asked: list[str] = []

        async def attempt(id: str) -> object | None:  # noqa: A002
            asked.append(id)
            return None if len(asked) == 1 else id

        dialler.attempt = attempt  # type: ignore[method-assign]
        dialler.error = DialRefused("it is under way", "under-way")
        assert await telephone.dial(DUE) is None


async def dialled(store: CallStore, id: str, status: str, **columns: Any) -> None:  # noqa: A002
    await store.dials.create(DialRow(id=id, line="desk", number=ANN + id, data={}, claim=ANN + id))
    if status != "requested":
        assert await store.dials.advance(id, status, **columns)


async def test_what_the_store_has_is_told(tmp_path: Path) -> None:
    async with ringing(tmp_path) as (telephone, _, store, _):
        await dialled(store, "1", "ended", outcome="busy", sid="CA1", error="SIP 486")
        await dialled(store, "2", "refused", outcome="failed", error="the carrier knows no such call")
        await dialled(store, "3", "answered")
        await dialled(store, "4", "ended", outcome="answered-human")
        assert await telephone.ended(["1", "2", "3", "0"]) == {
            "1": Ended("busy", "CA1", "SIP 486"),
            "2": Ended(LOST, None, "the carrier knows no such call"),
        }
        assert await telephone.ended([]) == {}


async def test_the_carrier_is_asked_for_calls_of_which_nothing_is_heard(tmp_path: Path) -> None:
    async with ringing(tmp_path) as (telephone, dialler, store, clock):
        ids = [str(index) for index in range(ASK_MOST + 2)]
        for one in ids:
            await dialled(store, one, "requested")
        assert await telephone.ended(ids) == {}
        assert dialler.asked == []
        clock.move(seconds=SILENT + 1)
        await telephone.ended(ids)
        await telephone.ended(ids)
        assert sorted(dialler.asked) == ids
        telephone._loop = SimpleNamespace(time=lambda: ASK_EVERY * 9e9)  # type: ignore[assignment]
        await telephone.ended(ids)
        assert len(dialler.asked) == len(ids) + ASK_MOST


async def test_what_nobody_ever_knew_is_over_when_no_call_can_go_on(tmp_path: Path) -> None:
    async with ringing(tmp_path) as (telephone, _, store, clock):
        await dialled(store, "1", "unknown")
        clock.move(seconds=LINE.max_seconds)
        assert await telephone.ended(["1"]) == {}
        clock.move(hours=1, minutes=1)
        assert await telephone.ended(["1"]) == {"1": Ended("unknown")}


async def test_a_line_has_hours_by_the_clock_of_who_is_called(tmp_path: Path) -> None:
    line = Line(
        name="desk",
        number="+12025550100",
        greeting="Hello.",
        prompt="Be kind.",
        outbound=Outbound(hours=Hours("09:00", "20:00")),
    )
    async with ringing(tmp_path, line) as (telephone, _, _, _):
        night = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
        assert telephone.opening("desk", ANN, night) == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
        assert telephone.opening("desk", ANN, night + timedelta(hours=12)) is None
    async with ringing(tmp_path, Line(**{**vars_of(line), "outbound": Outbound(hours=None)})) as (
        open_,
        _,
        _,
        _,
    ):
        assert open_.opening("desk", ANN, night) is None


def vars_of(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in ("name", "number", "greeting", "prompt")}
