"""The tables agree with themselves."""

import pytest

from processors.languages import language


@pytest.mark.parametrize("code", ["en", "de", "es", "fr", "it", "nl", "pt"])
def test_a_word_stands_in_one_column(code: str) -> None:
    table = language(code)
    columns = (table.never, table.number, table.either)
    assert sum(map(len, columns)) == len(frozenset().union(*columns))
    assert all(word[0].isupper() for word in table.starters)
    assert len(table.weekdays) >= 7


def test_a_region_and_spelling_of_the_code_do_not_matter() -> None:
    assert language("de-AT") == language("de_CH") == language("de")
    assert language("EN-us") == language("en")


def test_any_language_has_rules() -> None:
    assert language("pl").ordinals
    assert not language("sv").starters
    assert language("").code == "en"
