"""Several language models in the place of one: the first that works replies, within the caller's turn.

pipecat's ``ServiceSwitcher`` moves on when a service has declared itself unusable, and the turn that failed
is lost with it. Callers meet other failures: a 500, a 429, a model that says nothing, a reply that stops in
the middle. So the services stand inside one stage, as in the switcher, but this one asks them one by one.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from loguru import logger
from pipecat.frames.frames import (
    AudioRawFrame,
    EagerEndOfTurnCancelFrame,
    ErrorFrame,
    Frame,
    FunctionCallsStartedFrame,
    LLMConfigureOutputFrame,
    LLMContextFrame,
    LLMContextSummaryRequestFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    LLMUpdateSettingsFrame,
    MetricsFrame,
    ServiceMetadataFrame,
    StartFrame,
    TTSSpeakFrame,
)
from pipecat.metrics.metrics import TTFBMetricsData
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.services.llm_service import LLMService
from pipecat.utils.errors import ErrorCategory

from processors.circuit import Breakers, State
from processors.continuation import Speech
from processors.errors import VendorError
from processors.frames import TakeBackFrame
from processors.llm_attempt import Attempt, failure_of
from processors.llm_row import ModelRow
from processors.openai_client import Patience
from processors.openai_errors import retry_delay
from processors.openai_llm import APOLOGY, OpenAILLM
from processors.perseverance import LOST_TURNS, Perseverance
from processors.speculation import Verdict, VoiceGate
from processors.standin import Candidate, StandIn

UP, DOWN = FrameDirection.UPSTREAM, FrameDirection.DOWNSTREAM

PATIENCE = Patience(first_token=5.0, token=6.0)
"""With a service that has none of its own. Ours has less; pipecat's wait for ten minutes."""

TRIAL_PATIENCE = 2.0
"""Seconds for the first word of a vendor that is tried again while another one works."""

SETTINGS = (StartFrame, LLMUpdateSettingsFrame, LLMConfigureOutputFrame)
"""Frames that a service has to know of that is built later."""

OF_A_REPLY = (LLMFullResponseStartFrame, LLMFullResponseEndFrame, LLMTextFrame)


class LLMFailover(FrameProcessor):
    """Asks the first model as long as it works, and the next while it does not.

    A turn that fails is asked again of the next model at once, and goes on where it broke off. A model whose
    circuit breaker is open is not waited for; the breaker's trial, at the beginning of a turn, brings it
    back. When all have failed for as long as a caller bears, the caller is asked to say it again.

    Args:
        first: who is asked as long as it works.
        others: who are asked when it does not, in this order.
        breakers: those of the process.
        moved: called with the name of the vendor that stands in for the first from now on.
        prepare: called with each service before it is asked: to register tools.
        apology: what the caller hears when a turn fails; by default the first's own.
    """

    def __init__(
        self,
        first: LLMService[Any],
        *others: Candidate,
        breakers: Breakers,
        moved: Callable[[str], None] = lambda _: None,
        prepare: Callable[[LLMService[Any]], None] = lambda _: None,
        apology: str | None = APOLOGY,
    ) -> None:
        super().__init__()
        self._register_event_handler("on_function_calls_started")
        self._first = first
        self._apology = apology
        self._register_tools = prepare
        models = [StandIn(each, breakers, self._prepare, self._made) for each in (first, *others)]
        self._row = ModelRow(models, moved)
        self._gate = VoiceGate(f"{self}")
        self._settings_so_far: list[Frame] = []
        self._attempt: Attempt | None = None
        self._lost = 0
        """Turns that failed, in a row."""

    @property
    def services(self) -> list[LLMService[Any]]:
        """Those that were needed so far."""
        return [model.service for model in self._row.built]

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        for model in self._row.built:
            await model.enter(setup)

    async def cleanup(self) -> None:
        await super().cleanup()  # type: ignore[no-untyped-call]
        for model in self._row.built:
            await model.leave()

    async def run_inference(self, context: LLMContext, **options: Any) -> str | None:
        """A reply beside the conversation, of the first model that gives one."""
        waiting = list(self._row.models)
        while True:
            model = await self._row.choose(waiting, self._setup, self._settings_so_far, self._now())
            try:
                answer: str | None = await model.run_inference(context, **options)
                return answer
            except Exception as error:  # whatever a vendor's client raises
                logger.warning("{} did not reply: {}", model, type(error).__name__)
                if not waiting:
                    raise

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame):  # which comes from behind when a tool has a result
            await self._turn(frame)
            return
        if direction is DOWN and not isinstance(frame, AudioRawFrame):
            await self._tell(frame)
        for passed, way in self._gate.process(frame, direction):
            await self.push_frame(passed, way)

    async def _tell(self, frame: Frame) -> None:
        """Have the models know what goes by; what is asked for once is asked of one."""
        if isinstance(frame, LLMContextSummaryRequestFrame):
            await self._row.leader.tell(frame)
            return
        if isinstance(frame, SETTINGS):
            self._settings_so_far.append(frame)
        for model in self._row.built:
            await model.tell(frame)
        if isinstance(frame, EagerEndOfTurnCancelFrame) and self._gate.is_speculating:
            self._gate.withdraw()
            await self._start_interruption()  # type: ignore[no-untyped-call]

    # A turn.

    async def _turn(self, frame: LLMContextFrame) -> None:
        if self._gate.is_speculating and not frame.speculation:
            await self._tell(EagerEndOfTurnCancelFrame())
            await self.push_frame(EagerEndOfTurnCancelFrame(), UP)
        self._gate.begin_speculation(frame.speculation)
        self._has_begun = False
        self._speech = Speech(self._say, self._take_back)
        try:
            failure = await self._reply(frame)
            if failure is not None:
                await self._report(failure)
        finally:
            if self._has_begun:
                await self.push_frame(LLMFullResponseEndFrame())
        self._lost = 0 if failure is None else self._lost + 1
        if failure is not None and self._apology and self.is_usable and await self._is_wanted():
            await self.push_frame(TTSSpeakFrame(self._apology))

    async def _reply(self, frame: LLMContextFrame) -> VendorError | None:
        """Ask one model after the other, all of them again if that can help; what failed, if all did."""
        perseverance = Perseverance(self._now)
        waiting, again, delays = list(self._row.models), list[StandIn](), list[float]()
        while True:
            said = len(self._speech.said)
            model = await self._row.choose(waiting, self._setup, self._settings_so_far, self._now())
            try:
                await self._ask(model, frame, perseverance.first_token(_patience(model, waiting)))
                return None
            except VendorError as error:
                logger.warning("{}; {}", error, "asking another model" if waiting else "no other is left")
                if (delay := retry_delay(error)) is not None:
                    again.append(model)
                    delays.append(delay)
                pause = perseverance.failed(
                    min(delays, default=None), has_said_more=len(self._speech.said) > said
                )
                if waiting:
                    continue
                if pause is None:
                    return error
            await asyncio.sleep(pause)
            waiting, again, delays = again, [], []

    async def _ask(self, model: StandIn, frame: LLMContextFrame, first_token: float) -> None:
        """Have one model reply.

        Raises:
            VendorError: it did not, or not to the end.
        """
        if model.failure is not None:
            raise model.failure
        self._row.leads(model)
        error = await self._attempt_of(model, frame, Patience(first_token, PATIENCE.token))
        if error is not None:
            await self._speech.broke_off()
            model.breaker.failed(error, self._now())
            raise error
        model.breaker.succeeded()
        self._row.works(model)
        await self._begin()
        await self._speech.end()

    async def _attempt_of(
        self, model: StandIn, frame: LLMContextFrame, patience: Patience
    ) -> VendorError | None:
        """What came of asking it: why it failed, if it did."""
        attempt = self._attempt = Attempt(model, patience)
        context = self._speech.context(frame.context)
        try:
            await model.give(LLMContextFrame(context, speculation=self._gate.is_speculating))
            if await attempt.over(lambda: self._gate.is_speculating):
                return attempt.error
        except asyncio.CancelledError:
            model.breaker.withdrawn()
            raise
        finally:
            self._attempt = None
        attempt.fails_with(attempt.silence)
        await model.service._start_interruption()  # else it would go on
        return attempt.error

    async def _is_wanted(self) -> bool:
        speculation = self._gate.speculation
        return speculation is None or await speculation.settled() is Verdict.CONFIRMED

    async def _report(self, error: VendorError) -> None:
        permanent = error.permanent or self._lost + 1 >= LOST_TURNS
        category = ErrorCategory.SERVER
        await self.push_error(
            str(error), exception=error, category=category, force_treat_as_permanent=permanent
        )

    # What a model makes.

    async def _made(self, model: StandIn, frame: Frame, direction: FrameDirection) -> None:
        attempt = self._attempt if self._attempt is not None and self._attempt.model is model else None
        if isinstance(frame, ErrorFrame):
            await self._erred(model, attempt, frame)
        elif isinstance(frame, OF_A_REPLY):
            if attempt is not None:
                await self._replied(attempt, frame)
        elif isinstance(frame, ServiceMetadataFrame) and model is not self._row.models[0]:
            return
        elif not isinstance(frame, EagerEndOfTurnCancelFrame):
            await self._did(attempt, frame, direction)

    async def _erred(self, model: StandIn, attempt: Attempt | None, frame: ErrorFrame) -> None:
        """An error of the reply under way is made up for. Of any other nothing is to be done here."""
        is_a_tools = frame.category is ErrorCategory.APPLICATION and not isinstance(
            frame.exception, VendorError
        )
        if attempt is not None and not is_a_tools:
            attempt.fails_with(failure_of(model.provider, frame))
            return
        await self.push_error_frame(
            ErrorFrame(frame.error, exception=frame.exception, processor=self, category=frame.category)
        )

    async def _replied(self, attempt: Attempt, frame: Frame) -> None:
        if isinstance(frame, LLMTextFrame):
            attempt.shows_life()
            await self._begin(frame.skip_tts)
            self._pattern = frame
            await self._speech.say(frame.text)
        elif isinstance(frame, LLMFullResponseEndFrame):
            attempt.ends()

    async def _did(self, attempt: Attempt | None, frame: Frame, direction: FrameDirection) -> None:
        if attempt is not None and isinstance(frame, FunctionCallsStartedFrame):
            attempt.is_carried_out = True
            await self._begin()
            await self._speech.end()
        if attempt is not None and not _is_idle_talk(frame):
            attempt.shows_life()
        await self.push_frame(frame, direction)

    async def _begin(self, skip_tts: bool | None = None) -> None:
        if not self._has_begun:
            self._has_begun = True
            start = LLMFullResponseStartFrame()
            start.skip_tts = skip_tts
            for frame, direction in self._gate.process(start, DOWN):
                await self.push_frame(frame, direction)

    async def _say(self, words: str) -> None:
        frame = LLMTextFrame(words)
        frame.skip_tts, frame.append_to_context = self._pattern.skip_tts, self._pattern.append_to_context
        await self.push_frame(frame)

    async def _take_back(self, word: str) -> None:
        await self.push_frame(TakeBackFrame(word))

    # The models.

    def _prepare(self, service: LLMService[Any]) -> None:
        """Make a service one of them: it has the line's tools, and the temperature that the line chose."""
        self._register_tools(service)
        service.add_event_handler("on_function_calls_started", self._tools_started)
        if isinstance(service, OpenAILLM):
            own = service.join()
            self._apology = own if service is self._first else self._apology
        chosen = self._first._settings.temperature
        own_choice = service._settings.temperature
        if isinstance(chosen, float | int) and not isinstance(own_choice, float | int):
            service._settings.temperature = chosen

    async def _tools_started(self, _: object, calls: Any) -> None:
        await self._call_event_handler("on_function_calls_started", calls)

    def _now(self) -> float:
        return self.get_event_loop().time()


def _patience(model: StandIn, waiting: Sequence[StandIn]) -> float:
    is_trial = bool(waiting) and model.is_built and model.breaker.state is State.HALF_OPEN
    return TRIAL_PATIENCE if is_trial else PATIENCE.first_token


def _is_idle_talk(frame: Frame) -> bool:
    """Whether a frame says nothing of a reply's getting on."""
    return isinstance(frame, MetricsFrame) and not any(isinstance(d, TTFBMetricsData) for d in frame.data)
