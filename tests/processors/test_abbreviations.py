"""What a full stop after a word is."""

import pytest

from processors.abbreviations import Language, Stop
from processors.languages import language


@pytest.mark.parametrize(
    ("code", "word", "stop"),
    [
        ("en", "Dr", Stop.NEVER),
        ("en", "DR", Stop.NEVER),
        ("en", "No", Stop.NUMBER),
        ("en", "p.m", Stop.EITHER),
        ("en", "Sat", Stop.EITHER),
        ("en", "sat", Stop.END),
        ("en", "me", Stop.END),
        ("de", "Kaiserstr", Stop.EITHER),
        ("de", "z.b", Stop.NEVER),
        ("fr", "M", Stop.NEVER),
    ],
)
def test_words_of_a_table(code: str, word: str, stop: Stop) -> None:
    assert language(code).stop_after(word) is stop


@pytest.mark.parametrize(("word", "stop"), [("prof", Stop.EITHER), ("bil", Stop.END)])
def test_sentencex_is_asked_about_languages_without_a_table(word: str, stop: Stop) -> None:
    assert Language("sv").stop_after(word) is stop
