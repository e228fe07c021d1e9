"""The documents that tell Twilio what to do, as Twilio reads them."""

from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest

from trunkline.overflow import BUSY, Busy, DialOverflow, LastAnswer, Queue, SayAndHangUp
from trunkline.server import twiml

LIMITS = escape(twiml.LIMITS)

REFUSALS: list[tuple[LastAnswer, str]] = [
    (Busy(), '<Reject reason="busy" />'),
    (SayAndHangUp(), f'<Say language="de-DE">{BUSY}</Say><Hangup />'),
    (
        DialOverflow("+15550177"),
        f'<Dial action="/twilio/next{LIMITS}" answerOnBridge="true" method="POST" timeout="20">'
        "<Number>+15550177</Number></Dial>",
    ),
    (
        DialOverflow("+15550177", text="Moment.", ring_seconds=9),
        '<Say language="de-DE">Moment.</Say>'
        f'<Dial action="/twilio/next{LIMITS}" answerOnBridge="false" method="POST" timeout="9">'
        "<Number>+15550177</Number></Dial>",
    ),
]
MUSIC = "https://example.com/hold.mp3"
WAITS = [
    ("", Queue(ask_seconds=7), '<Pause length="7" />'),
    ("Moment.", Queue(), '<Say language="de-DE">Moment.</Say><Pause length="5" />'),
    ("", Queue(music=MUSIC), f"<Play>{MUSIC}</Play>"),
]


def verbs(document: str) -> str:
    return document.partition("<Response>")[2].rpartition("</Response>")[0]


def test_connect_streams_with_a_ticket_and_asks_what_next() -> None:
    root = ElementTree.fromstring(twiml.connect("wss://voice.example.com/twilio/media", "t&<cket"))  # noqa: S314
    (connect,) = root
    assert (connect.tag, connect.get("method")) == ("Connect", "POST")
    assert connect.get("action") == "/twilio/next#ct=2000&rt=5000&tt=6000"
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


@pytest.mark.parametrize(("answer", "expected"), REFUSALS)
def test_who_is_refused_hears_what_the_line_chose(answer: LastAnswer, expected: str) -> None:
    assert verbs(twiml.refuse(answer, "de-AT")) == expected


@pytest.mark.parametrize(("words", "queue", "hold"), WAITS)
def test_who_waits_is_asked_for_again(words: str, queue: Queue, hold: str) -> None:
    redirect = f'<Redirect method="POST">/twilio/voice{LIMITS}</Redirect>'
    assert verbs(twiml.wait(words, queue, "de")) == f"{hold}{redirect}"


def test_one_of_several_workers_is_asked_again_by_its_address() -> None:
    document = twiml.connect("wss://voice.example.com/twilio/media/3", "ticket", "/3")
    assert f'action="/twilio/next/3{LIMITS}"' in document
    assert f">/twilio/voice/3{LIMITS}</Redirect>" in twiml.wait("", Queue(), address="/3")
