"""The stages of a call take what the process has and what the line says."""

from collections.abc import AsyncIterator, Iterator

import pytest
from pipecat.frames.frames import BotStartedSpeakingFrame

from processors.barge_in import never
from processors.flux_stt import FluxSTT
from processors.language_wording import Wording
from processors.patience import Expectation
from processors.turn_end import flux
from tests.support import Bench, Up
from tests.trunkline.office import plain_line as line
from trunkline import settings
from trunkline.call import Call
from trunkline.records import Facts
from trunkline.vendors import Vendors

FACTS = Facts(sid="CA" + "1" * 32, caller="+14155550123", called="+15550100")


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    made = Vendors(settings.load(_env_file=None))
    yield made
    await made.close()


def count_up() -> Iterator[int]:
    yield from range(100)


async def test_its_stages_take_sockets_that_are_open_already_and_say_which_these_would_be(
    vendors: Vendors,
) -> None:
    call = Call(FACTS, line(language="es"), vendors)
    stt = call.deepgram_stt(keyterms=["Anna"])
    tts = call.aura_tts("aura-2-diana-es", speed=1.1)
    assert call.recipes == [stt.recipe, tts.recipe]
    assert [recipe.kind for recipe in call.recipes] == ["listen", "speak"]
    assert call.recipes[0].options["language"] == "es"
    assert call.recipes[1].options["speed"] == 1.1
    again = Call(FACTS, line(language="es"), vendors)
    again.deepgram_stt(keyterms=["Anna"])
    assert again.recipes == call.recipes[:1]


async def test_each_call_has_its_own_prompt_and_data(vendors: Vendors) -> None:
    numbers = count_up()
    made = line(prompt=lambda: f"Call {next(numbers)}.")
    first, second = (Call(FACTS, made, vendors) for _ in range(2))
    prompts = [call.llm_context.get_messages()[0] for call in (first, second)]
    assert prompts[0] != prompts[1]
    first.data["x"] = 1
    assert second.data == {}


async def test_an_unknown_voice_is_named(vendors: Vendors) -> None:
    with pytest.raises(ValueError, match="unknown voice 'thalia'"):
        Call(FACTS, line(), vendors).aura_tts(voice="thalia")


async def test_a_tool_that_cannot_be_offered_is_an_error_at_once(vendors: Vendors) -> None:
    def mute(call: Call, day) -> str:  # type: ignore[no-untyped-def]
        """Says nothing of its argument."""
        return ""

    with pytest.raises(Exception, match="mute"):
        Call(FACTS, line(tools=[mute]), vendors)


BOTH = {"en": "aura-2-thalia-en", "es": "aura-2-celeste-es"}


async def test_a_call_in_several_languages_is_heard_in_all_of_them_and_spoken_in_each(
    vendors: Vendors,
) -> None:
    call = Call(FACTS, line(languages=("en", "es")), vendors)
    assert call.deepgram_stt().recipe.options["language"] == "multi"
    call.aura_tts(voice=BOTH)
    assert call.voices == list(BOTH.values())
    multilingual = Call(FACTS, line(languages=("en", "es"), turn_end=flux()), vendors).deepgram_stt()
    assert multilingual.recipe.options["model"] == "flux-general-multi"
    assert multilingual.recipe.options["language_hint"] == ["en", "es"]
    apart = Call(FACTS, line(languages=("pl", "en")), vendors)
    assert apart.deepgram_stt().recipe.options["language"] == "pl"


async def test_a_line_of_one_language_has_the_sentences_of_that_language(vendors: Vendors) -> None:
    assert Call(FACTS, line(language="de"), vendors).deepgram_stt().choice is not None
    assert Call(FACTS, line(), vendors).deepgram_stt().choice is None


async def test_prompts_are_spoken_ahead_in_the_language_of_each_voice(
    vendors: Vendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, list[str]] = {}
    monkeypatch.setattr(
        vendors.prompts, "prepare", lambda voice, texts: asked.setdefault(voice, []).extend(texts)
    )
    greeting = Wording({"en": "Hello.", "es": "Hola."})
    vendors.prepare(line(languages=("en", "es"), greeting=greeting), [*BOTH.values(), "aura-2-selena-es"])
    english, spanish, both = (set(texts) & {"Hello.", "Hola."} for texts in asked.values())
    assert (english, spanish, both) == ({"Hello."}, {"Hola."}, {"Hello.", "Hola."})


async def test_what_is_expected_of_the_caller_is_known_to_all_that_listen(vendors: Vendors) -> None:
    call = Call(FACTS, line(turn_end=flux()), vendors)
    stt = call.deepgram_stt()
    assert isinstance(stt, FluxSTT)
    call.context()
    call.expect("digits", n=10)
    assert call.patience.expected == Expectation("digits", 10)
    assert stt.options.eot_threshold > 0.7
    call.expect(None)
    assert call.patience.expected is None
    assert stt.options.eot_threshold == 0.7
    with pytest.raises(ValueError, match="cannot expect 'colour'"):
        call.expect("colour")  # type: ignore[arg-type, unused-ignore]


async def test_the_line_s_barge_in_policy_decides_what_a_voice_does(vendors: Vendors) -> None:
    call = Call(FACTS, line(barge_in=never), vendors)
    async with Bench(call.input()) as bench:
        await bench.send(Up(BotStartedSpeakingFrame()))
        assert not call.input().may_interrupt
