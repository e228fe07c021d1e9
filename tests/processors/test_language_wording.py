"""Texts in several languages, which are texts."""

import copy
import pickle

import orjson
import pytest

from processors.language_wording import Wording, languages_missing, said_in, wording

HELLO = {"en": "Hello.", "es-419": "Hola."}


def test_a_text_in_several_languages_is_the_first_of_them() -> None:
    text = wording(HELLO)
    assert text == "Hello."
    assert orjson.dumps(text) == b'"Hello."'
    assert text.strip()


def test_it_is_said_in_the_language_of_the_call() -> None:
    text = wording(HELLO)
    assert [said_in(text, code) for code in ("en", "es", "es-MX", "fr")] == [
        "Hello.",
        "Hola.",
        "Hola.",
        "Hello.",
    ]
    assert type(said_in(text, "fr")) is str


def test_a_plain_text_stays_as_it_stands() -> None:
    assert said_in(wording("Hello."), "es") == "Hello."
    assert languages_missing("Hello.", ("en", "es")) == ()


def test_what_is_missing_is_known() -> None:
    assert languages_missing(wording(HELLO), ("en", "es", "fr")) == ("fr",)


def test_it_can_be_copied() -> None:
    for copied in (copy.deepcopy(wording(HELLO)), pickle.loads(pickle.dumps(wording(HELLO)))):  # noqa: S301
        assert said_in(copied, "es") == "Hola."


def test_no_language_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one or several"):
        Wording({})
