"""What vendors charge, in US dollars: list prices, to be checked and replaced by what an account pays."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from trunkline.errors import SettingsError

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """Of one model, for a million tokens."""

    input: float
    cached: float
    """Of input that the vendor had in its cache."""
    output: float


LISTENING = MappingProxyType(
    {"nova-3": 0.0077, "nova-2": 0.0058, "nova": 0.0058, "enhanced": 0.0165, "base": 0.0145}
    | {"flux-general-en": 0.0065, "flux-general-multi": 0.0078, "flux": 0.0078}
)

VOICES = MappingProxyType({"aura-2": 0.030, "aura": 0.015})

MODELS = MappingProxyType(
    {
        "gpt-4o": TokenPrices(2.50, 1.25, 10.00),
        "gpt-4o-mini": TokenPrices(0.15, 0.075, 0.60),
        "gpt-4.1": TokenPrices(2.00, 0.50, 8.00),
        "gpt-4.1-mini": TokenPrices(0.40, 0.10, 1.60),
        "gpt-4.1-nano": TokenPrices(0.10, 0.025, 0.40),
        "gpt-5": TokenPrices(1.25, 0.125, 10.00),
        "gpt-5-mini": TokenPrices(0.25, 0.025, 2.00),
        "gpt-5-nano": TokenPrices(0.05, 0.005, 0.40),
        "gpt-5.1": TokenPrices(1.25, 0.125, 10.00),
        "gpt-5.2": TokenPrices(1.75, 0.175, 14.00),
        "gpt-5.4": TokenPrices(2.50, 0.25, 15.00),
        "gpt-5.4-mini": TokenPrices(0.75, 0.075, 4.50),
    }
)


@dataclass(frozen=True, slots=True)
class Prices:
    """A model's or voice's name may be its beginning: ``aura-2`` is all of its voices. The longest counts."""

    inbound: float = 0.0085
    """A minute of a call that comes in, begun ones whole: a local number in the US."""
    outbound: float = 0.0140
    """A minute of a call that we make, likewise."""
    media_stream: float = 0.0040
    """A minute of its sound that comes to us."""
    listening: Mapping[str, float] = field(default_factory=lambda: LISTENING)
    """A minute of sound that a recogniser hears, by model."""
    voices: Mapping[str, float] = field(default_factory=lambda: VOICES)
    """A thousand characters that are spoken, by voice."""
    models: Mapping[str, TokenPrices] = field(default_factory=lambda: MODELS)
    """Tokens, by model."""


def price_of(table: Mapping[str, Value], name: str) -> Value | None:
    """The price of a model or a voice, by the longest of the table's names that it begins with."""
    known = [key for key in table if name == key or name.startswith((f"{key}-", f"{key}:"))]
    return table[max(known, key=len)] if known else None


def read(path: Path | None) -> Prices:
    """The list prices, with those of a file in their place.

    Args:
        path: TOML or JSON with the names of :class:`Prices`; None for the list prices.

    Raises:
        SettingsError: there is no such file, or it holds something else.
    """
    if path is None:
        return Prices()
    try:
        text = path.read_text()
        given = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        found = f"{path} cannot be read ({error})"
        raise SettingsError(f"TRUNKLINE_PRICES: {found}; expected a TOML or JSON file") from None
    try:
        return _replaced(Prices(), given)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"TRUNKLINE_PRICES: {path}: {error}") from None


def _replaced(prices: Prices, given: Any) -> Prices:
    names = [one.name for one in fields(Prices)]
    if not isinstance(given, dict):
        raise TypeError(f"found {given!r}; expected a table with some of {', '.join(names)}")
    if unknown := set(given) - set(names):
        raise ValueError(f"found {', '.join(sorted(unknown))}; expected some of {', '.join(names)}")
    for name, value in given.items():
        known = getattr(prices, name)
        if not isinstance(known, Mapping):
            value = _amount(name, value)
        elif isinstance(value, dict):
            read_one = _tokens if name == "models" else _amount
            value = {**known, **{key: read_one(f"{name}.{key}", each) for key, each in value.items()}}
        else:
            raise TypeError(f"{name} is {value!r}; expected a table of names and prices")
        prices = replace(prices, **{name: value})
    return prices


def _amount(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise ValueError(f"{name} is {value!r}; expected US dollars, 0 or more")
    return float(value)


def _tokens(name: str, value: Any) -> TokenPrices:
    if not isinstance(value, dict) or not {"input", "output"} <= set(value) <= {"input", "cached", "output"}:
        raise ValueError(f"{name} is {value!r}; expected input, output and perhaps cached, a million tokens")
    given = {key: _amount(f"{name}.{key}", each) for key, each in value.items()}
    return TokenPrices(**{"cached": given["input"], **given})
