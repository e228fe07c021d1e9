"""What webhooks and REST say of a call."""

import re
from datetime import UTC, datetime, timedelta

from trunkline.sandbox.telephone.resource import CallResource, new_sid, rfc2822

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def call(direction: str = "inbound", **changes: str) -> CallResource:
    return CallResource(
        account_sid="AC" + "0" * 32,
        to="+15550100",
        from_="+15550199",
        direction=direction,
        wall=lambda at: NOON + timedelta(seconds=at),
        created=0.0,
        extra=changes,
    )


def test_sids_have_twilios_form() -> None:
    assert re.fullmatch("CA[0-9a-f]{32}", new_sid("CA"))
    assert new_sid("CA") != new_sid("CA")


def test_an_inbound_call_names_all_that_twilio_names() -> None:
    resource = call()
    resource.status = "ringing"
    params = resource.params()
    assert params["CallStatus"] == "ringing"
    assert params["Caller"] == params["From"] == "+15550199"
    assert params["Called"] == params["To"] == "+15550100"
    assert params["Direction"] == "inbound"
    assert params["ApiVersion"] == "2010-04-01"
    assert params["FromCity"] == ""
    assert params["StirVerstat"] == "TN-Validation-Passed-A"
    assert {"CallToken", "CalledZip", "CallerCountry", "ToState", "AccountSid", "CallSid"} <= params.keys()
    assert "ParentCallSid" not in params


def test_a_test_may_say_otherwise() -> None:
    params = call(From="anonymous", ForwardedFrom="+15550123").params()
    assert (params["From"], params["ForwardedFrom"]) == ("anonymous", "+15550123")


def test_an_outbound_leg_names_its_parent_and_no_places() -> None:
    resource = call("outbound-dial")
    resource.parent_sid = "CA1"
    assert resource.params()["ParentCallSid"] == "CA1"
    assert "FromCity" not in resource.params()


def test_the_resource_counts_from_the_answer_to_the_end() -> None:
    resource = call("outbound-api")
    before = resource.as_json()
    assert (before["status"], before["duration"], before["start_time"]) == ("queued", None, None)
    resource.answered, resource.ended, resource.status = 2.0, 62.5, "completed"
    after = resource.as_json()
    assert resource.is_over
    assert after["duration"] == "61"
    assert after["start_time"] == "Sun, 22 Nov 2026 12:00:02 +0000"
    assert after["uri"] == f"/2010-04-01/Accounts/AC{'0' * 32}/Calls/{resource.sid}.json"


def test_a_call_that_was_never_answered_lasted_no_time() -> None:
    resource = call()
    resource.ended = 30.0
    assert resource.duration == 0


def test_dates_are_rfc_2822_in_utc() -> None:
    assert rfc2822(NOON) == "Sun, 22 Nov 2026 12:00:00 +0000"
