"""What Flux is asked for: checked before it can refuse."""

from typing import Any

import pytest

from processors.flux_options import FluxOptions, terms


def test_arguments_of_the_sdk() -> None:
    assert FluxOptions().connect() == {
        "model": "flux-general-en",
        "encoding": "mulaw",
        "sample_rate": 8000,
        "eot_threshold": 0.7,
        "eot_timeout_ms": 5000,
    }
    options = FluxOptions(
        "flux-general-multi", eager_eot_threshold=0.5, language_hints=("es",), keyterms=("A",)
    )
    assert options.connect().items() >= {"eager_eot_threshold": 0.5}.items()
    assert options.connect()["language_hint"] == ["es"]
    assert options.connect()["keyterm"] == ["A"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"eot_threshold": 0.4}, "eot_threshold is 0.4; Flux takes 0.5 to 1.0"),
        ({"eot_timeout_ms": 100}, "eot_timeout_ms is 100; Flux takes 500 to 60000"),
        ({"eager_eot_threshold": 0.95}, "eager_eot_threshold is 0.95; Flux takes 0.3 to 0.9"),
        ({"eager_eot_threshold": 0.8}, "more than eot_threshold"),
        ({"keyterms": tuple(str(i) for i in range(101))}, "101 keyterms; Flux takes 100"),
        ({"language_hints": ("es",)}, "need the model 'flux-general-multi', found 'flux-general-en'"),
    ],
)
def test_what_flux_would_refuse(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FluxOptions(**wrong)


def test_a_change_leaves_the_rest() -> None:
    before = FluxOptions(keyterms=("A",))
    after = before.but(eot_threshold=0.9, eot_timeout_ms=None, keyterms=["B", "C", "B"])
    assert after == FluxOptions(eot_threshold=0.9, keyterms=("B", "C"))
    assert after.configure(before) == {
        "type": "Configure",
        "thresholds": {"eot_threshold": 0.9},
        "keyterms": ["B", "C"],
    }
    assert before.but(keyterms=()).configure(before) == {"type": "Configure", "keyterms": []}
    with pytest.raises(ValueError, match=r"cannot change \['model'\]"):
        before.but(model="flux-general-multi")


def test_one_word_is_a_list_of_one() -> None:
    assert terms("Anna Baker") == ("Anna Baker",)
    assert terms([]) == ()
