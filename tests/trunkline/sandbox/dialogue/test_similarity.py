"""Comparing letters is enough for words that look alike."""

from trunkline.sandbox.dialogue.similarity import Letters


def test_the_same_words_in_other_forms_are_near() -> None:
    near, far = Letters().scores("Where can I park?", ["parking", "opening hours"])
    assert near > Letters.certain > far


def test_the_same_is_one_and_nothing_in_common_is_zero() -> None:
    same, other = Letters().scores("whitening", ["whitening", "fog"])
    assert round(same, 6) == 1
    assert other == 0


def test_small_words_say_nothing() -> None:
    assert Letters().scores("what is the price of this", ["what is the time of this"])[0] < Letters.certain


def test_empty_texts_do_no_harm() -> None:
    assert Letters().scores("", ["", "word"]) == [0.0, 0.0]
    assert Letters().scores("word", []) == []
