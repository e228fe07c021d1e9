"""What a status callback hears."""

from trunkline.sandbox.telephone.status import StatusCallback, events

from .test_resource import call


def test_only_the_end_is_told_unless_more_is_wanted() -> None:
    callback, resource = StatusCallback("http://h/status"), call()
    assert callback.tell("ringing", resource, 0.0, {}) is None
    resource.status, resource.answered, resource.ended = "completed", 0.0, 61.2
    ask = callback.tell("completed", resource, 61.2, {"RecordingSid": "RE1"})
    assert ask is not None
    assert ask.params["CallStatus"] == "completed"
    assert (ask.params["CallDuration"], ask.params["Duration"]) == ("62", "2")
    assert ask.params["SequenceNumber"] == "0"
    assert ask.params["CallbackSource"] == "call-progress-events"
    assert ask.params["Timestamp"] == "Sun, 22 Nov 2026 12:01:01 +0000"
    assert ask.params["RecordingSid"] == "RE1"


def test_events_are_numbered_from_nought() -> None:
    callback, resource = (
        StatusCallback("http://h/s", "GET", events(["initiated ringing", "answered"])),
        call(),
    )
    asks = [
        callback.tell(event, resource, 0.0, {}) for event in ("initiated", "ringing", "answered", "completed")
    ]
    told = [ask for ask in asks if ask is not None]
    assert [ask.params["SequenceNumber"] for ask in told] == ["0", "1", "2"]
    assert [ask.method for ask in told] == ["GET"] * 3
    assert told[0].params["CallStatus"] == "initiated"


def test_a_call_that_failed_is_told_as_completed_without_billing() -> None:
    resource = call()
    resource.status, resource.ended = "no-answer", 30.0
    ask = StatusCallback("http://h/s").tell("completed", resource, 30.0, {})
    assert ask is not None
    assert (ask.params["CallStatus"], ask.params["SipResponseCode"]) == ("no-answer", "487")
    assert ask.params["CallDuration"] == "0"
    assert "Duration" not in ask.params


def test_nobody_is_told_without_a_url() -> None:
    assert StatusCallback("").tell("completed", call(), 0.0, {}) is None


def test_without_a_wish_the_end_is_told() -> None:
    assert events([]) == events([""]) == {"completed"}
