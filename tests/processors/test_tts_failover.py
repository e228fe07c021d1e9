"""The stage says what it is given in order, whoever has the voice."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from pipecat.frames.frames import ErrorFrame, InterruptionFrame, LLMFullResponseStartFrame

from processors.aura_tts import AuraTTS
from processors.circuit import Breakers
from processors.deepgram import Deepgram
from processors.frames import LanguageFrame
from processors.language_voices import LanguageVoices
from processors.tts_failover import TTSFailover
from tests.calls.second_vendors import OtherTTS
from tests.speaking import audible, outline, reply, sentence, serving
from tests.support import Bench, Wait
from trunkline.sandbox.speak import SpeakEmulator
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.voice import ScriptedVoice

VOICE = ScriptedVoice()
LONG = "This is a rather long sentence, for there must be time to cut it."
SPANISH = {"en": "aura-2-apollo-en", "es": "aura-2-celeste-es"}


class Moves(list[str]):
    """Who spoke, one after the other."""


@asynccontextmanager
async def auras(*emulators: SpeakEmulator) -> AsyncIterator[list[Deepgram]]:
    """Clients of several Deepgrams."""
    async with AsyncExitStack() as stack:
        clients = []
        for emulator in emulators:
            clients.append(Deepgram("key", await stack.enter_async_context(serving(emulator))))
            stack.push_async_callback(clients[-1].close)
        yield clients


def stage(moves: Moves, first: AuraTTS, *others: object) -> TTSFailover:
    return TTSFailover(first, *others, breakers=Breakers(), moved=moves.append)  # type: ignore[arg-type]


async def test_while_the_first_works_it_is_as_if_there_were_no_other() -> None:
    moves = Moves()
    async with (
        auras(SpeakEmulator(VOICE)) as (deepgram,),
        Bench(stage(moves, AuraTTS(deepgram), OtherTTS)) as bench,
    ):
        out = await bench.send(*reply("Good morning.", "How can I help?"), Wait(2))
        assert outline(out.down)[1:-1] == [
            "TTSStartedFrame",
            "Good morning.",
            "~Good morning.",
            "How can I help?",
            "~How can I help?",
            "TTSStoppedFrame",
        ]
    assert moves == []


@pytest.mark.parametrize("cut", [100, 4000, 9000, 20_000])
async def test_a_sentence_goes_on_in_the_other_voice_from_the_word_that_broke_off(cut: int) -> None:
    moves = Moves()
    emulator = SpeakEmulator(VOICE, fault=SpeakFault(silent_after_bytes=cut))
    async with auras(emulator) as (deepgram,):
        made = OtherTTS()
        async with Bench(stage(moves, AuraTTS(deepgram), lambda: made)) as bench:
            out = await bench.send(*reply(LONG, "And another."), Wait(4))
            assert outline(out.down).count(LONG) == 1
            heard = audible(out.down)
            assert heard.endswith("And another.")
            assert 0 <= len(heard) - len(LONG + "And another.") < 12
            assert LONG.endswith(made.texts[0])
            assert bench.heard.up_of(ErrorFrame) == []
    assert moves == ["OtherTTS other"]


async def test_a_second_deepgram_speaks_in_its_own_voice_of_the_same_language() -> None:
    moves = Moves()
    second = SpeakEmulator(VOICE)
    async with auras(SpeakEmulator(VOICE, fault=SpeakFault(refuse=401)), second) as (one, two):
        voices = LanguageVoices({"en": "aura-2-thalia-en", "es": "aura-2-diana-es"}, lambda _: {})
        others = LanguageVoices(SPANISH, lambda _: {})
        both = stage(moves, AuraTTS(one, voices=voices), AuraTTS(two, voices=others))
        async with Bench(both) as bench:
            await bench.send(*reply("Hello."), Wait(1), LanguageFrame("es"), *reply("Hola."), Wait(1))
            assert audible(bench.heard.down) == "Hello.Hola."
    assert [(r.model, r.text) for r in second.spoken] == [
        ("aura-2-apollo-en", "Hello."),
        ("aura-2-celeste-es", "Hola."),
    ]


async def test_nothing_of_an_interrupted_reply_comes_out_of_the_second() -> None:
    moves = Moves()
    async with (
        auras(SpeakEmulator(VOICE, fault=SpeakFault(refuse=401))) as (deepgram,),
        Bench(stage(moves, AuraTTS(deepgram), lambda: OtherTTS(pace=0.05))) as bench,
    ):
        await bench.send(LLMFullResponseStartFrame(), sentence(LONG), Wait(1.5), InterruptionFrame())
        before = audible(bench.heard.down)
        assert LONG.startswith(before[:-1])
        await bench.send(*reply("Yes?"), Wait(2))
        assert audible(bench.heard.down).endswith("Yes?")
        assert len(audible(bench.heard.down)) <= len(before) + len("Yes?") + 1


async def test_when_all_are_lost_the_stage_says_so_once_and_keeps_the_rest() -> None:
    moves = Moves()
    async with auras(SpeakEmulator(VOICE, fault=SpeakFault(refuse=401))) as (deepgram,):
        both = stage(moves, AuraTTS(deepgram), lambda: OtherTTS(breaks_after=1))
        async with Bench(both) as bench:
            await bench.send(*reply("One.", "Two."), Wait(3))
            (error,) = bench.heard.up_of(ErrorFrame)
            assert error.processor is both
            assert not both.is_usable
            assert both.unsaid == "Two."
            assert audible(bench.heard.down) == "One."
