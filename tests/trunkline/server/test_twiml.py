"""The documents that tell Twilio what to do, as Twilio reads them."""

from xml.etree import ElementTree

import pytest

from trunkline.server import twiml


def test_connect_streams_with_a_ticket_and_asks_what_next() -> None:
    root = ElementTree.fromstring(twiml.connect("wss://voice.example.com/twilio/media", "t&<cket"))  # noqa: S314
    (connect,) = root
    assert (connect.tag, connect.get("action"), connect.get("method")) == ("Connect", twiml.NEXT, "POST")
    (stream,) = connect
    assert stream.get("url") == "wss://voice.example.com/twilio/media"
    (parameter,) = stream
    assert (parameter.get("name"), parameter.get("value")) == ("ticket", "t&<cket")


@pytest.mark.parametrize(("language", "expected"), [("en", "en-US"), ("de-AT", "de-DE"), ("xx", "en-US")])
def test_last_words_are_said_in_the_lines_language(language: str, expected: str) -> None:
    root = ElementTree.fromstring(twiml.hang_up("Sorry.", language))  # noqa: S314
    say, hang_up = root
    assert (say.tag, say.text, say.get("language"), hang_up.tag) == ("Say", "Sorry.", expected, "Hangup")


def test_without_last_words_it_only_hangs_up() -> None:
    assert [verb.tag for verb in ElementTree.fromstring(twiml.hang_up())] == ["Hangup"]  # noqa: S314
