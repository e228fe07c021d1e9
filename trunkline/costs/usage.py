"""What a call has used, and what that costs. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil

from trunkline.costs.prices import Prices, price_of

PARTS = ("carrier", "stream", "listening", "voice", "model")
"""What a call's cost is for: the keys of its breakdown."""

NO_PRICE = "no price: "
"""Begins a key of the breakdown that says what was used and has no price; its value is 0."""

MILLION = 1_000_000


@dataclass(slots=True)
class Usage:
    """Counted as it happens."""

    characters: Counter[str] = field(default_factory=Counter)
    """That voices were asked to speak, by voice; not what was spoken ahead."""
    heard: Counter[str] = field(default_factory=Counter)
    """Seconds of sound that other recognisers than ours say they were sent, by model."""
    input: Counter[str] = field(default_factory=Counter)
    """Tokens that models were sent, by model, those of ``cached`` among them."""
    cached: Counter[str] = field(default_factory=Counter)
    output: Counter[str] = field(default_factory=Counter)


def cost(
    usage: Usage,
    prices: Prices,
    *,
    seconds: float,
    streamed: float,
    listeners: Iterable[str] = (),
    is_outbound: bool = False,
    earlier: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """US dollars by what they are for.

    Args:
        usage: what was counted.
        prices: what it costs.
        seconds: of the call, as the carrier counts it.
        streamed: seconds of its sound.
        listeners: models of our recognisers, each of which hears all of it.
        is_outbound: whether we called.
        earlier: what models and voices have cost in other processes.
    """
    found = dict.fromkeys(PARTS, 0.0)
    found["carrier"] = ceil(seconds / 60) * (prices.outbound if is_outbound else prices.inbound)
    found["stream"] = streamed / 60 * prices.media_stream
    for name in ("voice", "model"):
        found[name] = (earlier or {}).get(name, 0.0)
    missing = [name for name in earlier or () if name.startswith(NO_PRICE)]
    for model, heard in (*((one, streamed) for one in listeners), *usage.heard.items()):
        found["listening"] += heard / 60 * _or_note(price_of(prices.listening, model), model, missing)
    for voice, characters in usage.characters.items():
        found["voice"] += characters / 1000 * _or_note(price_of(prices.voices, voice), voice, missing)
    for model in usage.input | usage.output:
        found["model"] += _tokens(usage, prices, model, missing)
    return {**found, **{_noted(name): 0.0 for name in missing}}


def _tokens(usage: Usage, prices: Prices, model: str, missing: list[str]) -> float:
    each = price_of(prices.models, model)
    if each is None:
        missing.append(model)
        return 0.0
    cached = min(usage.cached[model], usage.input[model])
    fresh = usage.input[model] - cached
    return (fresh * each.input + cached * each.cached + usage.output[model] * each.output) / MILLION


def _or_note(price: float | None, name: str, missing: list[str]) -> float:
    if price is None:
        missing.append(name)
    return price or 0.0


def _noted(name: str) -> str:
    return name if name.startswith(NO_PRICE) else f"{NO_PRICE}{name}"


def unpriced(breakdown: Mapping[str, float] | None) -> list[str]:
    """What was used in a call and has no price."""
    return [name.removeprefix(NO_PRICE) for name in breakdown or () if name.startswith(NO_PRICE)]
