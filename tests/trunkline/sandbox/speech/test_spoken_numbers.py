"""What the voice is given to read holds nothing but words and punctuation."""

import pytest

from trunkline.sandbox.speech.spoken_numbers import speakable


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("We open at 9:30 and close at 17:00.", "We open at nine thirty and close at five P M."),
        ("from 8am to 6 p.m. daily", "from eight A M to six P M daily"),
        ("Come at 9 a.m.", "Come at nine A M."),
        ("It is 12:00 or 00:15.", "It is twelve o'clock or twelve fifteen A M."),
        ("9:05 and 9:00", "nine oh five and nine o'clock"),
        ("8:00–18:00", "eight o'clock to six P M"),
        (
            "$90, $349.50 and £1",
            "ninety dollars, three hundred forty-nine dollars and fifty cents and one pound",
        ),
        ("$10-$20", "ten dollars to twenty dollars"),
        ("Call 555-0149.", "Call five five five, zero one four nine."),
        ("Call (555) 010-0149.", "Call five five five, zero one zero, zero one four nine."),
        ("+15550100", "plus one five five five zero one zero zero"),
        ("back on 5550149 soon", "back on five five five zero one four nine soon"),
        ("call 911", "call nine one one"),
        ("2026-11-24 09:30", "Tuesday, November twenty-fourth at nine thirty"),
        ("Tuesday, November 24 at 9:30", "Tuesday, November twenty-fourth at nine thirty"),
        ("Nov. 24, 2026", "November twenty-fourth, twenty twenty-six"),
        ("In 2026", "In twenty twenty-six"),
        ("the 2nd and the 31st", "the second and the thirty-first"),
        ("Saturday 9-13, Mon-Fri 8-18", "Saturday nine to thirteen, Monday to Friday eight to eighteen"),
        ("Dr. Lind, 12 Harbour St.", "Doctor Lind, twelve Harbour Street"),
        ("near St. Mary, No. 5", "near Saint Mary, number five"),
        ("50% off & free", "fifty percent off and free"),
        ("1,250 or 3.5", "one thousand two hundred fifty or three point five"),
        ("**bold** `code`", "bold code"),
        ("2 visits, 30 minutes", "two visits, thirty minutes"),
    ],
)
def test_each_is_read_as_a_person_would(written: str, spoken: str) -> None:
    assert speakable(written) == spoken


@pytest.mark.parametrize("odd", ["2026-13-45", "99:99", "1" * 40, "$", "#", "12:3", "0", "..."])
def test_odd_input_does_no_harm(odd: str) -> None:
    assert not any(character.isdigit() for character in speakable(odd)) or odd == "99:99"


def test_words_are_left_alone() -> None:
    text = "A check-up takes half an hour; it's painless, isn't it?"
    assert speakable(text) == text
