"""Messages as Deepgram documents them, as it really sends them, and as it should not."""

import math

import orjson
import pytest

from processors.errors import VendorProtocolError
from processors.listen_events import NEVER, Notice, Results, SpeechStarted, UtteranceEnd, Word, parse

FINAL = """{"type":"Results","channel_index":[0,1],"duration":3.0300002,"start":3.02,"is_final":true,
"speech_final":true,"channel":{"alternatives":[{"transcript":"No, thanks.","confidence":0.9995,"words":[
{"word":"no","start":5.42,"end":5.74,"confidence":0.99,"punctuated_word":"No,"},
{"word":"thanks","start":5.75,"end":6.0,"confidence":0.99}]}]},
"metadata":{"request_id":"61fc612a"},"from_finalize":false,"something_new":{}}"""


def test_results() -> None:
    event = parse(FINAL)
    assert event == Results(
        transcript="No, thanks.",
        words=(Word("No,", 5.42, 5.74), Word("thanks", 5.75, 6.0)),
        start=3.02,
        end=pytest.approx(6.05),  # type: ignore[arg-type]
        is_final=True,
        speech_final=True,
        from_finalize=False,
    )


@pytest.mark.parametrize(
    "message",
    [
        '{"type":"Results"}',
        '{"type":"Results","channel":null,"start":null,"duration":0}',
        '{"type":"Results","channel":{"alternatives":[]}}',
        '{"type":"Results","channel":{"alternatives":[{"transcript":"","words":[]}]}}',
        b'{"type":"Results","channel":{"alternatives":[{"transcript":null}]}}',
    ],
)
def test_what_is_missing_is_empty(message: str | bytes) -> None:
    assert parse(message) == Results("", (), 0.0, 0.0, False, False, False)


def test_words_without_times_are_no_words() -> None:
    event = parse(
        '{"type":"Results","channel":{"alternatives":[{"transcript":"a b","words":[{"word":"a"}]}]}}'
    )
    assert isinstance(event, Results)
    assert (event.transcript, event.words) == ("a b", ())


def test_the_language_of_a_multilingual_model() -> None:
    event = parse('{"type":"Results","channel":{"alternatives":[{"transcript":"hola","languages":["es"]}]}}')
    assert isinstance(event, Results)
    assert event.language == "es"


def test_the_other_messages() -> None:
    assert parse('{"type":"SpeechStarted","channel":[0,1],"timestamp":9.54}') == SpeechStarted(9.54)
    assert parse('{"type":"UtteranceEnd","channel":[0,1],"last_word_end":2.395}') == UtteranceEnd(2.395)
    assert parse('{"type":"UtteranceEnd"}') == UtteranceEnd(math.inf)
    assert parse('{"type":"UtteranceEnd","last_word_end":-1}') == UtteranceEnd(NEVER)
    assert parse('{"type":"Metadata","request_id":"x","duration":1.0}') == Notice("Metadata", "")
    assert parse('{"type":"Error","variant":"SchemaError","message":"secret"}') == Notice(
        "Error", "SchemaError"
    )
    assert parse('{"type":"FromTheFuture"}') == Notice("FromTheFuture", "")
    assert parse("{}") == Notice("None", "")


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{",
        "[]",
        "null",
        b"\xff\xfe",
        '{"type":"Results","channel":"bogus"}',
        '{"type":"Results","channel":{"alternatives":["x"]}}',
        '{"type":"Results","channel":{"alternatives":[{"transcript":5}]}}',
        '{"type":"Results","start":"soon"}',
        '{"type":"UtteranceEnd","last_word_end":{}}',
        '{"type":"Results","channel":{"alternatives":[{"words":[5]}]}}',
    ],
)
def test_what_has_the_wrong_type_is_an_error_that_does_not_quote_it(message: str | bytes) -> None:
    with pytest.raises(VendorProtocolError, match="Deepgram sent") as caught:
        parse(message)
    assert "soon" not in str(caught.value)


def test_the_words_after_a_moment() -> None:
    event = parse(FINAL)
    assert isinstance(event, Results)
    assert event.after(0.0) == "No, thanks."
    assert event.after(5.7) == "thanks"
    assert event.after(6.1) == ""
    bare = Results("yes please", (), 1.0, 2.0, True, False, False)
    assert (bare.after(0.5), bare.after(1.9)) == ("yes please", "")


def test_the_language_is_the_one_of_most_words() -> None:
    spoken = ("hi", "en"), ("a", "es"), ("b", "es")
    words = [{"word": word, "start": 0, "end": 1, "language": code} for word, code in spoken]
    best = {"transcript": "hi a b", "languages": ["en", "es"], "words": words}
    event = parse(orjson.dumps({"type": "Results", "channel": {"alternatives": [best]}}))
    assert isinstance(event, Results)
    assert event.language == "es"
