"""Texts and values without what a line leaves out."""

from trunkline.redaction.findings import Said
from trunkline.redaction.privacy import Privacy
from trunkline.redaction.redact import Known, Redactor

CARD = "four one one one one one one one one one one one one one one one"
PLAIN = Redactor()


def test_the_rest_of_a_text_stays_readable() -> None:
    assert PLAIN.text(f"Yes, it is {CARD}, and I am Anna.") == "Yes, it is [card number], and I am Anna."
    assert PLAIN.text("my ssn is 123-45-6789") == "my ssn is [SSN]"
    assert PLAIN.text("I was born on May 5th 1981.") == "I was born on [date of birth]."
    assert PLAIN.text("call me at 415-555-0123") == "call me at 415-555-0123"


def test_the_last_four_digits_stay_if_the_line_says_so() -> None:
    redactor, known = Redactor(Privacy(keep_last_four=True)), Known()
    turns = [Said("caller", "5555 5555"), Said("caller", "5555 4444 and"), Said("agent", "Ending in 4444?")]
    left = ["[card number]", "[card number ending in 4444] and", "Ending in 4444?"]
    assert redactor.turns(turns, known) == left
    assert redactor.text("4111 1111 1111 1111") == "[card number ending in 1111]"


def test_what_is_known_is_left_out_where_it_is_repeated() -> None:
    known = Known()
    PLAIN.turns([Said("caller", "4242 4242 4242 4242"), Said("caller", "born May fifth 1981")], known)
    assert PLAIN.text("so four two four two?", known) == "so [card number]?"
    assert PLAIN.text("the fifth of May eighty one", known) == "the [date of birth]"
    assert PLAIN.text("room 424", known) == "room 424"


def test_names_of_values_tell_what_they_are() -> None:
    value = {
        "cardNumber": 4111,
        "dob": "1981-05-05",
        "amount": 4111,
        "ratio": 0.5,
        "paid": True,
        "note": None,
        "parts": ["4111111111111111", {"ssn": "123456789"}],
    }
    assert PLAIN.plain(value) == {
        "cardNumber": "[card number]",
        "dob": "[date of birth]",
        "amount": 4111,
        "ratio": 0.5,
        "paid": True,
        "note": None,
        "parts": ["[card number]", {"ssn": "[SSN]"}],
    }


def test_what_was_redacted_before_more_was_known_is_redacted_again() -> None:
    known = Known()
    assert PLAIN.text("it ends in 1111", known) == "it ends in 1111"
    PLAIN.text("4111 1111 1111 1111", known)
    assert PLAIN.text("it ends in 1111", known) == "it ends in [card number]"
