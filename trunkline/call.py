"""A call, as a pipeline file and its tools see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

from pipecat.frames.frames import Frame, InterruptionFrame, TTSSpeakFrame
from pipecat.processors.aggregators.llm_context import NOT_GIVEN, LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMAssistantAggregator,
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from processors import tools
from processors.aura_tts import AuraTTS
from processors.conversation import Conversation
from processors.dtmf import Keypad
from processors.dtmf_turns import with_keys
from processors.floor import Floor
from processors.frames import HangUpFrame, LanguageFrame
from processors.language_choice import LanguageChoice
from processors.language_support import are_heard_together, base, switched_to, voices_of
from processors.language_voices import LanguageVoices
from processors.listening_stage import ListeningStage
from processors.openai_llm import OpenAILLM
from processors.patience import Expectation, Kind, Patience
from processors.socket_recipe import Recipe
from processors.tool_once import Deeds
from processors.turn_end import Flux
from processors.turn_stop import LAST_RESORT
from transports.twilio_input import TwilioInput
from transports.twilio_output import TwilioOutput, pair
from transports.twilio_stream import TwilioStream
from trunkline.asides import Asides
from trunkline.fillers import Fillers
from trunkline.holding import HOLD, STILL, holding
from trunkline.line import Line
from trunkline.records import Facts, Message
from trunkline.vendors import Vendors


class Call:
    """One phone call. Supplies the stages that depend on the process, and acts on the call from tools.

    Args:
        facts: what Twilio says of it.
        line: the line that answers.
        vendors: what the calls of this process share.
        history: messages of the conversation so far, for a call that is resumed.
    """

    def __init__(self, facts: Facts, line: Line, vendors: Vendors, history: Sequence[Message] = ()) -> None:
        self.facts = facts
        self.line = line
        self.data: dict[str, Any] = {}
        """Whatever tools want to remember for the length of the call."""
        self.stream = TwilioStream(line.ambience.loop() if line.ambience else None)
        self.llm_context = LLMContext(
            messages=[{"role": "system", "content": line.instructions()}, *history],  # type: ignore[list-item]
            tools=tools.schema(line.tools) if line.tools else NOT_GIVEN,
        )
        self.deeds = Deeds(facts.sid)
        """What tools with side effects have done, or do."""
        self.patience = Patience()
        """How long the caller is waited for who may not have finished."""
        self.aggregators: LLMContextAggregatorPair | None = None
        self.source = TwilioInput(self.stream, line.barge_in)
        self.floor = Floor()
        """Who speaks, and whom the other waits for."""
        self.keypad = Keypad(self.floor, self._cut_for_keys)
        self.asides = Asides(self.floor)
        Fillers(line.fillers, line.filler_after, line.tool_fillers(), self.floor, self.asides)
        self.languages = LanguageChoice(line.languages, self._switched)
        """Which one the call is in."""
        self.voices: list[str] = []
        self.recipes: list[Recipe] = []
        """Of the sockets that its stages open."""
        self.on_hang_up: Callable[[str], None] = lambda _: None
        self.queue: Callable[[Frame], Any] | None = None
        self._vendors = vendors

    @property
    def sid(self) -> str:
        return self.facts.sid

    @property
    def caller(self) -> str:
        """Who calls: E.164, or a word such as ``anonymous``."""
        return self.facts.caller

    # The stages of a pipeline, in the order of the picture.

    def input(self) -> TwilioInput:
        """From the caller: sound and keys."""
        return self.source

    def deepgram_stt(self, **options: Any) -> ListeningStage:
        """Speech to text, by the recogniser that the line's ``turn_end`` needs.

        Args:
            options: those of :class:`~processors.deepgram_stt.DeepgramSTT`; Flux takes what it knows of them.
        """
        given = {**self._heard(), "stock": self._vendors.warm, **options}
        stage = self.line.turn_end.stt(self._vendors.deepgram, given)
        if tuple(self.line.languages) != ("en",):
            stage.choice = self.languages
        self.recipes.append(stage.recipe)
        self.patience.changed = partial(self.line.turn_end.expect, stage)
        return stage

    def context(self) -> LLMContextAggregatorPair:
        """The conversation: ``.user()`` stands before the model, ``.assistant()`` after the caller heard."""
        start, stop = self.line.barge_in.start_strategies(), self.line.turn_end.stop_strategies(self.patience)
        turns = UserTurnStrategies(start=start, stop=stop)
        params = LLMUserAggregatorParams(
            user_turn_strategies=with_keys(turns, self._keys_may_interrupt),
            user_turn_stop_timeout=LAST_RESORT,
        )
        self.aggregators = Conversation(self.llm_context, self.deeds, user_params=params)
        return self.aggregators

    def openai(self, **options: Any) -> OpenAILLM:
        """The model; options are those of :class:`~processors.openai_llm.OpenAILLM`."""
        llm = OpenAILLM(self._vendors.openai, **options)
        tools.register(llm, self.line.tools, self, self.deeds)
        return llm

    def aura_tts(self, voice: str | Mapping[str, str] = "aura-2-thalia-en", **options: Any) -> AuraTTS:
        """Text to speech; options are those of :class:`~processors.aura_tts.AuraTTS`.

        Args:
            voice: one that speaks all languages of the line, or one for each: ``{"en": ..., "es": ...}``.
            options: more of them.

        Raises:
            ValueError: no voice can have that name, or a language of the line has none.
        """
        by_language = voices_of(voice, self.line.languages)
        self.voices += dict.fromkeys(by_language.values())
        voices = LanguageVoices(by_language, self._vendors.prompts.of)
        stage = AuraTTS(self._vendors.deepgram, **{"voices": voices, "stock": self._vendors.warm, **options})
        self.recipes.append(stage.recipe)
        return stage

    def output(self) -> TwilioOutput:
        """To the caller: speech, and word of what was heard."""
        return TwilioOutput(self.stream, on_hang_up=lambda reason: self.on_hang_up(reason))

    def _heard(self) -> dict[str, Any]:
        """What the recogniser has to know of the languages; one after the other where none hears them all."""
        tags = self.line.languages
        if isinstance(self.line.turn_end, Flux) and not are_heard_together(tags):
            raise ValueError(f"Flux does not hear all of {', '.join(tags)}; expected turn_end=endpointing()")
        if len(tags) == 1 or not are_heard_together(tags):
            return {"language": tags[0]}
        hints = {"language_hints": tuple(map(base, tags))} if isinstance(self.line.turn_end, Flux) else {}
        return {"language": "multi", **hints}

    def _switched(self, language: str) -> None:
        self.llm_context.add_message(switched_to(language))  # type: ignore[arg-type]

    # What tools may do.

    @property
    def language(self) -> str:
        """Code of the language that the call is in: ``en``."""
        return self.languages.current

    async def speak_language(self, language: str) -> None:
        """Go on in another language of the line; what is being said is said to its end.

        Raises:
            ValueError: the line does not speak it.
        """
        if (code := self.languages.choose(language)) is not None:
            await self._push(LanguageFrame(code))

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        """Speak a text when what is being said is over.

        Args:
            text: what to say.
            interruptible: False for what must be heard on any line; what the caller says into it is answered
                after it.
        """
        frame = TTSSpeakFrame(text)
        frame.interruptible = interruptible
        await self._push(frame)

    def expect(self, kind: Kind | None, n: int | None = None) -> None:
        """Have patience with what the caller was asked for: a pause in it does not end the turn.

        It holds until the caller has answered.

        Args:
            kind: "digits", "name" (spelled letter by letter) or "email"; None for nothing in particular.
            n: how many digits; all of them there, the turn is over at once. None for any number.

        Raises:
            ValueError: nobody can be expected to say that.
        """
        self.patience.expected = None if kind is None else Expectation(kind, n)

    async def hang_up(self, farewell: str | None = None, *, reason: str = "completed") -> None:
        """End the call once the farewell, and all said before it, was heard. A barge-in keeps the call.

        Args:
            farewell: the last words.
            reason: what the outcome of the call is called.
        """
        if farewell:
            await self.say(farewell)
        await self._push(HangUpFrame(reason))

    def hold(
        self, text: str = HOLD, *, again: str | None = STILL, every: float = 12.0
    ) -> AbstractAsyncContextManager[None]:
        """``async with call.hold():`` the caller waits, and is not asked whether they are still there.

        Args:
            text: said at once; the model does not learn of it.
            again: said whenever ``every`` seconds of silence have passed; None for silence.
            every: seconds.
        """
        return holding(self.floor, self.asides, text, again, every)

    async def digits(
        self, n: int, terminator: str = "#", timeout: float = 5.0, *, interrupts: bool = True
    ) -> str | None:
        """Wait for keys, also while the agent speaks. A tool that does needs ``@tool(timeout=60)``, or so.

        Args:
            n: keys that are enough.
            terminator: the key that says "that was all"; empty for none.
            timeout: seconds without a key after which no more are expected; the time in which somebody speaks
                does not count.
            interrupts: whether the first key stops what the agent is saying, if the line's policy lets it.

        Returns:
            The keys without the terminator, fewer than ``n`` (or none) if the time was up or the caller said
            something instead, which then becomes the next turn. None if the call is over.

        Raises:
            ValueError: two gathers at once, or arguments that no gather can have.
        """
        return await self.keypad.digits(n, terminator, timeout, cuts=interrupts)

    def attend(self, stages: Sequence[FrameProcessor]) -> list[FrameProcessor]:
        """The stages of a pipeline, behind those that no line has to name."""
        model = next((stage for stage in stages if isinstance(stage, LLMService)), self.source)
        assistant = next((stage for stage in stages if isinstance(stage, LLMAssistantAggregator)), None)
        self.asides.attach(model, assistant)
        return [self.floor, self.keypad, *stages]

    async def _cut_for_keys(self) -> None:
        """A barge-in behind the model: one that met the model would end the tool that waits for the keys."""
        if self._keys_may_interrupt():
            frame = InterruptionFrame()
            self.stream.cut(pair(frame))
            await self.asides.entrance.push_frame(frame)

    def _keys_may_interrupt(self) -> bool:
        return self.source.may_interrupt

    async def _push(self, frame: Frame) -> None:
        if self.queue is not None:
            await self.queue(frame)
