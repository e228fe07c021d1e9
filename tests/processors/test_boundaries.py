"""A mark is judged from its neighbourhood, and left open while that has not arrived."""

import pytest

from processors.boundaries import Kind, Passage
from processors.languages import language


def judge(text: str, code: str = "en", *, final: bool = False) -> Kind:
    """The judgement of the mark at ``^``, which is not part of the text."""
    at = text.index("^")
    passage = Passage(text[:at] + text[at + 1 :], language(code), final=final)
    return passage.judge(at).kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It is here^. Now", Kind.SENTENCE),
        ("It is here^.\n", Kind.SENTENCE),
        ("It is here^\n", Kind.SENTENCE),
        ("It costs $3^.50", Kind.NOTHING),
        ("See example^.com", Kind.NOTHING),
        ("Dr^. Smith", Kind.NOTHING),
        ("at 5 p.m^. The door", Kind.SENTENCE),
        ("at 5 p.m^. Pacific time", Kind.NOTHING),
        ("So^... maybe", Kind.NOTHING),
        ("at 9^:30", Kind.NOTHING),
        ("in all^, that is it", Kind.CLAUSE),
        ("in all^; that", Kind.CLAUSE),
        ("in all ^— that", Kind.CLAUSE),
        ("in all^, sir.", Kind.NOTHING),
        ("in all^,\n", Kind.NOTHING),
        ("well^-known", Kind.NOTHING),
        ("3 ^- 5", Kind.NOTHING),
        ("^- milk", Kind.NOTHING),
        ("from 3^–5", Kind.NOTHING),
    ],
)
def test_what_ends_at_a_mark(text: str, kind: Kind) -> None:
    assert judge(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "It is here^.",
        "It is here^. ",
        "Dr^. ",
        "at 5 p.m^. Th",
        "all^,",
        "all^, th",
        "all ^—",
        "Go^!”",
        "see ^-",
        "No^. (",
    ],
)
def test_a_mark_stays_open_until_what_follows_is_known(text: str) -> None:
    assert judge(text) is Kind.OPEN
    assert judge(text, final=True) in (Kind.SENTENCE, Kind.NOTHING)


def test_reading_goes_on_behind_what_closes_with_the_mark() -> None:
    text = "« Vraiment ?! » Oui"
    assert Passage(text, language("fr")).judge(text.index("?")).end == text.index(" Oui")
    text = "(“Really?!”) Yes"
    assert Passage(text, language("en")).judge(text.index("?")).end == text.index(" Yes")


def test_guillemets_point_the_other_way_in_german() -> None:
    assert judge("Er rief^! »Ja«", "de") is Kind.SENTENCE
    assert judge("Il dit : « Oui ^! » Puis", "fr") is Kind.SENTENCE
    assert judge("Il dit : « Oui ^! » puis", "fr") is Kind.NOTHING


def test_a_number_is_an_ordinal_in_german_and_begins_a_list_anywhere() -> None:
    assert judge("am 3^. Mai ", "de") is Kind.NOTHING
    assert judge("am 3^. Mai ") is Kind.SENTENCE
    assert judge("3^. Open ") is Kind.NOTHING


def test_a_writer_without_capitals_ends_sentences_too() -> None:
    text, stop = "it is here. now", 10
    assert Passage(text, language("en"), lowercase=True).judge(stop).kind is Kind.SENTENCE
    assert Passage(text, language("en"), lowercase=False).judge(stop).kind is Kind.NOTHING
