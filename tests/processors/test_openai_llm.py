"""What the caller hears and the vendor sees of a turn, when it goes well and when it does not."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from loguru import logger
from pipecat.frames.frames import (
    CancelFrame,
    EagerEndOfTurnCancelFrame,
    EndFrame,
    ErrorFrame,
    Frame,
    FunctionCallResultFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMServiceMetadataFrame,
    LLMTextFrame,
    LLMUpdateSettingsFrame,
    MetricsFrame,
    TTSSpeakFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.metrics.metrics import TTFBMetricsData
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.settings import LLMSettings
from pipecat.utils.errors import ErrorCategory

from processors.backoff import JITTER
from processors.continuation import GO_ON
from processors.errors import (
    VendorBusy,
    VendorError,
    VendorProtocolError,
    VendorRefused,
    VendorUnavailable,
)
from processors.frames import TakeBackFrame
from processors.openai_client import OpenAI
from processors.openai_llm import APOLOGY, OpenAILLM
from processors.perseverance import BEARABLE
from processors.speculation import Speculation, Verdict, speculation_of
from tests.support import Bench, Heard, Wait
from trunkline.sandbox.brain import CallTool, ChatRequest, Piece, ScriptedBrain
from trunkline.sandbox.openai import (
    Cut,
    EndEarly,
    ErrorEvent,
    Fault,
    Garble,
    OpenAIServer,
    Refuse,
    Stall,
)

WHOLE = "You said: hello there"


@asynccontextmanager
async def line(*faults: Fault | None, **options: Any) -> AsyncIterator[tuple[Bench, OpenAIServer]]:
    """A stage on a server that has these faults, one a request."""
    async with OpenAIServer(ScriptedBrain(), faults=faults) as server:
        openai = OpenAI("k", server.base_url)
        try:
            async with Bench(OpenAILLM(openai, **options), metrics=True) as bench:
                yield bench, server
        finally:
            await openai.close()


def turn(text: str = "hello there") -> LLMContextFrame:
    messages: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]
    return LLMContextFrame(LLMContext(messages=messages))


def said(heard: Heard) -> str:
    return "".join(frame.text for frame in heard.of(LLMTextFrame))


def shape(heard: Heard) -> list[type[Frame]]:
    """The kinds of frames that went downstream, each run of words as one."""
    kinds = [type(f) for f in heard.down if not isinstance(f, MetricsFrame | LLMServiceMetadataFrame)]
    return [k for at, k in enumerate(kinds) if k is not LLMTextFrame or kinds[at - 1 : at] != [LLMTextFrame]]


def reported(heard: Heard) -> list[VendorError]:
    """The vendor's errors that were reported upstream."""
    found = [frame.exception for frame in heard.up_of(ErrorFrame)]
    assert all(isinstance(error, VendorError) for error in found)
    return [error for error in found if isinstance(error, VendorError)]


SPOKEN = [LLMFullResponseStartFrame, LLMTextFrame, LLMFullResponseEndFrame]
APOLOGISED = [LLMFullResponseStartFrame, LLMFullResponseEndFrame, TTSSpeakFrame]


async def test_a_turn_is_answered_in_words() -> None:
    async with line(model="gpt-4o", temperature=0.2, max_completion_tokens=99) as (bench, server):
        heard = await bench.send(turn(), Wait(1))
    assert shape(heard) == SPOKEN
    assert said(heard) == WHOLE
    sent = server.requests[0].request.body
    assert (sent["model"], sent["temperature"], sent["max_completion_tokens"]) == ("gpt-4o", 0.2, 99)
    assert [m["role"] for m in server.requests[0].messages] == ["system", "user"]
    assert not heard.up_of(ErrorFrame)
    assert [d for f in heard.of(MetricsFrame) for d in f.data if isinstance(d, TTFBMetricsData)]


async def test_words_are_passed_on_as_they_come() -> None:
    async with line() as (bench, _):
        assert said(await bench.send(turn(), Wait(0.125))) == "You"
        assert said(await bench.send(Wait(0.02))) == "You said:"


FAULTS: list[tuple[Fault, type[VendorError]]] = [
    (Refuse(500), VendorUnavailable),
    (Refuse(503), VendorUnavailable),
    (Refuse(429, retry_after=0.5), VendorBusy),
    (Stall(0), VendorUnavailable),
    (Cut(0), VendorUnavailable),
    (EndEarly(0), VendorUnavailable),
    (ErrorEvent(0), VendorUnavailable),
    (Garble(0), VendorProtocolError),
]


@pytest.mark.parametrize("fault", [fault for fault, _ in FAULTS])
async def test_a_turn_that_fails_before_its_first_token_is_tried_once_more(fault: Fault) -> None:
    async with line(fault) as (bench, server):
        heard = await bench.send(turn(), Wait(6))
    assert shape(heard) == SPOKEN
    assert said(heard) == WHOLE
    assert len(server.requests) == 2
    assert not reported(heard)


@pytest.mark.parametrize(("fault", "kind"), FAULTS)
async def test_a_turn_that_fails_and_fails_is_reported_once_and_apologised_for(
    fault: Fault, kind: type[VendorError]
) -> None:
    async with line(*[fault] * 20) as (bench, server):
        heard = await bench.send(turn(), Wait(BEARABLE + 0.5))
        assert shape(heard) == APOLOGISED
        assert heard.of(TTSSpeakFrame)[0].text == APOLOGY
        assert [type(error) for error in reported(heard)] == [kind]
        assert 2 <= len(server.requests) <= 8
        assert bench.stage.is_usable
        server.faults.clear()
        assert said(await bench.send(turn(), Wait(1))) == WHOLE


async def test_after_three_such_turns_nobody_is_asked_again() -> None:
    async with line(*[Refuse(500)] * 99) as (bench, server):
        await bench.send(turn(), Wait(9), turn(), Wait(9))
        assert bench.stage.is_usable
        heard = await bench.send(turn(), Wait(9))
        assert not bench.stage.is_usable
        assert len(heard.of(TTSSpeakFrame)) == 2
    async with line(*[Refuse(400)] * 2, None, *[Refuse(400)] * 2) as (bench, server):
        for _ in range(5):
            await bench.send(turn(), Wait(1))
        assert bench.stage.is_usable
        assert not server.faults


@pytest.mark.parametrize(
    ("fault", "kind"), [(f, k) for f, k in FAULTS if not isinstance(f, Refuse)], ids=lambda v: str(v)
)
async def test_a_reply_that_breaks_off_goes_on_where_it_was(fault: Any, kind: type[VendorError]) -> None:
    async with line(type(fault)(3)) as (bench, server):
        heard = await bench.send(turn(), Wait(10))
        assert said(heard) == "You said: hellohello there"
        assert [frame.text for frame in heard.of(TakeBackFrame)] == ["hello"]
        assert not reported(heard)
        so_far, manual = server.requests[1].messages[-2:]
        assert (so_far["role"], so_far["content"]) == ("assistant", "You said:")
        assert (manual["role"], manual["content"]) == ("system", GO_ON)
        assert not heard.of(TTSSpeakFrame)


async def test_a_reply_that_does_nothing_but_break_off_is_given_up() -> None:
    async with line(*[Cut(at) for at in range(2, 9)]) as (bench, server):
        heard = await bench.send(turn("one. two. three. four. five. six. seven. eight."), Wait(10))
        assert shape(heard)[-1] is TTSSpeakFrame
        assert len(reported(heard)) == 1
        assert len(server.requests) <= 5


async def test_deadlines_hold_for_each_attempt_and_between_tokens() -> None:
    loop = asyncio.get_running_loop()
    async with line(*[Stall(0)] * 9, first_token_timeout=1.5) as (bench, server):
        heard = await bench.send(turn(), Wait(BEARABLE - 1.5))
        assert not heard.of(TTSSpeakFrame)
        heard = await bench.send(Wait(1.6))
        assert heard.of(TTSSpeakFrame)
        assert server.requests[1].at - server.requests[0].at == pytest.approx(1.5, abs=0.01)
    async with line(Stall(2), token_timeout=0.7) as (bench, server):
        start = loop.time()
        await bench.send(turn(), Wait(2))
        gone = server.requests[0].cancelled_at
        assert gone is not None
        assert gone - start == pytest.approx(0.120 + 0.020 + 0.7, abs=0.02)


async def test_a_busy_vendor_is_not_waited_for_long() -> None:
    async with line(Refuse(429, retry_after=5.0)) as (bench, server):
        heard = await bench.send(turn(), Wait(0.1))
        assert shape(heard) == APOLOGISED
        assert [type(error) for error in reported(heard)] == [VendorBusy]
        assert len(server.requests) == 1
        assert bench.stage.is_usable


@pytest.mark.parametrize(("retry_after", "waited"), [(0.8, 0.8), (None, 0.5)])
async def test_a_short_retry_after_is_honoured(retry_after: float | None, waited: float) -> None:
    async with line(Refuse(429, retry_after=retry_after)) as (bench, server):
        await bench.send(turn(), Wait(2))
    assert waited <= server.requests[1].at - server.requests[0].at <= waited * (1 + JITTER) + 0.01


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_lasting_refusal_is_permanent_and_nobody_is_asked_to_say_it_again(status: int) -> None:
    async with line(Refuse(status)) as (bench, server):
        heard = await bench.send(turn(), Wait(1))
        assert shape(heard) == [LLMFullResponseStartFrame, LLMFullResponseEndFrame]
        (error,) = reported(heard)
        assert isinstance(error, VendorRefused)
        assert error.permanent
        assert not bench.stage.is_usable
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 422])
async def test_what_one_turn_is_refused_for_does_not_end_the_call(status: int) -> None:
    async with line(Refuse(status, code="content_policy_violation")) as (bench, _):
        heard = await bench.send(turn(), Wait(1))
        assert shape(heard) == APOLOGISED
        (error,) = heard.up_of(ErrorFrame)
        assert error.error == "127.0.0.1 answered 400 (content_policy_violation)".replace("400", str(status))
        assert error.category is ErrorCategory.APPLICATION
        assert bench.stage.is_usable
        assert said(await bench.send(turn(), Wait(1))) == WHOLE


async def test_nobody_at_the_address_is_an_unavailable_vendor() -> None:
    openai = OpenAI("k", "http://127.0.0.1:9/v1")
    async with Bench(OpenAILLM(openai)) as bench:
        heard = await bench.send(turn(), Wait(BEARABLE))
    await openai.close()
    assert shape(heard) == APOLOGISED
    (error,) = reported(heard)
    assert str(error).startswith("127.0.0.1 cannot be reached")


async def test_a_failed_turn_can_be_silent() -> None:
    async with line(Refuse(400), apology=None) as (bench, _):
        heard = await bench.send(turn(), Wait(1))
    assert shape(heard) == [LLMFullResponseStartFrame, LLMFullResponseEndFrame]


@pytest.mark.parametrize("fault", [None, Stall(0), Stall(2)], ids=str)
async def test_an_interruption_stops_the_vendor_at_once(fault: Fault | None) -> None:
    async with line(fault) as (bench, server):
        heard = await bench.send(turn(), Wait(0.150), InterruptionFrame(), Wait(0.01))
        received = server.requests[0]
        assert received.cancelled_at is not None
        assert received.cancelled_at - received.at == pytest.approx(0.150, abs=0.01)
        assert not heard.of(TTSSpeakFrame)
        before = said(heard)
        assert said(await bench.send(turn(), Wait(1))) == before + WHOLE


@pytest.mark.parametrize("ending", [[CancelFrame], [EndFrame, CancelFrame]], ids=["cancel", "end+cancel"])
async def test_hanging_up_on_a_stalled_model_takes_no_time(ending: list[Callable[[], Frame]]) -> None:
    loop = asyncio.get_running_loop()
    async with OpenAIServer(ScriptedBrain(), fault=Stall(0)) as server:
        openai = OpenAI("k", server.base_url)
        before = asyncio.all_tasks()
        async with Bench(OpenAILLM(openai)) as bench:
            await bench.send(turn(), Wait(1))
            start = loop.time()
            for kind in ending:
                await bench._source.queue_frame(kind())
        assert loop.time() - start < 0.1
        await openai.close()
        await asyncio.sleep(0.05)
        assert server.requests[0].cancelled_at == pytest.approx(start, abs=0.01)
        assert asyncio.all_tasks() == before


async def test_nothing_of_the_conversation_is_logged() -> None:
    lines: list[str] = []
    sink = logger.add(lines.append, level="DEBUG", format="{message}")

    class Books(ScriptedBrain):
        def reply(self, request: ChatRequest) -> Iterator[Piece]:
            yield CallTool("book", {"name": "Miller"} if "one" in request.user_text else '{"name": "Miller')

    try:
        async with line(Refuse(400), None, None) as (bench, server):
            update = LLMUpdateSettingsFrame(delta=LLMSettings(system_instruction="Secret recipe."))
            await bench.send(update, turn("I am Mrs Miller"), Wait(1), turn("I am Mrs Miller"), Wait(1))
            server.brain = Books()
            assert isinstance(bench.stage, OpenAILLM)
            await bench.send(turn("one Miller"), Wait(1), turn("Miller"), Wait(1))
    finally:
        logger.remove(sink)
    assert server.requests[-1].messages[0]["content"] == "Secret recipe."
    logged = "".join(lines)
    assert "Miller" not in logged
    assert "Secret" not in logged


async def test_arguments_that_are_not_json_are_answered_for_the_model_to_mend() -> None:
    class Broken(ScriptedBrain):
        def reply(self, request: ChatRequest) -> Iterator[Piece]:
            yield CallTool("book", '{"day": "mon')

    async with line() as (bench, server):
        server.brain = Broken()
        heard = await bench.send(turn(), Wait(1))
    (result,) = heard.of(FunctionCallResultFrame)
    assert result.function_name == "book"
    assert "not a JSON object" in result.result["error"]
    assert result.properties is not None
    assert result.properties.run_llm
    assert not heard.of(TTSSpeakFrame)


async def test_further_parameters_are_sent_as_the_sdk_would() -> None:
    extra = {"seed": 7, "extra_body": {"user": "front-desk"}, "extra_headers": {"x-line": "front-desk"}}
    async with line(extra=extra) as (bench, server):
        await bench.send(turn(), Wait(1))
    sent = server.requests[0].request.body
    assert (sent["seed"], sent["user"]) == (7, "front-desk")
    assert set(sent) == {"model", "messages", "stream", "stream_options", "seed", "user"}


async def test_other_servers_get_no_developer_role() -> None:
    async with line() as (bench, server):
        asked = turn()
        asked.context.add_message({"role": "developer", "content": "Be kind."})
        await bench.send(asked, Wait(1))
    assert [message["role"] for message in server.requests[0].messages] == ["system", "user", "user"]


async def test_a_stage_costs_next_to_nothing_to_make() -> None:
    openai = OpenAI("k", "http://127.0.0.1:9/v1")
    OpenAILLM(openai)
    took = []
    for _ in range(20):
        start = time.process_time()
        OpenAILLM(openai)
        took.append(time.process_time() - start)
    await openai.close()
    assert min(took) < 0.002


def guess(text: str = "hello there") -> LLMContextFrame:
    """A turn that may not be over."""
    frame = turn(text)
    frame.speculation = True
    return frame


def begun(heard: Heard) -> Speculation:
    """What the first reply is marked with."""
    found = speculation_of(heard.of(LLMFullResponseStartFrame)[0])
    assert found is not None
    return found


async def test_words_of_a_guess_go_out_marked_and_unmeasured() -> None:
    async with line() as (bench, _):
        heard = await bench.send(guess(), Wait(1))
        assert said(heard) == WHOLE
        assert begun(heard).is_pending
        assert not heard.of(MetricsFrame)
        heard = await bench.send(UserStoppedSpeakingFrame())
        assert begun(heard).verdict is Verdict.CONFIRMED
        assert [d for f in heard.of(MetricsFrame) for d in f.data if isinstance(d, TTFBMetricsData)]


async def test_a_withdrawn_guess_is_broken_off_and_was_never_measured() -> None:
    async with line() as (bench, server):
        heard = await bench.send(guess(), Wait(0.125), EagerEndOfTurnCancelFrame(), Wait(1))
        assert said(heard) == "You"
        assert begun(heard).is_withdrawn
        assert server.requests[0].cancelled_at is not None
        assert not heard.of(MetricsFrame)
        heard = await bench.send(turn("hello again"), Wait(1))
        assert said(heard) == "YouYou said: hello again"
        assert heard.of(MetricsFrame)


async def test_a_withdrawal_leaves_an_ordinary_reply_alone() -> None:
    async with line() as (bench, server):
        heard = await bench.send(turn(), Wait(0.125), EagerEndOfTurnCancelFrame(), Wait(1))
        assert said(heard) == WHOLE
        assert server.requests[0].cancelled_at is None


@pytest.mark.parametrize("is_right", [True, False])
async def test_the_apology_for_a_guess_waits_for_the_turn(is_right: bool) -> None:
    async with line(Refuse(400)) as (bench, _):
        heard = await bench.send(guess(), Wait(1))
        assert not heard.of(TTSSpeakFrame)
        heard = await bench.send(UserStoppedSpeakingFrame() if is_right else EagerEndOfTurnCancelFrame())
        assert bool(heard.of(TTSSpeakFrame)) is is_right


async def test_a_reply_to_something_else_takes_the_place_of_a_guess_and_says_so() -> None:
    async with line() as (bench, _):
        heard = await bench.send(guess(), Wait(1), turn("a tool has a result"), Wait(1))
        assert len(heard.up_of(EagerEndOfTurnCancelFrame)) == 1
        assert begun(heard).is_withdrawn
        assert said(heard).endswith("a tool has a result")


async def test_an_account_without_credit_is_as_good_as_none() -> None:
    async with line(Refuse(429, code="insufficient_quota")) as (bench, _):
        (error,) = reported(await bench.send(turn(), Wait(1)))
        assert str(error).startswith("127.0.0.1 answered 429 (insufficient_quota); add credit")
        assert not bench.stage.is_usable
