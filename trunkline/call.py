"""A call, as a pipeline file and its tools see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from pipecat.frames.frames import Frame, TTSSpeakFrame
from pipecat.processors.aggregators.llm_context import NOT_GIVEN, LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)

from processors import tools
from processors.aura_tts import AuraTTS
from processors.deepgram_stt import DeepgramSTT
from processors.frames import HangUpFrame
from processors.openai_llm import OpenAILLM
from processors.socket_recipe import Recipe
from processors.turn_taking import endpointing
from transports.twilio_input import TwilioInput
from transports.twilio_output import TwilioOutput
from transports.twilio_stream import TwilioStream
from trunkline.line import Line
from trunkline.records import Facts, Message
from trunkline.vendors import Vendors

VOICE = re.compile(r"^aura(-2)?-[a-z]+-[a-z]{2}$")
"""How Deepgram names a voice: ``aura-2-thalia-en``."""

NO_WORDS_TIMEOUT = 2.0
"""Seconds after which a turn without words (a cough, a slammed door) is over."""


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
        self.stream = TwilioStream()
        self.llm_context = LLMContext(
            messages=[{"role": "system", "content": line.instructions()}, *history],  # type: ignore[list-item]
            tools=tools.schema(line.tools) if line.tools else NOT_GIVEN,
        )
        self.aggregators: LLMContextAggregatorPair | None = None
        self.source = TwilioInput(self.stream)
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

    def deepgram_stt(self, **options: Any) -> DeepgramSTT:
        """Speech to text; options are those of :class:`~processors.deepgram_stt.DeepgramSTT`."""
        given = {"language": self.line.language, "stock": self._vendors.warm, **options}
        stage = DeepgramSTT(self._vendors.deepgram, **given)
        self.recipes.append(stage.recipe)
        return stage

    def context(self) -> LLMContextAggregatorPair:
        """The conversation: ``.user()`` stands before the model, ``.assistant()`` after the caller heard."""
        params = LLMUserAggregatorParams(
            user_turn_strategies=endpointing(), user_turn_stop_timeout=NO_WORDS_TIMEOUT
        )
        self.aggregators = LLMContextAggregatorPair(self.llm_context, user_params=params)
        return self.aggregators

    def openai(self, **options: Any) -> OpenAILLM:
        """The model; options are those of :class:`~processors.openai_llm.OpenAILLM`."""
        llm = OpenAILLM(self._vendors.openai, **options)
        tools.register(llm, self.line.tools, self)
        return llm

    def aura_tts(self, voice: str = "aura-2-thalia-en", **options: Any) -> AuraTTS:
        """Text to speech; options are those of :class:`~processors.aura_tts.AuraTTS`.

        Raises:
            ValueError: no voice can have that name.
        """
        if not VOICE.match(voice):
            raise ValueError(f"unknown voice {voice!r}; expected a name like 'aura-2-thalia-en'")
        self.voices.append(voice)
        given = {"cached": self._vendors.prompts.of(voice), "stock": self._vendors.warm, **options}
        stage = AuraTTS(self._vendors.deepgram, voice=voice, **given)
        self.recipes.append(stage.recipe)
        return stage

    def output(self) -> TwilioOutput:
        """To the caller: speech, and word of what was heard."""
        return TwilioOutput(self.stream, on_hang_up=lambda reason: self.on_hang_up(reason))

    # What tools may do.

    async def say(self, text: str) -> None:
        """Speak a text when what is being said is over."""
        await self._push(TTSSpeakFrame(text))

    async def hang_up(self, farewell: str | None = None) -> None:
        """End the call once the farewell, and all said before it, was heard. A barge-in keeps the call."""
        if farewell:
            await self.say(farewell)
        await self._push(HangUpFrame())

    async def _push(self, frame: Frame) -> None:
        if self.queue is not None:
            await self.queue(frame)
