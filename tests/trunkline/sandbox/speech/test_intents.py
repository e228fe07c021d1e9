"""Texts that mean the same are near, whatever their words."""

import pytest

from trunkline.sandbox.speech.intents import meaning

pytestmark = pytest.mark.spoken


def test_meaning_counts_not_letters() -> None:
    same, other = meaning().scores("and where can I park?", ["parking", "partly cloudy"])
    assert same > meaning().certain > other


def test_the_same_text_is_one() -> None:
    assert meaning().scores("hello there", ["hello there"]) == [pytest.approx(1.0, abs=1e-4)]


def test_the_model_is_loaded_once_and_a_text_is_read_once() -> None:
    assert meaning() is meaning()
    before = meaning().vector.cache_info().misses
    for _ in range(3):
        meaning().scores("a text that no other test holds", ["another such text"])
    assert meaning().vector.cache_info().misses == before + 2


def test_a_text_beyond_what_the_model_takes_does_no_harm() -> None:
    assert meaning().scores("word " * 2000, ["word"])[0] > 0
