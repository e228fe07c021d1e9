"""The stages that a call supplies, and what stands behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from pipecat.frames.frames import Frame, InterruptionFrame
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
from processors.deepgram import Deepgram
from processors.dtmf import Keypad
from processors.dtmf_turns import with_keys
from processors.floor import Floor
from processors.language_choice import LanguageChoice
from processors.language_support import are_heard_together, base, switched_to, voices_of
from processors.language_voices import LanguageVoices
from processors.listening_stage import ListeningStage
from processors.llm_failover import LLMFailover
from processors.openai_llm import OpenAILLM
from processors.patience import Patience
from processors.socket_recipe import Recipe, Stock
from processors.standin import Candidate
from processors.tool_once import Deeds
from processors.turn_end import Flux
from processors.turn_stop import LAST_RESORT
from transports.twilio_input import TwilioInput
from transports.twilio_output import TwilioOutput, pair
from transports.twilio_stream import TwilioStream
from trunkline.asides import Asides
from trunkline.bridge import Bridge
from trunkline.deafness import Deafness
from trunkline.failover import failover
from trunkline.fillers import Fillers
from trunkline.line import Line
from trunkline.recording.recorder import Recorder
from trunkline.records import Facts
from trunkline.resuming.call_data import Remembered
from trunkline.resuming.resumption import Resumed, Unheard
from trunkline.vendors import Vendors

NEW = Resumed()


class CallStages(Remembered):
    """What a call is made of: supplies the stages that depend on the process.

    Args:
        facts: what Twilio says of it.
        line: the line that answers.
        vendors: what the calls of this process share.
        resumed: what is known of a call that another process has begun.
    """

    def __init__(self, facts: Facts, line: Line, vendors: Vendors, resumed: Resumed = NEW) -> None:
        super().__init__(resumed, facts.dial.data if facts.dial else {})
        self.facts = facts
        self.line = line
        self.stream = TwilioStream(line.ambience.loop() if line.ambience else None)
        self.llm_context = LLMContext(
            messages=[{"role": "system", "content": line.instructions()}, *resumed.messages],  # type: ignore[list-item]
            tools=tools.schema(line.tools) if line.tools else NOT_GIVEN,
        )
        self.deeds = Deeds(facts.sid)
        """What tools with side effects have done, or do."""
        self.deeds.restore(resumed.deeds)
        self.patience = Patience()
        """How long the caller is waited for who may not have finished."""
        self.aggregators: LLMContextAggregatorPair | None = None
        self.source = TwilioInput(self.stream, line.barge_in)
        self.recorder = Recorder(facts.sid, line.name, line.recording, vendors.disk, self.source)
        """Keeps its sound, if the line wants that, and the time of it."""
        self.recorder.restore(resumed.sound)
        self.floor = Floor()
        """Who speaks, and whom the other waits for."""
        self.keypad = Keypad(self.floor, self._cut_for_keys)
        self.asides = Asides(self.floor)
        self.deafness = Deafness(line.late.words[0] if line.late else "", self.floor, self.asides)
        """Told when nobody understands the caller."""
        Fillers(line.fillers, line.filler_after, line.tool_fillers(), self.floor, self.asides)
        self.bridge = Bridge(line.late, self.floor, self.asides) if line.late else None
        self.languages = LanguageChoice(line.languages, self._switched)
        """Which one the call is in."""
        if resumed.language in self.languages.tags:
            self.languages.current = resumed.language
        self.voices: list[str] = []
        self.recipes: list[Recipe] = []
        """Of the sockets that its stages open."""
        self.on_hang_up: Callable[[str], None] = lambda _: None
        self.failed_over: Callable[[str, str], None] = lambda *_: None
        """Told of each move from one vendor to another: of which stage, and to whom."""
        self.breakers = vendors.breakers
        self.opening: FrameProcessor | None = None
        """Stands before the model on a call that we made: who answers is greeted first."""
        self.queue: Callable[[Frame], Any] | None = None
        self._output: TwilioOutput | None = None
        self.prices = vendors.prices
        """Of what it uses."""
        self._vendors = vendors
        self.place = vendors.place
        """Of this process: see :attr:`trunkline.vendors.Vendors.place`."""

    @property
    def sid(self) -> str:
        return self.facts.sid

    @property
    def caller(self) -> str:
        """Who talks with us, whoever called: E.164, or a word such as ``anonymous``."""
        return self.facts.person

    @property
    def callee(self) -> str:
        """Who was called: the line's number, or the person's on a call that we made."""
        return self.facts.called

    # The stages of a pipeline, in the order of the picture.

    def input(self) -> TwilioInput:
        """From the caller: sound and keys."""
        return self.source

    def deepgram_stt(
        self, *, base_url: str | None = None, api_key: str | None = None, **options: Any
    ) -> ListeningStage:
        """Speech to text, by the recogniser that the line's ``turn_end`` needs.

        Args:
            base_url: of another server than the settings', such as ``https://api.eu.deepgram.com``.
            api_key: another project's; by default the settings' own, as far as it is Deepgram who gets it.
            options: those of :class:`~processors.deepgram_stt.DeepgramSTT`; Flux takes what it knows of them.
        """
        deepgram, stock = self._deepgram(base_url, api_key)
        stage = self.line.turn_end.stt(deepgram, {**self._heard(), "stock": stock, **options})
        if tuple(self.line.languages) != ("en",):
            stage.choice = self.languages
        if stock is not None:
            self.recipes.append(stage.recipe)
        stage.on_trouble = self.deafness.changed
        self.patience.tells(partial(self.line.turn_end.expect, stage))
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

    def openai(self, *, base_url: str | None = None, api_key: str | None = None, **options: Any) -> OpenAILLM:
        """The model.

        Args:
            base_url: of another server than the settings' that speaks OpenAI's protocol, with ``/v1``.
            api_key: that server's.
            options: those of :class:`~processors.openai_llm.OpenAILLM`.
        """
        client = self._vendors.openai_at(base_url, api_key) if base_url else self._vendors.openai
        llm = OpenAILLM(client, **options)
        tools.register(llm, self.line.tools, self, self.deeds)
        return llm

    def aura_tts(
        self,
        voice: str | Mapping[str, str] = "aura-2-thalia-en",
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        **options: Any,
    ) -> AuraTTS:
        """Text to speech; options are those of :class:`~processors.aura_tts.AuraTTS`.

        Args:
            voice: one that speaks all languages of the line, or one for each: ``{"en": ..., "es": ...}``.
            base_url: of another server than the settings'.
            api_key: another project's.
            options: more of them.

        Raises:
            ValueError: no voice can have that name, or a language of the line has none.
        """
        by_language = voices_of(voice, self.line.languages)
        deepgram, stock = self._deepgram(base_url, api_key)
        voices = LanguageVoices(by_language, self._vendors.prompts.of)
        stage = AuraTTS(deepgram, **{"voices": voices, "stock": stock, **options})
        if stock is not None:
            self.voices += dict.fromkeys(by_language.values())
            self.recipes.append(stage.recipe)
        return stage

    def _deepgram(self, base_url: str | None, api_key: str | None) -> tuple[Deepgram, Stock | None]:
        """A server of Deepgram's, and where sockets to it may be open already: only to the usual one."""
        if base_url is None and api_key is None:
            return self._vendors.deepgram, self._vendors.warm
        return self._vendors.deepgram_at(base_url, api_key), None

    def failover(self, first: Candidate, *others: Candidate) -> FrameProcessor:
        """A stage that asks the first service, and another while the first fails; then the first again.

        Args:
            first: speech to text, a model or a voice: one of ours, or one of pipecat's.
            others: of the same kind, or functions without arguments that build one when it is needed.
        """
        return failover(self, first, others)

    def output(self) -> TwilioOutput:
        """To the caller: speech, and word of what was heard."""
        self._output = TwilioOutput(self.stream, on_hang_up=lambda reason: self.on_hang_up(reason))
        return self._output

    def unheard(self, *, whole: bool = False) -> Unheard:
        """What the agent has to say and the caller has not heard.

        Args:
            whole: from the beginning of the text that is being heard; else from the clause.
        """
        if self._output is None:
            return self.owed
        here = Unheard(tuple(self._output.unheard(whole=whole)), self._output.is_cut)
        if here and self.stream.is_attached:
            self.owed = Unheard()  # it is being said again
        return self.owed.then(here)

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
        self.changed()

    def attend(self, stages: Sequence[FrameProcessor]) -> list[FrameProcessor]:
        """The stages of a pipeline, behind those that no line has to name."""
        model = next((stage for stage in stages if isinstance(stage, LLMService | LLMFailover)), self.source)
        assistant = next((stage for stage in stages if isinstance(stage, LLMAssistantAggregator)), None)
        self.asides.attach(model, assistant)
        if self.bridge is not None and model is not self.source:
            self.bridge.attend(model)
        pipeline = [self.floor, self.keypad, *stages]
        if self.opening is not None and model is not self.source:
            pipeline.insert(pipeline.index(model), self.opening)
        return pipeline

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
