"""What is a backchannel, in each language, and what is more than one."""

import pytest
from pipecat.transcriptions.language import Language

from processors.backchannels import BACKCHANNELS, FAREWELLS, FILLERS, has_words, words_beyond

ONLY = (
    "mhm",
    "Mm-hmm.",
    "Okay.",
    "okay, okay",
    "Right.",
    "uh-huh",
    "Yeah, yeah.",
    "I see.",
    "Oh, I see. Okay.",
    "Got it!",
)
MORE = {
    "okay, stop": 1,
    "no": 1,
    "No, no.": 2,
    "yes, but": 1,
    "wait": 1,
    "I want that": 3,
    "right now": 1,
    "hello": 1,
}


@pytest.mark.parametrize("text", [*ONLY, "That’s right", "THAT'S RIGHT", "", " ", "..."])
def test_what_only_shows_that_somebody_listens_has_no_words_beyond(text: str) -> None:
    assert words_beyond(text, "en") == 0


@pytest.mark.parametrize(("text", "count"), MORE.items())
def test_everything_else_counts(text: str, count: int) -> None:
    assert words_beyond(text, Language.EN) == count


@pytest.mark.parametrize("language", BACKCHANNELS)
def test_each_language_has_its_own(language: str) -> None:
    phrases = BACKCHANNELS[language].split(", ")
    assert len(phrases) >= 15
    for phrase in phrases:
        assert words_beyond(phrase.capitalize(), f"{language}-XX") == 0, phrase
    assert all(words_beyond(sound, language) == 0 for sound in FILLERS.split(", "))


NO = {"en": "no", "es": "no", "de": "nein", "fr": "non", "nl": "nee", "it": "no", "pt": "não"}


@pytest.mark.parametrize(("language", "word"), NO.items())
def test_no_interrupts_in_every_language(language: str, word: str) -> None:
    assert words_beyond(word, language) == words_beyond(word) == 1
    assert set(NO) == set(BACKCHANNELS) == set(FAREWELLS)


def test_an_unknown_language_knows_those_of_all() -> None:
    for language in (None, "multi", Language.SV):
        assert words_beyond("ja, klar", language) == 0
        assert words_beyond("vale", language) == 0
    assert words_beyond("vale", "de") == 1


def test_what_may_still_become_one_is_not_counted_yet() -> None:
    assert [
        words_beyond(text, "en", unfinished=True) for text in ("I", "that makes", "I want", "no", "of")
    ] == [0, 0, 2, 1, 0]
    assert words_beyond("I", "en") == 1
    # Only what comes last can grow.
    assert words_beyond("I no", "en", unfinished=True) == 2


def test_thanks_and_farewells_are_backchannels_to_a_goodbye() -> None:
    for language, texts in FAREWELLS.items():
        for text in texts.split(", "):
            assert words_beyond(text, language, leaving=True) == 0, text
    assert words_beyond("okay, thank you, bye bye", "en", leaving=True) == 0
    assert words_beyond("thank you", "en") == 2
    assert words_beyond("bye, oh wait", "en", leaving=True) == 1


def test_punctuation_is_no_word() -> None:
    assert not has_words(" . , ")
    assert has_words("é")
