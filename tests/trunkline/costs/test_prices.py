"""Prices, and those of a file in their place."""

from pathlib import Path

import pytest

from trunkline.costs.prices import MODELS, VOICES, Prices, TokenPrices, price_of, read
from trunkline.errors import SettingsError


@pytest.mark.parametrize(
    ("model", "known"),
    [
        ("gpt-4o-mini", "gpt-4o-mini"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("gpt-4o-2024-11-20", "gpt-4o"),
        ("gpt-4.1-nano", "gpt-4.1-nano"),
    ],
)
def test_the_longest_name_counts(model: str, known: str) -> None:
    assert price_of(MODELS, model) == MODELS[known]


def test_a_name_that_only_looks_alike_has_no_price() -> None:
    assert price_of(MODELS, "gpt-4omega") is None
    assert price_of(VOICES, "aura-2-thalia-en") == VOICES["aura-2"]
    assert price_of(VOICES, "aura-asteria-en") == VOICES["aura"]


def test_a_file_takes_the_place_of_what_it_names(tmp_path: Path) -> None:
    toml, json = tmp_path / "prices.toml", tmp_path / "prices.json"
    toml.write_text('inbound = 0.005\n[models."own"]\ninput = 1\noutput = 2\n')
    json.write_text('{"voices": {"aura-2": 0.02}}')
    assert read(toml).inbound == 0.005
    assert read(toml).models["own"] == TokenPrices(1.0, 1.0, 2.0)
    assert read(toml).models["gpt-4o"] == MODELS["gpt-4o"]
    assert read(json).voices["aura-2"] == 0.02
    assert read(None) == Prices()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("inbound = ", "cannot be read"),
        ("inbond = 1", "inbond; expected some of inbound"),
        ("inbound = -1", "0 or more"),
        ("voices = 3", "expected a table"),
        ("[models.x]\ninput = 1", "input, output"),
    ],
)
def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=told):
        read(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TRUNKLINE_PRICES"):
        read(tmp_path / "none.toml")
