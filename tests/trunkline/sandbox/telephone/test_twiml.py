"""TwiML is read as Twilio reads it."""

import pytest
from twilio.twiml.voice_response import Connect, VoiceResponse  # type: ignore[import-untyped]

from trunkline.sandbox.telephone.twiml import Document, TwimlError, Verb, parse, read


def test_what_twilio_python_writes() -> None:
    response = VoiceResponse()
    connect = Connect(action="/after", method="POST")
    stream = connect.stream(url="wss://example.com/media", name="n")
    stream.parameter(name="token", value='a&"<b')
    response.append(connect)
    response.say("bye  now")
    response.hangup()
    document = parse(str(response), "https://example.com/twilio/voice")
    parameter = Verb("Parameter", {"name": "token", "value": 'a&"<b'}, "")
    noun = Verb("Stream", {"name": "n", "url": "wss://example.com/media"}, "", (parameter,))
    assert document.verbs == (
        Verb("Connect", {"action": "/after", "method": "POST"}, "", (noun,)),
        Verb("Say", {}, "bye now"),
        Verb("Hangup", {}, ""),
    )


def test_comments_and_another_encoding_do_not_disturb() -> None:
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><!-- a --><Response><!-- b --><Say>Grüße</Say></Response>'
    )
    assert [verb.text for verb in parse(text).verbs] == ["Grüße"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "<Response><Say></Response>",
        "<response/>",
        '  <?xml version="1.0"?><Response/>',
        "<html/>",
    ],
)
def test_what_is_not_twiml_is_12100(text: str) -> None:
    with pytest.raises(TwimlError) as caught:
        read("text/xml", text, "")
    assert caught.value.code == 12100


@pytest.mark.parametrize("content_type", ["text/xml", "application/xml; charset=utf-8", "TEXT/XML"])
def test_xml_is_xml(content_type: str) -> None:
    assert read(content_type, "<Response/>", "http://h/").verbs == ()


@pytest.mark.parametrize("content_type", ["", "text/html", "application/json", "text/plain; charset=utf-8"])
def test_another_content_type_is_12300(content_type: str) -> None:
    with pytest.raises(TwimlError) as caught:
        read(content_type, "<Response/>", "")
    assert caught.value.code == 12300


def test_urls_are_relative_to_the_document() -> None:
    document = Document((), "https://example.com/a/b?c=d")
    assert document.resolve("/next") == "https://example.com/next"
    assert document.resolve(" next ") == "https://example.com/a/next"
    assert document.resolve("https://other.example/x") == "https://other.example/x"


def test_attributes_are_read_leniently() -> None:
    verb = Verb("Gather", {"timeout": "3", "numDigits": "many", "actionOnEmptyResult": "TRUE"}, "")
    assert (verb.number("timeout", 5), verb.number("numDigits", 7), verb.number("x", 1)) == (3, 7, 1)
    assert verb.flag("actionOnEmptyResult")
    assert not verb.flag("other")
    assert verb.get("other", "d") == "d"
