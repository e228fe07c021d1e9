"""Which language a call is in: not decided by a word or two."""

import pytest

from processors.language_choice import LanguageChoice

SENTENCE = "quiero pedir una cita"


@pytest.fixture
def choice() -> LanguageChoice:
    return LanguageChoice(("en", "es-419"))


def test_it_begins_with_the_first(choice: LanguageChoice) -> None:
    assert choice.current == "en"
    assert choice.tags == {"en": "en", "es": "es-419"}


def test_a_sentence_in_another_language_switches_and_another_one_back(choice: LanguageChoice) -> None:
    assert choice.heard(SENTENCE, "es") == "es"
    assert choice.heard(SENTENCE, "es") is None
    assert choice.heard("could you repeat that", "en-US") == "en"


@pytest.mark.parametrize("language", [None, "en", "fr", ""])
def test_other_languages_and_unknown_ones_change_nothing(
    choice: LanguageChoice, language: str | None
) -> None:
    assert choice.heard(SENTENCE, language) is None
    assert choice.current == "en"


def test_a_word_is_no_language_but_the_second_such_answer_is(choice: LanguageChoice) -> None:
    assert choice.heard("sí", "es") is None
    assert choice.heard("vale gracias", "es") == "es"


def test_words_with_others_between_them_are_no_language(choice: LanguageChoice) -> None:
    assert choice.heard("adiós", "es") is None
    assert choice.heard("I mean goodbye", "en") is None
    assert choice.heard("adiós", "es") is None


def test_words_that_may_still_change_count_once(choice: LanguageChoice) -> None:
    assert choice.heard("sí", "es", final=False) is None
    assert choice.heard("sí", "es", final=False) is None
    assert choice.heard("sí", "es") is None


def test_somebody_may_say_so_and_who_cares_is_told() -> None:
    told: list[str] = []
    choice = LanguageChoice(("en", "es"), told.append)
    assert choice.choose("es-MX") == "es"
    assert choice.choose("es") is None
    assert choice.heard("could you repeat that", "en") == "en"
    assert told == ["es", "en"]


def test_a_language_of_another_line_is_refused(choice: LanguageChoice) -> None:
    with pytest.raises(ValueError, match="the line speaks en, es, not 'fr'"):
        choice.choose("fr")
