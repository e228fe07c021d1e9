"""The language model: a context in, a streamed reply or tool calls out."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

from loguru import logger
from openai import AsyncOpenAI
from openai.types import CompletionUsage
from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    Frame,
    FunctionCallFromLLM,
    FunctionCallInProgressFrame,
    FunctionCallResultFrame,
    FunctionCallResultProperties,
    FunctionCallsStartedFrame,
    LLMContextFrame,
    TTSSpeakFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.utils.errors import ErrorCategory

from processors.continuation import Speech
from processors.errors import VendorBusy, VendorError, VendorRefused, VendorUnavailable
from processors.frames import TakeBackFrame
from processors.loop_metrics import LoopMetrics
from processors.openai_client import OpenAI, Patience
from processors.openai_errors import retry_delay
from processors.openai_reply import Reply, ToolRequest
from processors.perseverance import LOST_TURNS, Perseverance
from processors.speculation import Verdict, VoiceGate

APOLOGY = "Sorry, I had a problem there. Could you say that again?"

BAD_ARGUMENTS = "the arguments were not a JSON object; call the tool again with valid ones"


class Arguments(dict[str, Any]):
    """What the model calls a tool with. Prints as nothing: pipecat logs it, and callers said it."""

    def __repr__(self) -> str:
        return "{...}"


class OpenAILLM(OpenAILLMService):
    """pipecat's OpenAI service on the client of the process, with deadlines, and never at a loss for words.

    A reply that fails is asked for again as long as a caller bears it; what has been said stands, and the
    next attempt goes on from there. A turn that fails for good is reported once as a
    :class:`~processors.errors.VendorError`, and the caller is asked to say it again, unless every turn would
    fail, as it is to be feared after :data:`~processors.perseverance.LOST_TURNS` of them. Nothing of the
    conversation is logged. A reply to a turn that may not be over goes out marked as a
    :class:`~processors.speculation.Speculation`; its tools wait until the turn is.

    Args:
        openai: the client of the process.
        model: the model's name.
        temperature: 0 to 2; the model's own default if None.
        max_completion_tokens: where a reply is cut off; nowhere if None.
        extra: further parameters of ``chat.completions.create``, such as ``reasoning_effort``.
        first_token_timeout: seconds to the first word or tool call, for each attempt.
        token_timeout: seconds from chunk to chunk.
        apology: what the caller hears when a turn fails; None for silence.
    """

    def __init__(
        self,
        openai: OpenAI,
        *,
        model: str = "gpt-4o-mini",
        temperature: float | None = None,
        max_completion_tokens: int | None = None,
        extra: Mapping[str, Any] | None = None,
        first_token_timeout: float = 4.0,
        token_timeout: float = 4.0,
        apology: str | None = APOLOGY,
    ) -> None:
        self._openai = openai
        self._patience = Patience(first_token_timeout, token_timeout)
        self._apology = apology
        self._is_alone = True
        self._failed = False
        self._lost = 0
        """Turns that failed, in a row."""
        settings = self.Settings(model=model, extra=dict(extra or {}))
        if temperature is not None:
            settings.temperature = temperature
        if max_completion_tokens is not None:
            settings.max_completion_tokens = max_completion_tokens
        super().__init__(settings=settings, metrics=LoopMetrics())
        self._gate = self._speculation_gate = VoiceGate(f"{self}")
        # Other servers know three roles, and this one is younger than most of them.
        self.supports_developer_role = openai.is_openai
        # For OpenAI a prompt may stand in the context, where a resumed call has it, behind another.
        self._adapter._warned_context_system_message = True
        self._adapter._warned_system_instruction = True
        self._composed_system_instruction = _Unlogged()

    @property
    def provider(self) -> str:
        """Who replies, as circuit breakers name it."""
        return f"{self._openai.vendor} {cast(Any, self._settings).model}"

    def join(self) -> str | None:
        """Be one of several that stand in for each other: try a turn once, and only report that it failed.

        Returns:
            The apology that somebody else now has to make.
        """
        apology, self._apology, self._is_alone = self._apology, None, False
        return apology

    def create_client(self, *_: Any, **__: Any) -> AsyncOpenAI:
        """The client of the process: one of its own would cost each call a TLS context and a handshake."""
        return self._openai.sdk

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        if not isinstance(frame, LLMContextFrame):
            await super().process_frame(frame, direction)
            return
        if self._gate.is_speculating and not frame.speculation:
            # Another reply takes the place of the guess: the end of the turn has to ask for its own.
            await self.push_frame(EagerEndOfTurnCancelFrame(), FrameDirection.UPSTREAM)
        self._failed = True
        await super().process_frame(frame, direction)
        self._lost = self._lost + 1 if self._failed else 0
        if self._failed and self._apology and self.is_usable and await self._is_wanted():
            await self.push_frame(TTSSpeakFrame(self._apology))

    async def _process_context(self, context: LLMContext) -> None:
        """Reply to a context. pipecat's service calls this between the two frames of a full response."""
        try:
            await self._respond(context)
            self._failed = False
        except VendorError as error:
            is_lost = self._is_alone and self._lost + 1 >= LOST_TURNS
            await self.push_error(
                str(error),
                exception=error,
                category=_category(error),
                force_treat_as_permanent=error.permanent or is_lost,
            )

    async def _respond(self, context: LLMContext) -> None:
        await self.start_ttfb_metrics()
        reply = await (self._attempts(context) if self._is_alone else self._only_attempt(context))
        await self._report(reply)
        if reply.calls and await self._is_wanted():
            await self._call_tools(reply.calls, context)

    async def _is_wanted(self) -> bool:
        """Whether the turn has ended as it was expected to; waits until that is known."""
        speculation = self._gate.speculation
        return speculation is None or await speculation.settled() is Verdict.CONFIRMED

    async def _handle_eager_end_of_turn_cancel(self, frame: EagerEndOfTurnCancelFrame) -> None:
        if self._gate.is_speculating:
            # First, so that nothing is taken from the reply that is broken off here.
            self._gate.withdraw()
            await self._start_interruption()  # type: ignore[no-untyped-call]
            await self.stop_all_metrics()  # type: ignore[no-untyped-call]

    async def _params(self, context: LLMContext) -> dict[str, Any]:
        from_context = await self.get_llm_adapter().get_llm_invocation_params(
            context,
            system_instruction=cast(Any, self._settings).system_instruction,
            convert_developer_to_user=not self.supports_developer_role,
        )
        return self.build_chat_completion_params(from_context)

    async def _attempts(self, context: LLMContext) -> Reply:
        """A reply, at whichever attempt; the caller hears each word of it once."""
        speech = Speech(self._push_llm_text, self._take_back)
        perseverance = Perseverance(self.get_event_loop().time)
        while True:
            reply, heard = Reply(self._openai.vendor), len(speech.said)
            params = await self._params(speech.context(context))
            first_token = perseverance.first_token(self._patience.first_token)
            try:
                patience = replace(self._patience, first_token=first_token)
                await self._openai.stream(params, partial(self._hear, speech), reply, patience)
                await speech.end()
                return reply
            except VendorError as error:
                await speech.broke_off()
                delay = perseverance.failed(retry_delay(error), has_said_more=len(speech.said) > heard)
                if delay is None:
                    raise
                logger.warning("{}; trying again", error)
                await asyncio.sleep(delay)

    async def _hear(self, speech: Speech, words: str) -> None:
        await self.stop_ttfb_metrics()
        await speech.say(words)

    async def _take_back(self, word: str) -> None:
        await self.push_frame(TakeBackFrame(word))

    async def _only_attempt(self, context: LLMContext) -> Reply:
        reply = Reply(self._openai.vendor)
        await self._openai.stream(await self._params(context), self._say, reply, self._patience)
        return reply

    async def _say(self, words: str) -> None:
        await self.stop_ttfb_metrics()
        await self._push_llm_text(words)

    async def _report(self, reply: Reply) -> None:
        """Tell pipecat's metrics what the reply was."""
        await self.stop_ttfb_metrics()
        await self.stop_ttfat_metrics()
        if reply.model:
            self.set_full_model_name(reply.model)
        if reply.usage:
            counts = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, **reply.usage}
            await self.start_llm_usage_metrics(self._token_usage(CompletionUsage.construct(**counts)))

    async def _call_tools(self, requests: Sequence[ToolRequest], context: LLMContext) -> None:
        calls: list[FunctionCallFromLLM] = []
        broken: list[FunctionCallFromLLM] = []
        for request in requests:
            arguments = _arguments(request.arguments)
            call = FunctionCallFromLLM(request.name, request.id, arguments or Arguments(), context)
            (broken if arguments is None else calls).append(call)
        for call in broken:
            # The tools that do run ask the model to go on; without any, this has to.
            await self._reject(call, run_llm=not calls)
        await self.run_function_calls(calls)

    async def _reject(self, call: FunctionCallFromLLM, *, run_llm: bool) -> None:
        """Answer a call that cannot be run, in the frames of one that was; pipecat drops it in silence."""
        await self._call_event_handler("on_function_calls_started", [call])
        await self.broadcast_frame(FunctionCallsStartedFrame, function_calls=[call])
        named = {"function_name": call.function_name, "tool_call_id": call.tool_call_id, "arguments": {}}
        await self.broadcast_frame(FunctionCallInProgressFrame, **named, cancel_on_interruption=True)
        await self.broadcast_frame(
            FunctionCallResultFrame,
            **named,
            result={"error": BAD_ARGUMENTS},
            properties=FunctionCallResultProperties(run_llm=run_llm),
        )

    def _log_llm_event(self, event: str, context: LLMContext) -> None:
        # pipecat adds the whole context.
        logger.debug("{}: {}", self, event)


class _Unlogged(str):
    """Equal to every prompt: pipecat logs a composed prompt only if it differs from the last one."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


def _arguments(text: str) -> Arguments | None:
    """The arguments of a call, which some models leave empty; None if they are not a JSON object."""
    try:
        found = json.loads(text.strip() or "{}")
    except ValueError:
        return None
    return Arguments(found) if isinstance(found, dict) else None


def _category(error: VendorError) -> ErrorCategory:
    """pipecat's word for it. What one turn was refused for says nothing of the stage's health."""
    if isinstance(error, VendorBusy):
        return ErrorCategory.RATE_LIMIT
    if isinstance(error, VendorUnavailable):
        return ErrorCategory.CONNECTIVITY
    if isinstance(error, VendorRefused):
        return ErrorCategory.AUTHENTICATION if error.permanent else ErrorCategory.APPLICATION
    return ErrorCategory.SERVER
