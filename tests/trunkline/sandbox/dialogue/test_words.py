"""Words are compared without what people write differently."""

import pytest

from trunkline.sandbox.dialogue.words import clauses, content, listing, plain, sentence, stem, stems


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("Half-past NINE, please!", "half past nine please"),
        ("It's 9:30, isn’t it?", "it's 9:30 isn't it"),
        ("Call 555-0149.", "call 555-0149"),
        ("3 p.m.", "3 p m"),
        ("  ", ""),
    ],
)
def test_plain(written: str, bare: str) -> None:
    assert plain(written) == bare


def test_content_is_what_is_left_without_small_words() -> None:
    assert content("Hello, what are your opening hours on Saturday?") == ("opening", "hours", "saturday")


def test_only_parts_that_say_something_are_clauses() -> None:
    assert clauses("That's fine, thank you. Can I leave a message?") == ["Can I leave a message?"]
    assert clauses("How do I find you, and where can I park?") == [
        "How do I find you",
        "and where can I park?",
    ]


@pytest.mark.parametrize(("a", "b"), [("parking", "park"), ("prices", "price"), ("emergency", "emergencies")])
def test_forms_of_a_word_have_one_stem(a: str, b: str) -> None:
    assert stem(a) == stem(b)
    assert stems(f"the {a}") == stems(b)


def test_lists_and_sentences() -> None:
    assert listing(["a", "b", "c"]) == "a, b or c"
    assert listing(["a", "b"], "and") == "a and b"
    assert listing([]) == ""
    assert [sentence("it is"), sentence("Is it?"), sentence("")] == ["It is.", "Is it?", ""]
