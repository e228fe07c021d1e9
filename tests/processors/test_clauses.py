"""A reply is cut where a speaker would breathe, whatever tokens it came in, and nothing of it is lost."""

import random
import re
from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from processors.clauses import LIMIT, LONG, Clauses, long_enough
from tests.processors.replies import cases

PIECES = [
    *"abeIXäß.,;:!?…-–—\"'“”«»()*_ \n3509$€%@/\\¿¡。！、」とは日😊\u00a0\u3000",
    *(
        "Dr",
        "p.m",
        "No",
        "etc",
        "z. B",
        "U.S",
        "The",
        "Die",
        "Montag",
        "and",
        ". ",
        ", ",
        "? ",
        "...",
        " — ",
        "12.11",
    ),
    *("example.com", "Hello", "iPhone", "a word or two ", "x" * 45, "word " * 50),
]
"""What random replies are made of: all that a rule asks for, and its neighbours."""

replies = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
languages = st.sampled_from(["en", "de", "fr", "ja", "pl"])


def split(tokens: Iterable[str], language: str = "en") -> list[str]:
    clauses = Clauses(language)
    units = [unit for token in tokens for unit in clauses.feed(token)]
    return units + clauses.finish()


def stripped(units: list[str]) -> list[str]:
    return [unit.strip() for unit in units]


def tokens_of(text: str, seed: int) -> list[str]:
    """The text in random tokens of 1 to 8 characters."""
    rng = random.Random(seed)
    tokens = []
    while text:
        size = rng.randint(1, 8)
        tokens.append(text[:size])
        text = text[size:]
    return tokens


@pytest.mark.parametrize(("language", "text", "units"), cases())
def test_a_reply_is_cut_in_the_same_places_in_whatever_tokens_it_comes(
    language: str, text: str, units: list[str]
) -> None:
    assert stripped(split([text], language)) == units
    assert stripped(split(text, language)) == units
    for seed in range(10):
        assert stripped(split(tokens_of(text, seed), language)) == units


@settings(max_examples=300, deadline=None)
@given(replies, languages, st.integers(0, 2**32))
@example("a, " + "x" * 45 + ". B", "en", 1)
@example("... ⓐ. b. C", "en", 1)
def test_any_tokens_give_the_same_units(text: str, language: str, seed: int) -> None:
    whole = split([text], language)
    assert split(text, language) == whole
    assert split(tokens_of(text, seed), language) == whole


@settings(max_examples=300, deadline=None)
@given(replies, languages, st.integers(0, 2**32))
def test_nothing_is_lost_or_said_twice(text: str, language: str, seed: int) -> None:
    units = split(tokens_of(text, seed), language)
    assert re.sub(r"\s", "", "".join(units)) == re.sub(r"\s", "", text)
    assert all(unit.strip() and len(unit) <= LIMIT for unit in units)
    assert all(len(unit) == LIMIT or not unit[-1].isalnum() for unit in units[:-1]), "cut inside a word"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.integers(0, 2**32))
def test_arbitrary_characters_do_no_harm(text: str, seed: int) -> None:
    units = split(tokens_of(text, seed))
    assert units == split([text])
    assert re.sub(r"\s", "", "".join(units)) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("text", "unit", "late"),
    [
        ("Hello! How", "Hello!", " H"),
        ("It is here. How", "It is here.", " H"),
        ("はい。次", "はい。", "次"),
        ("Milk\nEggs", "Milk\n", ""),
        ("Milk,\nEggs", "Milk,\n", ""),
        ("It is here.\nHow", "It is here.", "\n"),
        ("I can help you; we", "I can help you;", " w"),
        ("I can help you — we", "I can help you —", " w"),
        ("I can help you, and we", "I can help you,", " and "),
        ("I work at Acme Inc. She does", "I work at Acme Inc.", " She "),
        ("She said: “Go.” Then", "She said: “Go.”", " T"),
        ("There are 3. Take", "There are 3.", " T"),
    ],
)
def test_a_unit_goes_out_as_soon_as_its_end_is_certain(text: str, unit: str, late: str) -> None:
    clauses = Clauses()
    for at, char in enumerate(text):
        if units := clauses.feed(char):
            assert units == [unit]
            assert text[len(unit) : at + 1] == late
            return
    pytest.fail("never went out")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "It costs $3.",
            "It costs $3.5",
            "See example.",
            "See example.com.",
            "Dr. ",
            "Dr. S",
            "At 5 p.m. The",
        ),
        *("3. ", "I am at no. ", "Wait?", "Wait? ", "So..", "He said “Go.", "He said “Go.”", "a, b, c"),
        *("I can help you", "I can help you,", "I can help you, ", "I can help you, sir"),
    ],
)
def test_nothing_goes_out_before_its_end_is_certain(text: str) -> None:
    assert split_so_far(text) == []


def split_so_far(text: str) -> list[str]:
    clauses = Clauses()
    return [unit for char in text for unit in clauses.feed(char)]


def test_the_first_clause_is_worth_saying() -> None:
    assert not long_enough("Sure, I do")
    assert not long_enough("Internationally speaking")
    assert long_enough("Sure, I can help")
    assert long_enough("ご予約の変更")
    assert not long_enough("はい")


def test_only_the_opening_is_cut_at_clauses() -> None:
    text = "I can help you with that, and gladly. It is a long story, and a sad one; but here it is."
    assert stripped(split([text])) == [
        "I can help you with that,",
        "and gladly.",
        "It is a long story, and a sad one; but here it is.",
    ]


def test_a_short_first_sentence_does_not_end_the_opening() -> None:
    assert stripped(split(["Sure! I can help you with that, and gladly. One, two three, and four."])) == [
        "Sure!",
        "I can help you with that,",
        "and gladly.",
        "One, two three, and four.",
    ]


def test_a_long_sentence_goes_out_clause_by_clause() -> None:
    clause = "then there is one more thing to say, "
    units = split(["This is where it all begins. " + clause * 12 + "and so it ends."])
    assert len(units) > 2
    assert all(len(unit) <= LONG for unit in units)
    assert all(unit.endswith(",") for unit in stripped(units)[1:-1])


def test_a_sentence_without_clauses_is_cut_between_words() -> None:
    words = [f"word{n}" for n in range(1000)]
    units = split(" ".join(words))
    assert [len(unit) <= LIMIT for unit in units] == [True] * len(units)
    assert " ".join(stripped(units)).split() == words


def test_a_word_without_end_is_cut_at_the_limit() -> None:
    assert [len(unit) for unit in split(["x" * 4500])] == [LIMIT, LIMIT, 500]
    assert [len(unit) for unit in split(["." * 4500])] == [LIMIT, LIMIT, 500]


def test_what_is_dropped_is_not_said_and_the_next_reply_begins_anew() -> None:
    clauses = Clauses()
    assert clauses.feed("first reply in small letters. its") == ["first reply in small letters."]
    clauses.drop()
    assert clauses.feed("A capital. but small. End") == ["A capital. but small."]
    assert clauses.finish() == [" End"]
    assert clauses.finish() == []


@pytest.mark.parametrize(
    ("language", "unit"), [("sv", "Han bor i Dr. Lind. "), ("pl", "Jest ul. Długa. "), ("xx", "Ein Wort. ")]
)
def test_languages_without_a_table_are_cut_too(language: str, unit: str) -> None:
    assert split([unit + "Xyz abc."], language)[-1] == " Xyz abc."


def test_text_that_is_still_held_can_be_taken_back() -> None:
    clauses = Clauses()
    assert clauses.feed("It is late. We close, I th") == ["It is late."]
    clauses.take_back("I th")
    clauses.take_back("It is late. We close, ")
    assert [*clauses.feed("they say."), *clauses.finish()] == [" We close, they say."]
