"""What a stage that speaks leaves unsaid when the last speaker is lost."""

from pipecat.frames.frames import ErrorFrame, InterruptionFrame, LLMFullResponseStartFrame

from processors.aura_tts import AuraTTS
from tests.speaking import reply, sentence, speaking
from tests.support import Wait
from trunkline.sandbox.speak import SpeakEmulator
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.voice import ScriptedVoice

SILENT = SpeakFault(silent=True)


async def test_the_rest_of_the_reply_is_known_what_comes_later_too() -> None:
    async with speaking(SpeakEmulator(ScriptedVoice(), fault=SILENT)) as bench:
        stage = bench.stage
        assert isinstance(stage, AuraTTS)
        await bench.send(LLMFullResponseStartFrame(), sentence("One."), sentence("Two."), Wait(10))
        assert len(bench.heard.up_of(ErrorFrame)) == 1
        assert stage.unsaid == "One. Two."
        await bench.send(sentence("Three."))
        assert stage.unsaid == "One. Two. Three."


async def test_a_caller_who_interrupts_does_not_want_it() -> None:
    async with speaking(SpeakEmulator(ScriptedVoice(), fault=SILENT)) as bench:
        stage = bench.stage
        assert isinstance(stage, AuraTTS)
        await bench.send(*reply("One."), Wait(10), InterruptionFrame())
        assert stage.unsaid == ""
