"""Flux's messages, as the documentation prints them and as they might come one day."""

from typing import Any

import orjson
import pytest

from processors.errors import VendorProtocolError
from processors.flux_events import Configured, FluxWord, TurnInfo, parse
from processors.listen_events import Notice

TURN: dict[str, Any] = {
    "type": "TurnInfo",
    "request_id": "ad12514a-0d38-4f7e-8fba-cce10d8f174c",
    "sequence_id": 42,
    "event": "EndOfTurn",
    "turn_index": 3,
    "audio_window_start": 4.2,
    "audio_window_end": 6.8,
    "transcript": " I need to cancel ",
    "words": [
        {"word": "I", "confidence": 0.95, "start": 4.4, "end": 4.5},
        {"word": "need", "confidence": 0.9},
    ],
    "end_of_turn_confidence": 0.35,
    "trigger": "manual",
}


def told(**changes: Any) -> TurnInfo:
    event = parse(orjson.dumps({**TURN, **changes}))
    assert isinstance(event, TurnInfo)
    return event


def test_a_turn() -> None:
    assert told() == TurnInfo(
        event="EndOfTurn",
        turn=3,
        transcript="I need to cancel",
        words=(FluxWord("I", 4.4, 4.5), FluxWord("need", None, None)),
        start=4.2,
        end=6.8,
        confidence=0.35,
        language=None,
    )


def test_numbers_may_be_strings_and_much_may_be_missing() -> None:
    assert told(audio_window_end="6.8", end_of_turn_confidence="0.35") == told()
    bare = parse('{"type":"TurnInfo","event":"Update"}')
    assert bare == TurnInfo("Update", None, "", (), 0.0, 0.0)


def test_the_language_spoken_most_comes_first() -> None:
    assert told(languages=["es", "en"], languages_hinted=["en", "es"]).language == "es"
    assert told(languages=[]).language is None


def test_answers_to_configure() -> None:
    assert parse('{"type":"ConfigureSuccess","thresholds":{},"keyterms":[]}') == Configured(True)
    failure = '{"type":"ConfigureFailure","code":"INVALID_THRESHOLD","description":"private"}'
    assert parse(failure) == Configured(False, "INVALID_THRESHOLD")
    assert parse('{"type":"ConfigureFailure","error_code":"OLD"}') == Configured(False, "OLD")


def test_the_rest_is_noted() -> None:
    assert parse('{"type":"Connected","request_id":"x","sequence_id":0}') == Notice("Connected", "")
    assert parse('{"type":"Error","code":"BROKEN","description":"private"}') == Notice("Error", "BROKEN")
    assert parse('{"type":"Tomorrow"}') == Notice("Tomorrow", "")


@pytest.mark.parametrize(
    "message",
    [
        "{",
        "[]",
        b"\xff\xff",
        orjson.dumps({**TURN, "transcript": 3}),
        orjson.dumps({**TURN, "words": [{"start": 1.0}]}),
        orjson.dumps({**TURN, "audio_window_end": "late"}),
        orjson.dumps({**TURN, "turn_index": "x"}),
    ],
)
def test_what_cannot_be_read_is_an_error_that_quotes_nothing(message: str | bytes) -> None:
    with pytest.raises(VendorProtocolError, match="listening socket") as caught:
        parse(message)
    assert "cancel" not in str(caught.value)
