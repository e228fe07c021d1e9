"""A call, as a pipeline file and its tools see it."""

from collections.abc import AsyncIterator

import pytest
from pipecat.frames.frames import Frame, TTSSpeakFrame

from processors.frames import HangUpFrame, LanguageFrame
from tests.trunkline.office import plain_line as line
from trunkline import settings
from trunkline.call import Call
from trunkline.records import Facts
from trunkline.resuming.resumption import Resumed
from trunkline.vendors import Vendors

FACTS = Facts(sid="CA" + "1" * 32, caller="+14155550123", called="+15550100")


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    made = Vendors(settings.load(_env_file=None))
    yield made
    await made.close()


async def test_a_resumed_call_remembers(vendors: Vendors) -> None:
    history = [{"role": "user", "content": "When?"}, {"role": "assistant", "content": "At eight."}]
    call = Call(FACTS, line(), vendors, Resumed(messages=tuple(history)))
    assert call.llm_context.get_messages()[1:] == history


async def test_saying_and_hanging_up_are_frames_in_their_order(vendors: Vendors) -> None:
    call, pushed = Call(FACTS, line(), vendors), list[Frame]()

    async def queue(frame: Frame) -> None:
        pushed.append(frame)

    call.queue = queue
    await call.say("One moment.")
    await call.hang_up("Goodbye.")
    assert [type(frame) for frame in pushed] == [TTSSpeakFrame, TTSSpeakFrame, HangUpFrame]
    assert [frame.text for frame in pushed if isinstance(frame, TTSSpeakFrame)] == ["One moment.", "Goodbye."]


BOTH = {"en": "aura-2-thalia-en", "es": "aura-2-celeste-es"}


async def test_a_tool_may_go_on_in_another_language_of_the_line(vendors: Vendors) -> None:
    call, queued = Call(FACTS, line(languages=("en", "es")), vendors), list[Frame]()

    async def queue(frame: Frame) -> None:
        queued.append(frame)

    call.queue = queue
    await call.speak_language("es")
    await call.speak_language("es")
    assert [frame.code for frame in queued if isinstance(frame, LanguageFrame)] == ["es"]
    assert call.language == "es"
    assert "Spanish" in str(call.llm_context.messages[-1])
    with pytest.raises(ValueError, match="the line speaks en, es"):
        await call.speak_language("fr")


async def test_a_text_may_have_to_be_heard(vendors: Vendors) -> None:
    call = Call(FACTS, line(), vendors)
    said: list[Frame] = []

    async def take(frame: Frame) -> None:
        said.append(frame)

    call.queue = take
    await call.say("This call is recorded.", interruptible=False)
    await call.say("How can I help?")
    assert [frame.interruptible for frame in said] == [False, True]
