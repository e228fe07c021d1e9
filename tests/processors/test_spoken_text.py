"""A voice says the words, not the typography."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.spoken_text import spoken_text

MARKUP = [
    *"*_`~#|>+-<[]()!\\:/. \n😊→\u200d\ufe0f",
    "https://",
    "word",
    "a_b@c.de",
    "**",
    "```",
    "</b>",
    "1",
    "5 * 3",
]


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("Nothing to do here.", "Nothing to do here."),
        ("  spaces \t and\u00a0more  ", "spaces and more"),
        ("**Bold**, *it*, ***both*** and __more__ of _it_.", "Bold, it, both and more of it."),
        ("**Bold. ", "Bold."),
        ("Still bold.**", "Still bold."),
        ("`code` and ~~no~~ yes", "code and no yes"),
        ("## Opening hours\n", "Opening hours."),
        ("- **Monday:** 9 to 5\n", "Monday: 9 to 5."),
        ("* Milk (2 l)\n", "Milk (2 l)."),
        ("• Eggs", "Eggs"),
        ("1. Open the door.", "1. Open the door."),
        ("> - [x] done", "done"),
        ("```python\n", ""),
        ("```\n", ""),
        ("---\n", ""),
        ("***", ""),
        ("…", ""),
        ("| Day | Hours |\n", "Day, Hours."),
        ("|-----|:-----:|\n", ""),
        ("[our site](https://www.example.com/a_b) now.", "our site now."),
        ("![the logo](x.png 'title') is here", "the logo is here"),
        ("[Click here,", "Click here,"),
        (" please](https://example.com) now", "please now"),
        ("See https://www.example.com/x?y=1.", "See example.com/x?y=1."),
        ("<https://example.com>", "example.com"),
        ("one<br>two<b>three</b>", "one two three"),
        ("Great! 😊👍🏽", "Great!"),
        ("👩‍💻 🇩🇪 1️⃣ Hi ❤️", "1 Hi"),
        ("Settings → Account", "Settings, Account"),
        ("\\*not\\_bold\\*", "not_bold"),
    ],
)
def test_typography_goes_and_words_stay(unit: str, said: str) -> None:
    assert spoken_text(unit) == said


@pytest.mark.parametrize(
    "unit",
    [
        "5 * 3 = 15 and 2*3 = 6",
        "Write to john_doe@example.com or a_@b.org.",
        "Press * or press #",
        "Press *, then #.",
        "#5 at -5° and +1 555 0100, R&D, C++, C#",
        "x < 5 and y > 3, 50% off, $3.50",
        "Sure [or not], (really).",
        "می‌خواهم بدانم",
    ],
)
def test_characters_that_mean_something_stay(unit: str) -> None:
    assert spoken_text(unit) == unit


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("Opening hours\n", "Opening hours."),
        ("50%\n", "50%."),
        ("“Milk”\n", "“Milk”."),
        ("ご予約\n", "ご予約。"),
        ("Really?\n", "Really?"),
        ("(See below.)\n", "(See below.)"),
        ("Namely:\n", "Namely:"),
        ("Opening hours", "Opening hours"),
    ],
)
def test_a_line_without_a_mark_ends_in_a_full_stop(unit: str, said: str) -> None:
    assert spoken_text(unit) == said


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(MARKUP), max_size=30).map("".join))
def test_it_never_grows_and_has_nothing_more_to_strip(unit: str) -> None:
    said = spoken_text(unit)
    assert len(said) <= len(unit)
    assert said == " ".join(said.split())
    assert "`" not in said
    assert "😊" not in said


@given(st.text(st.characters(categories=["L", "N"], max_codepoint=0x24F), min_size=1))
def test_plain_words_are_left_alone(word: str) -> None:
    assert spoken_text(f"So {word} it is.") == f"So {word} it is."


@pytest.mark.parametrize(
    "flood", ["[" * 2000, "](" * 1000, "*" * 1999 + " x", "_" * 1999 + "x", "> " * 1000, "<b" * 1000]
)
def test_a_flood_of_marks_takes_no_time(flood: str) -> None:
    assert len(spoken_text(flood)) <= len(flood)
