"""What the carrier makes of our orders, and what becomes of news that is lost, late, forged or told twice."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.calls.dialling import ANN, HELLO, answers, attempt, callee, ended, outgoing
from tests.calls.town import NUMBER, Town, hears, make_line, town
from tests.calls.wire import Wire, form
from trunkline.calls.models import DialRow, now
from trunkline.costs.budget import Budget
from trunkline.costs.spending import FRESH
from trunkline.errors import CarrierError, DialRefused, TrunklineError
from trunkline.outbound import dialler as outbound
from trunkline.outbound.hours import Hours
from trunkline.outbound.manners import Outbound
from trunkline.sandbox.telephone.resource import new_sid
from trunkline.sandbox.telephone.rest_answers import TOO_MANY_REQUESTS, RestError, invalid

NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""In Washington it is ten in the evening."""


def orders(place: Town) -> int:
    """How often the carrier was asked for a call."""
    return sum(one.method == "POST" for one in place.world.carrier.requests)


async def only(place: Town) -> DialRow:
    (row,) = await place.service.dialler.dials.latest()
    return row


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RestError(401, 20003, "Authenticate"), "TWILIO_AUTH_TOKEN"),
        (TOO_MANY_REQUESTS, "try again later"),
        (invalid(21211, f"Invalid 'To' Phone Number: {ANN}"), "check the number"),
        (RestError(404, 20404, "no such account"), "twilio.com/docs/errors/20404"),
    ],
)
async def test_what_the_carrier_refuses_is_one_sentence_and_over(
    tmp_path: Path, error: RestError, says: str
) -> None:
    async with town(tmp_path, outgoing()) as place:
        place.world.carrier.refuse(error)
        with pytest.raises(CarrierError, match=says) as refused:
            await attempt(place)
        assert refused.value.refused
        assert ANN not in str(refused.value)
        row = await only(place)
        assert (row.status, row.outcome, row.sid, row.claim) == ("refused", "failed", None, None)
        await attempt(place)  # nothing stands in the way of another attempt
        assert orders(place) == 2


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_an_order_that_may_have_been_carried_out_is_not_repeated(tmp_path: Path, status: int) -> None:
    async with town(tmp_path, outgoing()) as place:
        place.world.carrier.refuse(RestError(status, 0, "oops"))
        dialled = await attempt(place)
        assert dialled.is_unknown
        assert (await only(place)).status == "unknown"
        with pytest.raises(DialRefused, match="under way") as refused:
            await attempt(place)
        assert refused.value.reason == "under-way"
        assert orders(place) == 1


async def test_a_call_whose_order_was_never_answered_makes_itself_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The carrier makes the call; the answer to the request is lost."""
    async with town(tmp_path, outgoing(), **callee(detection=2.0)) as place:
        create = place.service.vendors.carrier.create_call

        async def lost(**options: object) -> str:
            await create(**options)  # type: ignore[arg-type]
            raise CarrierError("create a call: no answer", unknown=True)

        monkeypatch.setattr(place.service.vendors.carrier, "create_call", lost)
        dialled = await attempt(place)
        assert dialled.is_unknown
        phone = await place.world.carrier.callee(ANN)
        await phone.answered()
        await hears(phone, HELLO)
        await phone.hang_up()
        await phone.ended()
        row = await ended(place, dialled)
        assert (row.status, row.outcome, row.sid) == ("ended", "answered-human", phone.sid)
        assert orders(place) == 1
        await place.left(phone)


async def test_an_attempt_of_a_killed_process_is_asked_after_before_the_next(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing(), **callee(outcome="busy")) as place:
        dialler = place.service.dialler
        left = DialRow(id="0" * 32, line="desk", number=ANN, claim=ANN, data={})
        assert await dialler.dials.create(left)
        with pytest.raises(DialRefused, match="under way"):  # too fresh: the carrier's lists are late
            await attempt(place)
        dialler._now = lambda: datetime(2100, 1, 1, tzinfo=UTC)
        await ended(place, await attempt(place))
        assert orders(place) == 1
        row = await dialler.attempt("0" * 32)
        assert row is not None
        assert (row.status, row.error) == ("refused", "the carrier knows no such call")


async def test_a_call_of_a_killed_process_is_found_with_the_carrier(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing(), **callee(outcome="busy", ring=5.0)) as place:
        dialler = place.service.dialler
        left = DialRow(id="0" * 32, line="desk", number=ANN, claim=ANN, data={})
        assert await dialler.dials.create(left)
        sid = await place.service.vendors.carrier.create_call(
            to=ANN, from_=NUMBER, url=place.service.url + "/twilio/voice"
        )
        row = await dialler.settle("0" * 32)
        assert row is not None
        assert (row.sid, row.status) == (sid, "requested")
        await (await place.world.carrier.callee(ANN)).ended()
        row = await dialler.settle("0" * 32)
        assert row is not None
        assert (row.status, row.outcome) == ("ended", "busy")


async def test_nobody_is_called_twice_at_once(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing(), **callee(outcome="busy")) as place:
        both = await asyncio.gather(attempt(place), attempt(place), return_exceptions=True)
        refused = [one for one in both if isinstance(one, DialRefused)]
        assert [one.reason for one in refused] == ["under-way"]
        assert orders(place) == 1


async def test_urls_name_the_attempt_and_nobody(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing(), **callee(outcome="busy")) as place:
        dialled = await attempt(place)
        (request,) = (one for one in place.world.carrier.requests if one.method == "POST")
        urls = [request.params[name][0] for name in ("Url", "StatusCallback", "AsyncAmdStatusCallback")]
        assert urls == [
            f"{place.service.url}/twilio/{path}?dial={dialled.id}" for path in ("voice", "status", "amd")
        ]
        events = ["initiated", "ringing", "answered", "completed"]
        assert request.params["StatusCallbackEvent"] == events
        assert request.params["MachineDetection"] == ["DetectMessageEnd"]
        await ended(place, dialled)


# News of a call.


async def test_news_may_come_late_twice_and_in_any_order(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing(), **callee(outcome="busy", ring=30.0)) as place, Wire(place) as wire:
        dialled = await attempt(place)
        sid = dialled.sid or ""
        path = f"/twilio/status?dial={dialled.id}"

        async def told(status: str) -> None:
            said = form(sid, ANN, From=NUMBER, Direction="outbound-api", CallStatus=status)
            assert (await wire.post(path, said)).status == 204

        for status in ("ringing", "initiated", "no-answer", "no-answer", "ringing", "completed"):
            await told(status)
        row = await ended(place, dialled)
        assert (row.status, row.outcome) == ("ended", "no-answer")
        await place.service.store.flush()
        kept = await place.service.store.call(sid)
        assert kept is not None
        assert kept.outcome == "no-answer"
        await (await place.world.carrier.callee(ANN)).ended()
        assert (await ended(place, dialled)).outcome == "no-answer"


async def test_forged_news_changes_nothing(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing(), **callee(outcome="busy", ring=5.0)) as place, Wire(place) as wire:
        dialled = await attempt(place)
        sid = dialled.sid or ""
        ending = form(sid, ANN, From=NUMBER, Direction="outbound-api", CallStatus="failed")
        verdict = {"AccountSid": ending["AccountSid"], "CallSid": sid, "AnsweredBy": "fax"}
        for path, said in (("status", ending), ("amd", verdict)):
            answer = await wire.post(f"/twilio/{path}?dial={dialled.id}", said, signature="forged")
            assert answer.status == 403
        other = form(new_sid("CA"), ANN, From=NUMBER, Direction="outbound-api", CallStatus="failed")
        assert (await wire.post(f"/twilio/status?dial={dialled.id}", other)).status == 204
        assert (await wire.post(f"/twilio/status?dial={'f' * 32}", ending)).status == 204
        row = await ended(place, dialled)
        assert (row.outcome, row.answered_by) == ("busy", None)


async def test_a_verdict_may_come_before_the_stream_and_after_the_call(tmp_path: Path) -> None:
    async with (
        town(tmp_path, outgoing(), **callee(who="machine", detection=0.0)) as place,
        Wire(place) as wire,
    ):
        dialled = await attempt(place)
        phone = await place.world.carrier.callee(ANN)
        await phone.ended(30)
        row = await ended(place, dialled)
        assert (row.outcome, row.answered_by) == ("answered-machine", "machine_end_beep")
        late = {"AccountSid": "AC", "CallSid": phone.sid, "AnsweredBy": "human"}
        assert (await wire.post(f"/twilio/amd?dial={dialled.id}", late)).status == 204
        assert (await ended(place, dialled)).outcome == "answered-machine"
        await place.left(phone)


# Whom, and when.


async def test_who_does_not_want_calls_gets_none(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing()) as place:
        await place.service.dialler.dials.block(ANN, "asked us to stop")
        with pytest.raises(DialRefused, match="do-not-call") as refused:
            await attempt(place, anyway=True)
        assert refused.value.reason == "do-not-call"
        assert orders(place) == 0


async def test_people_are_called_in_the_hours_of_their_own_clock(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing(hours=Hours("09:00", "20:00")), **callee(outcome="busy")) as place:
        place.service.dialler._now = lambda: NIGHT
        with pytest.raises(DialRefused, match="09:00 to 20:00 by their own time") as refused:
            await attempt(place)
        assert refused.value.reason == "hours"
        assert refused.value.again_at == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
        assert orders(place) == 0
        await ended(place, await attempt(place, anyway=True))
        assert orders(place) == 1


@pytest.mark.parametrize(("to", "says"), [("abc", "not a phone number"), ("+12345", "nobody can have")])
async def test_what_is_no_number_is_not_called(tmp_path: Path, to: str, says: str) -> None:
    line = outgoing()
    async with town(tmp_path, line) as place:
        with pytest.raises(DialRefused, match=says):
            await place.service.dialler.dial(line, to, data={"name": "Ann"})


async def test_data_that_the_greeting_names_has_to_be_there(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing()) as place:
        with pytest.raises(DialRefused, match="has no 'name'"):
            await attempt(place, data={})
        assert orders(place) == 0


async def test_a_line_calls_from_code_where_it_is_served(tmp_path: Path) -> None:
    line = make_line(outbound=Outbound(hours=None))
    with pytest.raises(TrunklineError, match="no server runs in this process"):
        await line.dial(ANN)
    async with town(tmp_path, line, **callee(outcome="busy")) as place:
        row = await ended(place, await line.dial("(202) 555-0123", data={"visit": 7}))
        assert (row.number, row.data) == (ANN, {"visit": 7})
        with pytest.raises(DialRefused, match="not served here"):
            await make_line("+15550111", name="other").dial(ANN)
    with pytest.raises(TrunklineError, match="no server runs"):
        outbound.current()


async def test_a_process_that_is_full_calls_nobody(tmp_path: Path) -> None:
    line = make_line(outbound=Outbound(hours=None), max_calls=1)
    async with town(tmp_path, line, **callee(outcome="busy", ring=20.0)) as place:
        first = await line.dial(ANN)  # a place is kept for who answers
        with pytest.raises(DialRefused, match="no room"):
            await line.dial("+12025550124")
        await ended(place, first)
        await line.dial("+12025550124")


async def test_a_line_that_has_spent_its_budget_calls_nobody_until_tomorrow(tmp_path: Path) -> None:
    line = outgoing(Budget(per_day=0.01), amd="off")
    async with town(tmp_path, line, **callee(stays=10)) as place:
        _, phone = await answers(place)
        await hears(phone, HELLO)
        await phone.ended()
        await place.left(phone)
        assert (await place.row(phone)).cost_usd > 0.01
        await asyncio.sleep(FRESH)
        before = orders(place)
        with pytest.raises(DialRefused, match="spent its budget") as refused:
            await attempt(place)
        assert orders(place) == before
        assert refused.value.reason == "budget"
        again = refused.value.again_at
        assert again is not None
        assert (again.hour, again.minute, again.second) == (0, 0, 0)
        assert 0 < (again - now()).total_seconds() <= 86400
        assert await place.service.dialler.dials.claimed(ANN) is None
