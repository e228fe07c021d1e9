"""One model fails, and another replies: what the caller hears, and who was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    ErrorFrame,
    Frame,
    FunctionCallResultFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    LLMUpdateSettingsFrame,
    TTSSpeakFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import FunctionCallParams, LLMService
from pipecat.services.settings import LLMSettings

from processors.circuit import Breakers, State
from processors.continuation import GO_ON
from processors.errors import VendorRefused
from processors.frames import TakeBackFrame
from processors.llm_failover import LLMFailover
from processors.openai_client import OpenAI
from processors.openai_llm import APOLOGY, OpenAILLM
from processors.speculation import Verdict, speculation_of
from tests.support import Bench, Heard, Wait
from trunkline.sandbox.brain import Rule, ScriptedBrain
from trunkline.sandbox.openai import Cut, EndEarly, ErrorEvent, Fault, Garble, OpenAIServer, Refuse, Stall

ANSWER = "It is eighty five dollars. Anything else?"
HOST = "127.0.0.1"
RULES = (Rule("order", None, ("order", {"dish": "soup"})), Rule(".*", ANSWER))


class Desk:
    """Two servers, and the stage that asks them."""

    def __init__(self, first: OpenAIServer, second: OpenAIServer, breakers: Breakers) -> None:
        self.first, self.second, self.breakers = first, second, breakers
        self.moves: list[str] = []
        self.orders: list[str] = []
        self.bench: Bench

    async def order(self, params: FunctionCallParams) -> None:
        self.orders.append(params.tool_call_id)
        await params.result_callback("ordered")

    @property
    def asked(self) -> tuple[int, int]:
        return len(self.first.requests), len(self.second.requests)


@asynccontextmanager
async def desk(
    *faults: Fault | None,
    second: tuple[Fault | None, ...] = (),
    breakers: Breakers | None = None,
    **options: Any,
) -> AsyncIterator[Desk]:
    """The first server has these faults, one a request."""
    async with (
        OpenAIServer(ScriptedBrain(RULES), faults=faults) as one,
        OpenAIServer(ScriptedBrain(RULES), faults=second) as two,
    ):
        made = Desk(one, two, breakers or Breakers())
        clients = OpenAI("k", one.base_url), OpenAI("k", two.base_url)
        stage = LLMFailover(
            OpenAILLM(clients[0], model="a", **options),
            lambda: OpenAILLM(clients[1], model="b"),
            breakers=made.breakers,
            moved=made.moves.append,
            prepare=lambda llm: llm.register_function("order", made.order),
        )
        try:
            async with Bench(stage, metrics=True) as made.bench:
                # A bench's worker has no runner, which pipecat hands to each tool.
                worker: Any = stage.pipeline_worker
                worker.worker_runner = None
                yield made
        finally:
            for client in clients:
                await client.close()


TOOLS = ToolsSchema(
    standard_tools=[FunctionSchema("order", "Order a dish.", {"dish": {"type": "string"}}, ["dish"])]
)


def turn(text: str = "hello there", *, speculation: bool = False) -> LLMContextFrame:
    messages: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]
    return LLMContextFrame(LLMContext(messages=messages, tools=TOOLS), speculation=speculation)


def said(heard: Heard) -> str:
    return "".join(frame.text for frame in heard.of(LLMTextFrame))


def spoken(heard: Heard) -> list[str]:
    """What the caller hears: whole replies, and what is said besides."""
    found: list[str] = []
    for frame in heard.down:
        if isinstance(frame, LLMFullResponseStartFrame):
            found.append("<")
        elif isinstance(frame, LLMFullResponseEndFrame):
            found[-1] += ">"
        elif isinstance(frame, LLMTextFrame):
            found[-1] += frame.text
        elif isinstance(frame, TakeBackFrame):
            assert found[-1].endswith(frame.text)
            found[-1] = found[-1].removesuffix(frame.text)
        elif isinstance(frame, TTSSpeakFrame):
            found.append(frame.text)
    return found


WHOLE = [f"<{ANSWER}>"]

EARLY: list[Fault] = [
    Refuse(401),
    Refuse(403),
    Refuse(404),
    Refuse(400),
    Refuse(429),
    Refuse(429, retry_after=20),
    Refuse(429, code="insufficient_quota"),
    Refuse(500),
    Refuse(503),
    Stall(0),
    Cut(0),
    EndEarly(0),
    ErrorEvent(0),
    Garble(0),
]


@pytest.mark.parametrize("fault", EARLY)
async def test_a_turn_that_fails_is_asked_of_the_next_at_once(fault: Fault) -> None:
    async with desk(fault) as at:
        heard = await at.bench.send(turn(), Wait(6))
        assert spoken(heard) == WHOLE
        assert at.asked == (1, 1)
        assert at.second.requests[0].messages == at.first.requests[0].messages
        assert at.second.requests[0].at - at.first.requests[0].at < (4.1 if fault == Stall(0) else 0.3)
        assert not heard.up_of(ErrorFrame)
        assert at.moves == [f"{HOST} b"]


LATE: list[Fault] = [Stall(6), Cut(6), EndEarly(6), ErrorEvent(6), Garble(6)]


@pytest.mark.parametrize("fault", LATE)
async def test_a_reply_that_breaks_off_is_gone_on_with_and_nothing_is_said_twice(fault: Fault) -> None:
    async with desk(fault) as at:
        heard = await at.bench.send(turn(), Wait(8))
        assert spoken(heard) == WHOLE
        so_far, manual = at.second.requests[0].messages[-2:]
        assert (so_far["role"], so_far["content"]) == ("assistant", "It is eighty five dollars.")
        assert (manual["role"], manual["content"]) == ("system", GO_ON)
        assert not heard.up_of(ErrorFrame)


async def test_the_next_goes_on_where_the_next_but_one_has_to() -> None:
    async with desk(Cut(5), second=(Cut(6),)) as at:
        heard = await at.bench.send(turn(), Wait(8))
        assert spoken(heard) == WHOLE
        assert at.asked == (2, 1)


async def test_what_was_heard_of_a_model_that_is_interrupted_is_all_that_is_said() -> None:
    async with desk(Stall(4)) as at:
        heard = await at.bench.send(turn(), Wait(2), InterruptionFrame(), Wait(20))
        assert said(heard) == "It is eighty five"
        assert at.asked == (1, 0)
        assert spoken(await at.bench.send(turn(), Wait(3)))[1:] == WHOLE


async def test_the_first_replies_again_as_soon_as_it_works() -> None:
    async with desk(Refuse(500)) as at:
        heard = await at.bench.send(turn(), Wait(2), turn(), Wait(2))
        assert spoken(heard) == WHOLE * 2
        assert at.asked == (2, 1)


async def test_one_that_fails_and_fails_is_left_alone_until_a_trial_succeeds() -> None:
    async with desk(*[Refuse(500)] * 3) as at:
        heard = await at.bench.send(turn(), Wait(2), turn(), Wait(2), turn(), Wait(2))
        assert at.asked == (3, 3)
        await at.bench.send(turn(), Wait(2), turn(), Wait(2))
        assert at.asked == (3, 5)
        assert at.moves == [f"{HOST} b"]
        await at.bench.send(Wait(15), turn(), Wait(2))
        assert at.asked == (4, 5)
        assert at.breakers.of(f"{HOST} a").state is State.CLOSED
        assert spoken(heard) == WHOLE * 6


async def test_a_trial_that_fails_costs_little_and_the_next_is_later() -> None:
    async with desk(Refuse(401), Stall()) as at:
        heard = await at.bench.send(turn(), Wait(17), turn(), Wait(4), turn(), Wait(2))
        assert spoken(heard) == WHOLE * 3
        assert at.asked == (2, 3)
        assert at.second.requests[1].at - at.first.requests[1].at == pytest.approx(2, abs=0.1)


async def test_a_breaker_is_shared_by_the_calls_of_a_process() -> None:
    breakers = Breakers()
    breakers.of(f"{HOST} a").failed(VendorRefused("a", "answered 401"), asyncio.get_running_loop().time())
    async with desk(breakers=breakers) as at:
        assert spoken(await at.bench.send(turn(), Wait(2))) == WHOLE
        assert at.asked == (0, 1)


async def test_when_all_rest_they_are_asked_all_the_same() -> None:
    breakers, now = Breakers(), asyncio.get_running_loop().time()
    for name in "ab":
        breakers.of(f"{HOST} {name}").failed(VendorRefused(name, "answered 401"), now)
    async with desk(Refuse(401), breakers=breakers) as at:
        assert spoken(await at.bench.send(turn(), Wait(2))) == WHOLE
        assert at.asked == (1, 1)


async def test_when_all_fail_they_are_asked_again_after_a_while() -> None:
    async with desk(Refuse(500), second=(Refuse(503),)) as at:
        assert spoken(await at.bench.send(turn(), Wait(3))) == WHOLE
        assert at.asked == (2, 1)


async def test_when_all_fail_for_good_the_caller_is_asked_again_and_at_last_the_stage_is_of_no_use() -> None:
    down = (Refuse(500),) * 99
    async with desk(*down, second=down) as at:
        heard = await at.bench.send(turn(), Wait(9))
        assert spoken(heard) == [APOLOGY]
        assert at.bench.stage.is_usable
        assert len(heard.up_of(ErrorFrame)) == 1
        await at.bench.send(turn(), Wait(9), turn(), Wait(9))
        assert spoken(heard) == [APOLOGY] * 2
        assert not at.bench.stage.is_usable
        assert heard.up_of(ErrorFrame)[-1].processor is at.bench.stage


async def test_two_that_are_silent_keep_nobody_waiting_for_long() -> None:
    async with desk(*[Stall()] * 9, second=(Stall(),) * 9) as at:
        assert spoken(await at.bench.send(turn(), Wait(9))) == [APOLOGY]


async def test_keys_that_are_refused_everywhere_end_it_at_once() -> None:
    async with desk(Refuse(401), second=(Refuse(401),)) as at:
        heard = await at.bench.send(turn(), Wait(2))
        assert spoken(heard) == []
        assert not at.bench.stage.is_usable


async def test_a_tool_is_called_once_whoever_calls_it() -> None:
    for fault in (Stall(2), Cut(3), EndEarly(2), Garble(2), Refuse(500)):
        async with desk(fault) as at:
            heard = await at.bench.send(turn("order"), Wait(9))
            assert len(at.orders) == 1
            assert len(heard.of(FunctionCallResultFrame)) == 1
            assert at.asked == (1, 1)


async def test_words_and_temperature_are_the_lines_whoever_says_them() -> None:
    async with desk(Refuse(500), temperature=0.3) as at:
        await at.bench.send(turn(), Wait(2))
        assert at.second.requests[0].request.body["temperature"] == 0.3
        assert at.second.requests[0].tools == at.first.requests[0].tools


async def test_settings_that_changed_are_known_to_one_that_was_built_later() -> None:
    async with desk(Refuse(500)) as at:
        await at.bench.send(LLMUpdateSettingsFrame(delta=LLMSettings(temperature=0.9)), turn(), Wait(2))
        assert at.second.requests[0].request.body["temperature"] == 0.9


async def test_one_that_cannot_be_built_is_no_reason_to_lose_the_turn() -> None:
    async with OpenAIServer(ScriptedBrain(RULES), faults=[Refuse(500)]) as server:
        client = OpenAI("k", server.base_url)

        def broken() -> LLMService[Any]:
            raise RuntimeError("no key")

        async with Bench(LLMFailover(OpenAILLM(client), broken, breakers=Breakers())) as bench:
            assert spoken(await bench.send(turn(), Wait(4))) == WHOLE
            assert len(server.requests) == 2
        await client.close()


# A turn that may not be over.


async def test_a_guess_that_fails_over_is_one_guess_and_its_tools_wait() -> None:
    async with desk(Refuse(500)) as at:
        heard = await at.bench.send(turn("order", speculation=True), Wait(2))
        assert at.asked == (1, 1)
        assert not at.orders
        await at.bench.send(UserStoppedSpeakingFrame(), Wait(1))
        assert len(at.orders) == 1
        speculation = speculation_of(heard.of(LLMFullResponseStartFrame)[0])
        assert speculation is None or speculation.verdict is Verdict.CONFIRMED


async def test_a_guess_that_is_withdrawn_is_broken_off() -> None:
    async with desk(Stall(4)) as at:
        heard = await at.bench.send(turn(speculation=True), Wait(1), EagerEndOfTurnCancelFrame(), Wait(20))
        speculation = speculation_of(heard.of(LLMFullResponseStartFrame)[0])
        assert speculation is not None
        assert speculation.verdict is Verdict.WITHDRAWN
        assert at.asked == (1, 0)
        assert TTSSpeakFrame not in map(type, heard.down)


# Services that are not ours.


class Foreign(LLMService[Any]):
    """One of somebody else's: says a text word by word, or does what a script says."""

    def __init__(self, *script: Exception | float | str) -> None:
        super().__init__(settings=LLMSettings(model="m", temperature=None))
        self.script = list(script)
        self.contexts: list[list[Any]] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        self.contexts.append(list(frame.context.get_messages()))
        await self.push_frame(LLMFullResponseStartFrame())
        try:
            await self._speak()
        except Exception as error:
            await self.push_error("It quotes the caller.", exception=error)
        finally:
            await self.push_frame(LLMFullResponseEndFrame())

    async def _speak(self) -> None:
        if not self.script:
            await self._push_llm_text(ANSWER)
        while self.script:
            match self.script.pop(0):
                case str(words):
                    await self._push_llm_text(words)
                case float(seconds):
                    await asyncio.sleep(seconds)
                case Exception() as error:
                    raise error


@pytest.mark.parametrize("fault", [ConnectionError("refused"), TimeoutError(), 600.0, RuntimeError("?")])
async def test_any_service_of_pipecat_fails_over(fault: Exception | float) -> None:
    first, second = Foreign(fault), Foreign()
    async with Bench(LLMFailover(first, second, breakers=Breakers())) as bench:
        heard = await bench.send(turn(), Wait(6))
        assert spoken(heard) == WHOLE
        assert not heard.up_of(ErrorFrame)
        assert spoken(await bench.send(turn(), Wait(1))) == WHOLE * 2
        assert (len(first.contexts), len(second.contexts)) == (2, 1)


async def test_any_service_of_pipecat_goes_on_with_what_another_began() -> None:
    first, second = Foreign("It is eighty five dollars.", " Any", ConnectionError()), Foreign()
    async with Bench(LLMFailover(first, second, breakers=Breakers())) as bench:
        assert spoken(await bench.send(turn(), Wait(1))) == WHOLE
        assert second.contexts[0][-2:] == [
            {"role": "assistant", "content": "It is eighty five dollars."},
            {"role": "system", "content": GO_ON},
        ]


async def test_a_silent_service_is_not_heard_any_more_once_another_was_asked() -> None:
    first, second = Foreign("It is ", 7.0, "late."), Foreign()
    async with Bench(LLMFailover(first, second, breakers=Breakers())) as bench:
        assert spoken(await bench.send(turn(), Wait(20))) == WHOLE


async def test_a_reply_beside_the_conversation_fails_over_too() -> None:
    context = LLMContext(messages=[{"role": "user", "content": "Sum it up."}])
    async with desk(Refuse(400)) as at:
        stage: Any = at.bench.stage
        assert await stage.run_inference(context) == ANSWER
        assert at.asked == (1, 1)
    async with desk(Refuse(400), second=(Refuse(400),)) as at:
        with pytest.raises(Exception, match="400"):
            await at.bench.stage.run_inference(context)  # type: ignore[attr-defined]
