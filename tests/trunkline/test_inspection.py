"""A composed pipeline is looked over before the first call; what would not answer is said, with its place."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from processors.turn_end import flux
from processors.vad import VAD
from trunkline import settings
from trunkline.call import Call
from trunkline.errors import LineError
from trunkline.inspection import inspect
from trunkline.line import Line
from trunkline.quotas import Streams
from trunkline.vendors import Vendors

FILE = Path(__file__)


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    made = Vendors(settings.load(_env_file=None))
    yield made
    await made.close()


def line(compose: Callable[[Call], list[Any]]) -> Line:
    made = Line(name="desk", number="+15550100", greeting="Hi.", prompt="Be kind.")
    made.answer(compose)
    return made


def good(call: Call) -> list[Any]:
    context = call.context()
    stages = [call.input(), VAD(), call.deepgram_stt(), context.user(), call.openai()]
    return [*stages, call.aura_tts(), call.output(), context.assistant()]


async def test_a_good_line_says_its_stages_and_voices(vendors: Vendors) -> None:
    plan = inspect(line(good), FILE, vendors)
    assert str(plan).startswith("TwilioInput ─ VAD ─ DeepgramSTT")
    assert plan.voices == ("aura-2-thalia-en",)
    assert plan.streams == Streams(stt=1, tts=1)
    assert [recipe.kind for recipe in plan.recipes] == ["listen", "speak"]


async def test_a_line_with_another_voice_takes_no_stream_of_deepgram_to_speak(vendors: Vendors) -> None:
    plan = inspect(line(lambda call: [call.input(), call.deepgram_stt(), call.output()]), FILE, vendors)
    assert plan.streams == Streams(stt=1)


async def test_flux_takes_a_listening_stream_too(vendors: Vendors) -> None:
    made = line(lambda call: [call.input(), call.deepgram_stt(), call.output()])
    made.turn_end = flux()
    plan = inspect(made, FILE, vendors)
    assert plan.stages == ("TwilioInput", "FluxSTT", "TwilioOutput")
    assert plan.streams == Streams(stt=1)
    assert [(recipe.kind, recipe.can_wait) for recipe in plan.recipes] == [("listen", False)]


@pytest.mark.parametrize(
    ("compose", "message"),
    [
        (lambda call: [*good(call), call.output()], r"2 call\.output"),
        (lambda call: [s for s in good(call) if type(s).__name__ != "TwilioOutput"], r"no call\.output"),
        (lambda call: [s for s in good(call) if type(s).__name__ != "DeepgramSTT"], "no speech-to-text"),
        (lambda call: good(call)[1:], r"no call\.input"),
        (lambda call: [VAD(), *good(call)], "begins with VAD"),
        (lambda call: [*good(call), "aura"], "is a str"),
        (lambda call: [good(call)[i] for i in (0, 1, 3, 2, 4, 5, 6, 7)], "stands before the speech-to-text"),
        (lambda call: [call.aura_tts(voice="nobody")], "unknown voice"),
        (lambda call: [1 / 0], "division by zero"),
        (lambda call: [call.deepgram_stt(utterance_end_ms=5)], "utterance_end_ms"),
    ],
)
async def test_what_would_not_answer_a_phone_is_said(
    vendors: Vendors, compose: Callable[[Call], list[Any]], message: str
) -> None:
    with pytest.raises(LineError, match=message) as caught:
        inspect(line(compose), FILE, vendors)
    assert str(FILE) in str(caught.value)


async def test_a_mistake_in_the_file_has_its_line(vendors: Vendors) -> None:
    def compose(call: Call) -> list[Any]:
        raise KeyError("nothing")

    with pytest.raises(LineError) as caught:
        inspect(line(compose), FILE, vendors)
    assert caught.value.line == compose.__code__.co_firstlineno + 1


def bilingual(**values: Any) -> Line:
    made = Line(name="desk", number="+15550100", greeting="Hi.", prompt="Be kind.", **values)
    made.answer(good)
    return made


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"languages": ("en", "es")}, "'aura-2-thalia-en' does not speak 'es', such as 'aura-2-<name>-es'"),
        ({"languages": ("en", "pl")}, "does not speak 'pl'; Aura speaks en, es"),
        ({"language": "pl", "turn_end": flux()}, "Flux does not hear all of pl"),
    ],
)
async def test_a_language_that_nobody_hears_or_speaks_is_refused(
    values: dict[str, Any], message: str, vendors: Vendors
) -> None:
    with pytest.raises(LineError, match=message):
        inspect(bilingual(**values), FILE, vendors)
