import pytest

from benchmarks.panel.heard import words_off


@pytest.mark.parametrize(
    ("believed", "played", "off"),
    [
        ("we open at eight", "we open at eight", 0),
        ("we open at eight", "we open", 2),
        ("we", "we open at eight", 3),
        ("", "we open", 2),
        ("we close at eight", "we open at eight", 2),
    ],
)
def test_each_word_too_many_and_each_too_few_counts_once(believed: str, played: str, off: int) -> None:
    assert words_off(believed.split(), played.split()) == off
