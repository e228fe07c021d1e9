"""Tools in a running pipeline: what the model is told, whatever the function does."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from loguru import logger
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    FunctionCallResultFrame,
    InterruptionFrame,
    LLMMessagesAppendFrame,
    LLMTextFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMUserAggregatorParams
from pipecat.turns.user_turn_strategies import ExternalUserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from processors import tools
from processors.conversation import Conversation
from processors.openai_client import OpenAI
from processors.openai_llm import OpenAILLM
from processors.tool_once import Deeds
from processors.tools import BadTool, Once, Quiet, tool
from trunkline.sandbox.brain import CallTool, ChatRequest, Piece, Say, ScriptedBrain
from trunkline.sandbox.openai import OpenAIServer

CALL = SimpleNamespace(caller="+15550100", noted=[], cancelled=[], finished=[])


@pytest.fixture(autouse=True)
def fresh_call() -> None:
    for kept in (CALL.noted, CALL.cancelled, CALL.finished):
        kept.clear()


async def opening_hours(call: Any, day: date) -> str:
    """When the practice is open.

    Args:
        day: the day that is asked about.
    """
    await asyncio.sleep(0.1)
    return f"{day:%A}: nine to five"


def note(call: Any, text: str) -> None:
    """Take a note."""
    call.noted.append((call.caller, text))


async def broken(name: str) -> str:
    """Break."""
    raise KeyError(name)


@tool(timeout=2.0)
async def slow(call: Any) -> str:
    """Never end."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        call.cancelled.append(asyncio.get_running_loop().time())
        raise
    return "never"


@tool(interruptible=False)
async def booking(call: Any) -> str:
    """Book, whatever the caller says meanwhile."""
    await asyncio.sleep(1.0)
    call.finished.append("booked")
    return "booked"


@tool(side_effects=True)
async def order(call: Any, once: Once, dish: str) -> str:
    """Order a dish."""
    await once.commit()
    await asyncio.sleep(1.0)
    call.finished.append((dish, once.key))
    return f"{dish} is on its way"


async def nothing_found(day: str) -> list[str]:
    """Look for appointments."""
    return []


async def transfer() -> Quiet:
    """Hand the call over."""
    return Quiet({"to": "reception", "on": date(2026, 11, 22)})


ALL: list[Callable[..., Any]] = [opening_hours, note, broken, slow, booking, order, nothing_found, transfer]


class Script(ScriptedBrain):
    """Makes these calls, then says what the tools answered."""

    def __init__(self, *calls: Piece) -> None:
        super().__init__()
        self.calls = calls

    def reply(self, request: ChatRequest) -> Iterator[Piece]:
        results = [m["content"] for m in request.since_user if m["role"] == "tool"]
        yield from [Say(f"Found: {'; '.join(results)}")] if results else self.calls


class Phone:
    """A pipeline with a model and a context, and what came out of it."""

    def __init__(self, worker: PipelineWorker, server: OpenAIServer, context: LLMContext) -> None:
        self.worker = worker
        self.server = server
        self.context = context
        self.out: list[Frame] = []

    async def ask(self, text: str = "please") -> None:
        message: Any = {"role": "user", "content": text}
        await self.worker.queue_frame(LLMMessagesAppendFrame([message], run_llm=True))

    async def heard(self) -> str:
        """What the model says in the end."""
        await self.ask()
        await self.until(lambda: "Found:" in self.said)
        await asyncio.sleep(0.5)
        return self.said

    async def until(self, met: Callable[[], Any]) -> None:
        async with asyncio.timeout(30):
            while not met():  # noqa: ASYNC110 (what is waited for is in a server's records)
                await asyncio.sleep(0.01)

    @property
    def said(self) -> str:
        return "".join(frame.text for frame in self.out if isinstance(frame, LLMTextFrame))

    @property
    def results(self) -> list[Any]:
        """What the model was told, by the last request."""
        told = [m for m in self.server.requests[-1].messages if m["role"] == "tool"]
        return [json.loads(message["content"]) for message in told]


@asynccontextmanager
async def phone(*calls: Piece) -> AsyncIterator[Phone]:
    async with OpenAIServer(Script(*calls)) as server:
        openai = OpenAI("k", server.base_url)
        llm = OpenAILLM(openai)
        deeds = Deeds("CA1")
        tools.register(llm, ALL, CALL, deeds)
        context = LLMContext(messages=[{"role": "system", "content": "Help."}], tools=tools.schema(ALL))
        pair = Conversation(
            context,
            deeds,
            user_params=LLMUserAggregatorParams(user_turn_strategies=ExternalUserTurnStrategies()),
        )
        worker = PipelineWorker(
            Pipeline([pair.user(), llm, pair.assistant()]),
            params=PipelineParams(audio_in_sample_rate=8000, audio_out_sample_rate=8000),
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
        )
        found = Phone(worker, server, context)
        llm.add_event_handler("on_before_push_frame", lambda _, frame: found.out.append(frame))
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        running = asyncio.create_task(runner.run())
        try:
            yield found
        finally:
            await worker.queue_frame(EndFrame())
            await running
            await openai.close()


async def test_the_model_is_offered_the_functions_and_told_what_they_return() -> None:
    async with phone(CallTool("opening_hours", {"day": "2026-11-24"})) as line:
        assert await line.heard() == 'Found: "Tuesday: nine to five"'
        offered = {tool["name"]: tool for tool in line.server.requests[0].tools}
        assert set(offered) == {function.__name__ for function in ALL}
        assert offered["opening_hours"]["parameters"]["required"] == ["day"]
        assert len(line.server.requests) == 2


async def test_two_tools_in_one_reply_are_answered_together() -> None:
    calls = CallTool("note", {"text": "call back"}), CallTool("opening_hours", {"day": "2026-11-24"})
    async with phone(*calls) as line:
        assert await line.heard() == 'Found: "done"; "Tuesday: nine to five"'
        assert len(line.server.requests) == 2
    assert CALL.noted == [("+15550100", "call back")]


async def test_words_before_a_tool_call_are_said_while_the_tool_runs() -> None:
    async with phone(Say("Let me look."), CallTool("opening_hours", {"day": "2026-11-24"})) as line:
        assert await line.heard() == 'Let me look.Found: "Tuesday: nine to five"'


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (CallTool("opening_hours", {"day": "soonish"}), "day: Input should be a valid date"),
        (CallTool("opening_hours", {}), "day: missing"),
        (CallTool("opening_hours", '{"day": '), "not a JSON object"),
        (CallTool("opening_hours", '["monday"]'), "not a JSON object"),
        (CallTool("broken", {"name": "Miller"}), "broken failed"),
        (CallTool("slow", {}), "slow took too long"),
    ],
)
async def test_what_goes_wrong_is_told_to_the_model_which_then_speaks(call: CallTool, told: str) -> None:
    async with phone(call) as line:
        assert told in await line.heard()
        assert told in line.results[0]["error"]
        assert len(line.server.requests) == 2
        assert not any(isinstance(frame, TTSSpeakFrame) for frame in line.out)


async def test_a_broken_call_beside_a_good_one_makes_one_more_request_not_two() -> None:
    calls = CallTool("opening_hours", '{"day"'), CallTool("opening_hours", {"day": "2026-11-24"})
    async with phone(*calls) as line:
        await line.heard()
        assert "not a JSON object" in line.results[0]["error"]
        assert line.results[1] == "Tuesday: nine to five"
        assert len(line.server.requests) == 2


async def test_a_slow_tool_is_stopped_at_its_own_timeout() -> None:
    async with phone(CallTool("slow", {})) as line:
        await line.ask()
        await line.until(lambda: line.server.requests)
        await line.until(lambda: CALL.cancelled)
        assert CALL.cancelled[0] - line.server.requests[0].at == pytest.approx(2.12, abs=0.1)


async def test_an_empty_result_still_makes_the_model_speak() -> None:
    async with phone(CallTool("nothing_found", {"day": "monday"})) as line:
        assert await line.heard() == 'Found: "[]"'


async def test_a_quiet_result_is_known_to_the_model_but_not_spoken_of() -> None:
    async with phone(CallTool("transfer", {})) as line:
        await line.ask()
        await line.until(lambda: any(isinstance(f, FunctionCallResultFrame) for f in line.out))
        await asyncio.sleep(2)
        assert len(line.server.requests) == 1
        await line.ask("and then?")
        await line.until(lambda: len(line.server.requests) == 2)
        assert line.results == [{"to": "reception", "on": "2026-11-22"}]


async def test_an_interruption_cancels_a_tool_and_the_next_turn_is_whole() -> None:
    async with phone(CallTool("slow", {})) as line:
        await line.ask()
        await line.until(lambda: line.server.requests)
        await asyncio.sleep(0.5)
        await line.worker.queue_frame(InterruptionFrame())
        await line.until(lambda: CALL.cancelled)
        assert CALL.cancelled[0] - line.server.requests[0].at < 0.6
        line.server.brain = Script()
        await line.ask("never mind")
        await line.until(lambda: len(line.server.requests) == 2)
        (result,) = [m for m in line.server.requests[1].messages if m["role"] == "tool"]
        assert result["content"].startswith("Stopped before anything was done")


async def test_a_tool_that_must_not_be_interrupted_is_not() -> None:
    async with phone(CallTool("booking", {})) as line:
        await line.ask()
        await line.until(lambda: line.server.requests)
        await asyncio.sleep(0.5)
        await line.worker.queue_frame(InterruptionFrame())
        await line.until(lambda: CALL.finished)
        await line.until(lambda: "booked" in str(line.server.requests[-1].messages))


async def test_a_failing_tool_is_logged_without_what_the_caller_said() -> None:
    lines: list[str] = []
    sink = logger.add(lines.append, level="DEBUG", format="{message}")
    try:
        async with phone(CallTool("broken", {"name": "Miller"})) as line:
            await line.heard()
    finally:
        logger.remove(sink)
    told = [line for line in lines if line.startswith("Tool ")]
    assert len(told) == 1
    assert told[0].startswith("Tool broken raised KeyError at test_tools.py:")
    assert "Miller" not in "".join(lines)


def test_two_tools_of_one_name_are_refused() -> None:
    with pytest.raises(BadTool, match="tool note: stands in the list twice"):
        tools.schema([note, opening_hours, note])


async def test_two_equal_orders_in_one_reply_are_one_and_both_are_answered() -> None:
    calls = [CallTool("order", {"dish": dish}) for dish in ("Pizza", "pizza", "Soup")]
    async with phone(*calls) as line:
        await line.heard()
        first, second, soup = line.results
        assert (first, soup) == ("Pizza is on its way", "Soup is on its way")
        assert second["result"] == "Pizza is on its way"
        assert "done once" in second["note"]
        assert len(line.server.requests) == 2
    assert sorted(dish for dish, _ in CALL.finished) == ["Pizza", "Soup"]
    assert len({key for _, key in CALL.finished}) == 2


async def test_wrong_arguments_of_an_order_are_told_and_nothing_is_ordered() -> None:
    async with phone(CallTool("order", {"plate": "Soup"})) as line:
        await line.heard()
        assert "dish: missing" in line.results[0]["error"]
    assert CALL.finished == []


def test_the_model_is_offered_to_order_again_and_never_sees_what_is_ours() -> None:
    (offered,) = tools.schema([order]).standard_tools
    assert set(offered.properties) == {"dish", "again"}
    assert offered.required == ["dish"]


def plain(once: Once) -> None:
    """Take what is not given."""


@tool(side_effects=True)
def ours(again: bool) -> None:
    """Take a name of ours."""


@tool(side_effects=True, same=["slot"])
def stray(name: str) -> None:
    """Name what there is not."""


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (plain, "takes 'once'; say @tool"),
        (ours, "parameter 'again' is ours"),
        (stray, "same='slot' is not one of its parameters"),
    ],
)
def test_what_does_not_go_together_is_refused(function: Callable[..., Any], problem: str) -> None:
    with pytest.raises(BadTool, match=problem):
        tools.schema([function])
