"""A text is spoken word by word, and numbers group by group, with pauses where there is punctuation."""

import pytest

from transports.spoken_units import COMMA, NOWHERE, PHRASE, STOP, spoken_units, usual_length


def test_each_word_is_a_unit_with_what_is_behind_it() -> None:
    text = "Yes, we open at eight. Goodbye!"
    units = spoken_units(text)
    assert [text[: unit.text_end].split()[-1] for unit in units] == text.split()
    assert [unit.place for unit in units] == [COMMA, NOWHERE, PHRASE, NOWHERE, STOP, STOP]


def test_digits_are_read_in_groups() -> None:
    units = spoken_units("Call 555-0149 now")
    assert [(unit.ends_word, unit.place) for unit in units] == [
        (True, NOWHERE),
        (False, COMMA),
        (True, NOWHERE),
        (True, STOP),
    ]


def test_a_dash_on_its_own_takes_no_time() -> None:
    assert [bool(unit.length) for unit in spoken_units("so — yes")] == [True, False, True]


def test_writing_without_spaces_goes_character_by_character() -> None:
    assert len(spoken_units("ご予約は、こちらです。")) == 9


@pytest.mark.parametrize("text", ["", "  ", "..."])
def test_nothing_to_say(text: str) -> None:
    assert sum(unit.length for unit in spoken_units(text)) == 0


def test_pauses_count_in_the_usual_length() -> None:
    assert usual_length("One, two, three.") > usual_length("One two three.") + 0.2
