"""The first words of a stream that follows a lost one."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pipecat.frames.frames import Frame, LLMMessagesAppendFrame, LLMRunFrame, TTSSpeakFrame

from processors.tool_messages import STOPPED
from tests.trunkline.office import bare_line, facts, no_vendors
from trunkline.call import Call
from trunkline.records import Message
from trunkline.resuming.resumption import Resumed, Unheard
from trunkline.resuming.way_back import WayBack
from trunkline.vendors import Vendors

USER: Message = {"role": "user", "content": "When?"}
AGENT: Message = {"role": "assistant", "content": "At eight."}
TOOL: Message = {"role": "tool", "content": STOPPED, "tool_call_id": "c1"}


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    made = no_vendors()
    yield made
    await made.close()


def said(frames: list[Frame]) -> list[Any]:
    def told(frame: Frame) -> Any:
        return (
            (frame.text, bool(frame.append_to_context)) if isinstance(frame, TTSSpeakFrame) else type(frame)
        )

    return [told(frame) for frame in frames]


def way_back(vendors: Vendors, resumed: Resumed, *, here: bool) -> list[Any]:
    """What is said, in this process or in another one."""
    call = Call(facts(), bare_line(), vendors, resumed)
    return said(WayBack(call, None if here else resumed).frames())


WORDS = ("Sorry, the line dropped for a second.", False)
GO_ON = ("Please go on.", False)


@pytest.mark.parametrize("here", [True, False])
async def test_what_was_not_heard_is_said(vendors: Vendors, here: bool) -> None:
    resumed = Resumed(messages=(USER,), unheard=Unheard(("At eight.", "Or nine.")))
    assert way_back(vendors, resumed, here=here) == [WORDS, ("At eight. Or nine.", True)]


@pytest.mark.parametrize("here", [True, False])
async def test_a_reply_that_was_not_complete_is_the_models_to_finish(vendors: Vendors, here: bool) -> None:
    cut = Unheard(("Or",), is_cut=True)
    resumed = Resumed(messages=(USER, AGENT), unheard=cut)
    assert way_back(vendors, resumed, here=here) == [WORDS, LLMMessagesAppendFrame]
    resumed = Resumed(messages=(USER,), unheard=cut, answer_due=True)
    assert way_back(vendors, resumed, here=here) == [WORDS, LLMRunFrame]


@pytest.mark.parametrize("here", [True, False])
async def test_what_the_caller_asked_is_answered(vendors: Vendors, here: bool) -> None:
    assert way_back(vendors, Resumed(messages=(USER,), answer_due=True), here=here) == [WORDS, LLMRunFrame]


async def test_words_ahead_of_a_tool_that_was_stopped_are_not_its_answer(vendors: Vendors) -> None:
    resumed = Resumed(messages=(USER, TOOL), unheard=Unheard(("Let me see.",)))
    assert way_back(vendors, resumed, here=True) == [WORDS, ("Let me see.", True), LLMRunFrame]


@pytest.mark.parametrize("here", [True, False])
async def test_whose_move_it_is_is_asked_to_go_on(vendors: Vendors, here: bool) -> None:
    assert way_back(vendors, Resumed(messages=(AGENT,)), here=here) == [WORDS, GO_ON]


async def test_who_was_speaking_hears_the_last_of_it(vendors: Vendors) -> None:
    words = " ".join(map(str, range(20)))
    resumed = Resumed(messages=({"role": "user", "content": words},), broken_off=words)
    last = " ".join(map(str, range(8, 20)))
    assert way_back(vendors, resumed, here=False) == [
        WORDS,
        (f"You were saying: {last} … Please go on.", False),
    ]


async def test_a_conversation_that_comes_back_begins_with_other_words(vendors: Vendors) -> None:
    resumed = Resumed(messages=(AGENT,), opening="Nobody is there.")
    assert way_back(vendors, resumed, here=False) == [("Nobody is there.", True)]


async def test_what_the_carrier_has_said_already_is_not_said_again(vendors: Vendors) -> None:
    call = Call(facts(), bare_line(), vendors, Resumed(messages=(USER,), unheard=Unheard(("At eight.",))))
    back = WayBack(call, None)
    assert back.announcement() == ""
    back.announced()  # of nothing
    assert said(back.frames())[0] == WORDS
    back.hurry()
    assert back.announcement() == WORDS[0]
    back.announced()
    assert back.announcement() == ""
    assert WORDS not in said(back.frames())
    assert said(back.frames())[0] == WORDS
