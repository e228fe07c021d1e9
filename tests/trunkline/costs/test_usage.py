"""What was used, and what that costs."""

from typing import Any

import pytest

from trunkline.costs.prices import Prices
from trunkline.costs.usage import Usage, cost, unpriced

PRICES = Prices(
    inbound=0.01, outbound=0.02, media_stream=0.006, listening={"nova-3": 0.06}, voices={"aura-2": 0.03}
)


def of(usage: Usage | None = None, **values: Any) -> dict[str, float]:
    return cost(usage or Usage(), PRICES, **{"seconds": 61.0, "streamed": 60.0, **values})


def test_the_carrier_counts_begun_minutes_and_its_streams_seconds() -> None:
    assert of()["carrier"] == pytest.approx(0.02)
    assert of(is_outbound=True, seconds=60.0)["carrier"] == pytest.approx(0.02)
    assert of(streamed=30.0)["stream"] == pytest.approx(0.003)


def test_each_recogniser_hears_all_of_the_sound() -> None:
    assert of(listeners=["nova-3"])["listening"] == pytest.approx(0.06)
    usage = Usage()
    usage.heard["nova-3-general"] += 30
    assert of(usage)["listening"] == pytest.approx(0.03)


def test_voices_cost_by_the_character_and_models_by_the_token() -> None:
    usage = Usage()
    usage.characters["aura-2-thalia-en"] += 500
    usage.input["gpt-4o-mini"] += 1_000_000
    usage.cached["gpt-4o-mini"] += 400_000
    usage.output["gpt-4o-mini"] += 100_000
    found = of(usage)
    assert found["voice"] == pytest.approx(0.015)
    assert found["model"] == pytest.approx(0.6 * 0.15 + 0.4 * 0.075 + 0.1 * 0.60)


def test_what_has_no_price_is_said() -> None:
    usage = Usage()
    usage.output["own-model"] += 10
    found = of(usage, listeners=["whisper"])
    assert found["model"] == found["listening"] == 0
    assert unpriced(found) == ["whisper", "own-model"]
    assert unpriced(of(earlier=found)) == ["whisper", "own-model"]
    assert unpriced(None) == []


def test_what_other_processes_counted_is_added() -> None:
    assert of(earlier={"voice": 1.0, "model": 2.0, "usd": 9.0})["voice"] == 1.0
    assert sum(of(earlier={"usd": 9.0}).values()) < 1
