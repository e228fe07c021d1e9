"""A waterfall's segments are contiguous and sum to the whole, whatever the stamps are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.waterfall import (
    MEANINGS,
    SEGMENTS,
    Quantiles,
    Round,
    Stamps,
    Waterfall,
    pieces,
    quantiles,
    waterfall,
)

ORDINARY = Stamps(
    ended=10.0,
    arrived=10.02,
    vad=10.23,
    words=10.33,
    decided=10.34,
    rounds=(Round(10.35, 10.47),),
    asked=10.51,
    voiced=10.59,
    sent=10.6,
)


def spent(stamps: Stamps) -> dict[str, int]:
    """Whole milliseconds of the segments that took some."""
    return {name: round(value) for name, value in waterfall(stamps).parts().items() if round(value)}


def changed(**values: object) -> Stamps:
    given = {name: getattr(ORDINARY, name) for name in Stamps.__slots__}
    return Stamps(**{**given, **values})


def test_an_ordinary_reply() -> None:
    assert spent(ORDINARY) == {
        "carrier": 20,
        "vad": 210,
        "stt": 100,
        "turn": 10,
        "queue": 10,
        "model": 120,
        "sentence": 40,
        "voice": 80,
        "output": 10,
    }
    assert waterfall(ORDINARY).total == pytest.approx(600)


def test_a_tool_stands_between_two_answers_of_the_model() -> None:
    stamps = changed(rounds=(Round(10.35, 10.40), Round(10.45, 10.47, after_tool=True)))
    found = [(piece.segment, round(piece.end - 10, 2)) for piece in pieces(stamps)]
    assert found[4:8] == [("queue", 0.35), ("model", 0.4), ("tool", 0.45), ("model", 0.47)]
    assert spent(stamps)["model"] == 70
    assert spent(stamps)["tool"] == 50


def test_a_tool_of_a_reply_that_was_begun_ahead_is_a_tool() -> None:
    stamps = changed(rounds=(Round(10.1, 10.2), Round(10.45, 10.47, after_tool=True)))
    assert spent(stamps)["tool"] == 110
    assert "queue" not in spent(stamps)


def test_what_is_spoken_without_a_model_or_a_vendor_adds_up() -> None:
    stamps = changed(rounds=(), asked=None, voiced=10.35)
    assert list(spent(stamps))[4:] == ["sentence", "output"]
    assert waterfall(stamps).total == pytest.approx(600)


def test_a_reply_from_the_cache_did_not_wait_for_the_voice() -> None:
    stamps = changed(asked=None, voiced=10.51)
    assert (spent(stamps)["sentence"], spent(stamps).get("voice")) == (40, None)


def test_a_turn_without_sound_is_measured_from_its_end() -> None:
    stamps = changed(ended=None, arrived=None, vad=None, words=None)
    assert next(iter(spent(stamps))) == "queue"
    assert waterfall(stamps).total == pytest.approx(260)


def test_a_vad_that_was_slower_than_the_words_held_nobody_up() -> None:
    stamps = changed(vad=10.33, words=10.24, decided=10.25)
    assert spent(stamps)["stt"] == 220
    assert "vad" not in spent(stamps)


def test_a_decision_may_wait_for_the_vad() -> None:
    stamps = changed(words=10.15, vad=10.33, decided=10.33)
    assert (spent(stamps)["stt"], spent(stamps)["turn"]) == (130, 180)


def test_words_that_were_told_late_were_there_when_the_turn_ended() -> None:
    assert spent(changed(words=10.345))["stt"] == 110


def test_what_a_speculative_reply_had_done_already_took_no_time() -> None:
    stamps = changed(rounds=(Round(10.1, 10.2),), asked=10.25, voiced=10.341, sent=10.345)
    assert list(spent(stamps))[4:] == ["voice", "output"]


def test_an_answer_that_was_half_way_when_the_turn_ended() -> None:
    stamps = changed(rounds=(Round(10.3, 10.47),))
    assert "queue" not in spent(stamps)
    assert spent(stamps)["model"] == 130


moments = st.floats(min_value=0, max_value=100)
perhaps = st.none() | moments


@given(
    decided=moments,
    sent=moments,
    ended=perhaps,
    arrived=perhaps,
    vad=perhaps,
    words=perhaps,
    rounds=st.lists(st.builds(Round, moments, moments), max_size=4).map(tuple),
    asked=perhaps,
    voiced=perhaps,
)
def test_the_pieces_are_contiguous_and_no_segment_is_negative(**stamps: object) -> None:
    made = Stamps(**stamps)  # type: ignore[arg-type]
    begin = made.decided if made.ended is None else min(made.ended, made.decided)
    begin = min(begin, made.sent)
    found = pieces(made)
    edges = [begin, *(piece.end for piece in found)]
    assert [piece.start for piece in found] == edges[:-1]
    assert edges[-1] == pytest.approx(made.sent)
    assert min(waterfall(made).parts().values()) >= 0
    assert waterfall(made).total == pytest.approx(1000 * (made.sent - begin), abs=1e-6)


def test_every_segment_has_a_meaning() -> None:
    assert (*SEGMENTS, "played") == tuple(MEANINGS)
    assert tuple(Waterfall().parts()) == SEGMENTS


def test_quantiles_lie_between_the_values() -> None:
    replies = [Waterfall(vad=float(ms), played=ms if ms < 30 else None) for ms in (10, 20, 30, 40)]
    found = quantiles(replies)
    assert found["vad"] == found["total"] == Quantiles(25.0, 38.5)
    assert found["played"] == Quantiles(15.0, 19.5)
    assert found["model"] == Quantiles(0.0, 0.0)
    assert quantiles([]) == {}
