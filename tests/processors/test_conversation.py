"""What the agent was heard to say stands before what interrupted it."""

import asyncio
from typing import Any

from pipecat.frames.frames import InterruptionFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.utils.string import TextPartForConcatenation

from processors.conversation import COMMIT_LIMIT, Conversation
from processors.tool_once import Deeds


class Halves:
    """A conversation without a pipeline: what one half broadcasts is handed to the other by hand."""

    def __init__(self, monkeypatch: Any) -> None:
        self.context = LLMContext()
        pair: Any = Conversation(self.context, Deeds())
        self.user, self.assistant = pair.user(), pair.assistant()

        async def nothing(*_: object, **__: object) -> None:
            pass

        for half in (self.user, self.assistant):
            for name in ("broadcast_frame", "push_frame", "stop_all_metrics", "push_context_frame"):
                monkeypatch.setattr(half, name, nothing)
        monkeypatch.setattr(self.user, "_FrameProcessor__reset_process_task", lambda: None)

    def say(self, half: Any, text: str) -> None:
        """Have a half write down words that are to be committed."""
        half._aggregation.append(TextPartForConcatenation(text, includes_inter_part_spaces=False))

    @property
    def messages(self) -> list[tuple[Any, Any]]:
        return [(m["role"], m["content"]) for m in self.context.messages if isinstance(m, dict)]


async def test_what_interrupted_waits_for_what_was_heard(monkeypatch: Any) -> None:
    halves = Halves(monkeypatch)
    await halves.user.broadcast_interruption()
    halves.say(halves.user, "stop")
    turn = asyncio.create_task(halves.user.push_aggregation())
    await asyncio.sleep(COMMIT_LIMIT / 2)
    assert halves.messages == []
    halves.context.add_message({"role": "assistant", "content": "We are"})
    await halves.assistant._handle_interruptions(InterruptionFrame())
    await turn
    assert halves.messages == [("assistant", "We are"), ("user", "stop")]


async def test_a_turn_that_interrupts_nothing_waits_for_nothing(monkeypatch: Any) -> None:
    halves = Halves(monkeypatch)
    halves.say(halves.user, "hello")
    began = asyncio.get_running_loop().time()
    await halves.user.push_aggregation()
    assert halves.messages == [("user", "hello")]
    assert asyncio.get_running_loop().time() == began


async def test_an_interruption_that_is_lost_on_its_way_holds_nobody_up(monkeypatch: Any) -> None:
    halves = Halves(monkeypatch)
    await halves.user.broadcast_interruption()
    halves.say(halves.user, "stop")
    began = asyncio.get_running_loop().time()
    await halves.user.push_aggregation()
    assert asyncio.get_running_loop().time() - began == COMMIT_LIMIT
    halves.say(halves.user, "please")
    await halves.user.push_aggregation()
    assert asyncio.get_running_loop().time() - began == COMMIT_LIMIT
    assert [text for _, text in halves.messages] == ["stop", "please"]
