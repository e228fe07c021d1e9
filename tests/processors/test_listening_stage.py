"""What every stage that listens has in common, on the plainest of them."""

import pytest
from pipecat.frames.frames import CancelFrame, EndFrame, InterruptionFrame, TextFrame
from pipecat.transcriptions.language import Language

from processors.deepgram_stt import DeepgramSTT
from processors.flux_stt import FluxSTT
from processors.listening_stage import ListeningStage, spoken_language
from tests.processors.listening import Phone, deepgram, ears, nobody_answers, now
from tests.support import Bench, Up, Wait
from trunkline.sandbox.flux import FluxEmulator

STAGES = pytest.mark.parametrize("stage", [DeepgramSTT, FluxSTT])


@STAGES
async def test_frames_pass_both_ways_whatever_deepgram_does(stage: type[DeepgramSTT | FluxSTT]) -> None:
    async with nobody_answers() as client, Bench(stage(client)) as bench:
        start = now()
        await bench.send(TextFrame("down"), Up(TextFrame("up")), InterruptionFrame(), EndFrame())
        assert [type(f) for f in bench.heard.down] == [TextFrame, InterruptionFrame, EndFrame]
        assert [type(f) for f in bench.heard.up] == [TextFrame]
        assert now() - start < 0.005


@STAGES
async def test_hanging_up_while_connecting_leaves_nothing(stage: type[DeepgramSTT | FluxSTT]) -> None:
    async with nobody_answers() as client:
        async with Bench(stage(client)) as bench:
            start = now()
            await bench.send(Wait(0.1), EndFrame())
            assert now() - start < 0.2
        assert not client._session.connector._acquired  # type: ignore[union-attr]


async def test_a_cancelled_call_hangs_up_without_waiting_for_the_pipeline_to_be_cleaned_up() -> None:
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client, Bench(FluxSTT(client)) as bench:
        await Phone(bench).pause(500)
        await bench.send(CancelFrame(), Wait(0.1))
        assert not emulator.open


async def test_a_stage_that_does_not_take_audio_is_none() -> None:
    with pytest.raises(TypeError, match="_feed"):
        ListeningStage()  # type: ignore[abstract]


def test_languages_that_have_a_name() -> None:
    assert spoken_language("es") is Language.ES
    assert spoken_language("multi") is None
