"""Text is cut where a speaker may breathe, and so that the first words come soon."""

from trunkline.sandbox.speech.sentences import pieces


def test_sentences_are_spoken_one_by_one() -> None:
    assert list(pieces("Hello. How can I help you? Fine!")) == ["Hello.", "How can I help you?", "Fine!"]


def test_abbreviations_and_initials_end_no_sentence() -> None:
    assert list(pieces("Dr. Lind is in at 9 a.m. on Mondays.")) == ["Dr. Lind is in at 9 a.m. on Mondays."]
    assert list(pieces("12 Harbour St. Anna is in.")) == ["12 Harbour St. Anna is in."]


def test_a_long_sentence_begins_with_a_short_piece() -> None:
    text = (
        "We are open from 8 to 6, Monday to Thursday, from 8 to 4 on Fridays, and on Saturdays from 9 to 1."
    )
    first, rest = pieces(text)
    assert first == "We are open from 8 to 6,"
    assert f"{first} {rest}" == text


def test_a_long_sentence_without_a_comma_is_cut_where_one_may_breathe() -> None:
    assert list(pieces("Whitening takes one and a half hours and costs 290 dollars.")) == [
        "Whitening takes one and a half hours,",
        "and costs 290 dollars.",
    ]


def test_one_without_any_place_to_breathe_stays_whole() -> None:
    text = "Somebody will telephone tomorrow morning before nine o'clock."
    assert list(pieces(text)) == [text]


def test_nothing_is_no_piece() -> None:
    assert list(pieces("  ")) == []
