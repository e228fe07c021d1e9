"""A call, as a pipeline file and its tools see it."""

from collections.abc import AsyncIterator, Iterator

import pytest
from pipecat.frames.frames import Frame, TTSSpeakFrame

from processors.frames import HangUpFrame
from trunkline import settings
from trunkline.call import Call
from trunkline.line import Line
from trunkline.records import Facts
from trunkline.vendors import Vendors

FACTS = Facts(sid="CA" + "1" * 32, caller="+14155550123", called="+15550100")


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    made = Vendors(settings.load(_env_file=None))
    yield made
    await made.close()


def line(**values: object) -> Line:
    return Line(**{"name": "desk", "number": "+15550100", "greeting": "Hi.", "prompt": "Be kind.", **values})  # type: ignore[arg-type]


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


async def test_a_resumed_call_remembers(vendors: Vendors) -> None:
    history = [{"role": "user", "content": "When?"}, {"role": "assistant", "content": "At eight."}]
    call = Call(FACTS, line(), vendors, history)
    assert call.llm_context.get_messages()[1:] == history


async def test_an_unknown_voice_is_named(vendors: Vendors) -> None:
    with pytest.raises(ValueError, match="unknown voice 'thalia'"):
        Call(FACTS, line(), vendors).aura_tts(voice="thalia")


async def test_saying_and_hanging_up_are_frames_in_their_order(vendors: Vendors) -> None:
    call, pushed = Call(FACTS, line(), vendors), list[Frame]()

    async def queue(frame: Frame) -> None:
        pushed.append(frame)

    call.queue = queue
    await call.say("One moment.")
    await call.hang_up("Goodbye.")
    assert [type(frame) for frame in pushed] == [TTSSpeakFrame, TTSSpeakFrame, HangUpFrame]
    assert [frame.text for frame in pushed if isinstance(frame, TTSSpeakFrame)] == ["One moment.", "Goodbye."]


async def test_a_tool_that_cannot_be_offered_is_an_error_at_once(vendors: Vendors) -> None:
    def mute(call: Call, day) -> str:  # type: ignore[no-untyped-def]
        """Says nothing of its argument."""
        return ""

    with pytest.raises(Exception, match="mute"):
        Call(FACTS, line(tools=[mute]), vendors)
