"""Detectors are values: checked when made, printed as written, and each supplies what it needs."""

from typing import Any

import pytest

from processors.deepgram import Deepgram
from processors.deepgram_stt import DeepgramSTT
from processors.flux_stt import FluxSTT
from processors.patience import Expectation, Patience
from processors.smart_turn_stt import SmartTurnSTT
from processors.turn_end import SURE, TurnEnd, endpointing, flux, smart_turn
from processors.turn_stop_smart import SmartTurnStop
from processors.turn_taking import EndpointingTurnStop


@pytest.mark.parametrize(
    "written",
    [
        "endpointing()",
        "endpointing(ms=500)",
        "endpointing(ms=200, eager=True)",
        "flux()",
        "flux(eot_threshold=0.8, eager_eot_threshold=0.5)",
        "smart_turn()",
        "smart_turn(wait=3.0)",
    ],
)
def test_one_prints_as_it_is_written(written: str) -> None:
    named: dict[str, Any] = {"endpointing": endpointing, "flux": flux, "smart_turn": smart_turn}
    made = eval(written, named)  # noqa: S307
    assert repr(made) == written
    assert hash(made) == hash(made)


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (endpointing, {"ms": 0}, r"endpointing has ms=0; expected 10 to 5000"),
        (endpointing, {"utterance_end_ms": 500}, "utterance_end_ms=500; expected 1000 to 5000"),
        (flux, {"eot_threshold": 0.2}, r"flux has eot_threshold=0.2; expected 0.5 to 1"),
        (flux, {"eager_eot_threshold": 0.1}, "eager_eot_threshold=0.1; expected 0.3 to 0.9"),
        (flux, {"eot_threshold": 0.5, "eager_eot_threshold": 0.8}, "expected a lower eager_eot_threshold"),
        (flux, {"eot_timeout_ms": "long"}, "eot_timeout_ms='long'"),
        (smart_turn, {"threshold": 1.5}, "smart_turn has threshold=1.5"),
        (smart_turn, {"wait": 9}, r"wait=9; expected 0.3 to 4"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(make: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(**options)


async def stage(turn_end: TurnEnd, **options: Any) -> Any:
    deepgram = Deepgram("k", "http://127.0.0.1:1")
    try:
        return turn_end.stt(deepgram, {"language": "en", **options})
    finally:
        await deepgram.close()


async def test_each_supplies_the_recogniser_that_fits() -> None:
    assert type(await stage(endpointing())) is DeepgramSTT
    assert type(await stage(smart_turn())) is SmartTurnSTT
    assert type(await stage(flux())) is FluxSTT


async def test_nova_is_told_the_silence_that_ends_an_utterance() -> None:
    options = dict((await stage(endpointing(450, 1500), keyterms=["Invisalign"])).recipe.options)
    assert (options["endpointing"], options["utterance_end_ms"]) == (450, 1500)
    assert tuple(options["keyterm"]) == ("Invisalign",)


async def test_flux_takes_what_it_knows_of_novas_options() -> None:
    made = await stage(flux(0.8, 0.4), keyterms=["Invisalign"], smart_format=False, model="nova-3")
    assert (made.options.eot_threshold, made.options.eager_eot_threshold) == (0.8, 0.4)
    assert made.options.keyterms == ("Invisalign",)
    assert made.options.model == "flux-general-en"


@pytest.mark.parametrize(
    ("language", "model", "hints"),
    [
        ("en", "flux-general-en", ()),
        ("en-GB", "flux-general-en", ()),
        ("es", "flux-general-multi", ("es",)),
        ("multi", "flux-general-multi", ()),
    ],
)
async def test_the_language_chooses_the_model(language: str, model: str, hints: tuple[str, ...]) -> None:
    options = (await stage(flux(), language=language)).options
    assert (options.model, options.language_hints) == (model, hints)


async def test_flux_is_surer_while_something_is_expected() -> None:
    turn_end = flux(eot_timeout_ms=9000)
    made = await stage(turn_end)
    turn_end.expect(made, Expectation("digits", 10))
    assert made.options.eot_threshold == SURE
    assert made.options.eot_timeout_ms == 4000
    turn_end.expect(made, None)
    assert (made.options.eot_threshold, made.options.eot_timeout_ms) == (0.7, 9000)


def test_each_call_has_strategies_of_its_own() -> None:
    patience = Patience()
    for turn_end, kind in ((endpointing(), EndpointingTurnStop), (smart_turn(), SmartTurnStop)):
        first, second = (turn_end.stop_strategies(patience) for _ in range(2))
        assert isinstance(first[0], kind)
        assert first[0] is not second[0]
