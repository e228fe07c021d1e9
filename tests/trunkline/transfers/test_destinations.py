"""Where a call goes, as values that survive the process that made them."""

import json

import pytest

from trunkline.transfers.destinations import (
    Destination,
    Number,
    QueueNamed,
    Room,
    Sip,
    Then,
    destination,
    kind,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+15550123", Number("+15550123")),
        ("sip:desk@example.com;transport=tls", Sip("sip:desk@example.com;transport=tls")),
        ("sips:desk@example.com", Sip("sips:desk@example.com")),
        ("queue:support", QueueNamed("support")),
    ],
)
def test_a_text_stands_for_a_destination(text: str, value: Destination) -> None:
    assert destination(text) == destination(value) == value


@pytest.mark.parametrize(
    "text", ["", "555", "0049 30 1234", "sip:desk", "queue:", "queue:" + "x" * 65, "desk"]
)
def test_what_cannot_be_called_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        destination(text)


def test_a_queue_waits_with_a_url() -> None:
    with pytest.raises(ValueError, match="wait_url"):
        QueueNamed("support", "music.mp3")


@pytest.mark.parametrize(
    "to", [Number("+15550123"), Sip("sip:a@example.com"), QueueNamed("q", "https://example.com/w"), Room("r")]
)
def test_json_has_it_both_ways(to: Destination | Room) -> None:
    then = Then(to, "Nobody is free.", 40, "+15550100")
    assert Then.of(json.loads(json.dumps(then.plain()))) == then
    assert kind(to) == then.plain()["kind"]


def test_what_nobody_wrote_or_another_version_wrote_is_none() -> None:
    assert Then.of(None) is None
    assert Then.of({}) is None
    assert Then.of({"kind": "pigeon", "address": {}}) is None
    assert Then.of({"kind": "room", "address": {"name": "r"}, "new": 1}) == Then(Room("r"))
