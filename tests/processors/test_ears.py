"""What is told to whoever takes over: audio without final words, and what the VAD said when."""

from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    STTUpdateSettingsFrame,
    TranscriptionFrame,
    TTSTextFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.transcriptions.language import Language

from processors import g711
from processors.ears import BEFORE, LATE, ServiceEars, backlog
from processors.frames import RATE, LanguageFrame
from tests.calls.second_vendors import OtherSTT
from tests.processors.test_understudy import Idle
from tests.support import Bench

DOWN = FrameDirection.DOWNSTREAM
STARTED, STOPPED = VADUserStartedSpeakingFrame(), VADUserStoppedSpeakingFrame(stop_secs=0.2)
SECOND = bytes(range(256)) * 32
"""Of audio, roughly."""


def test_a_backlog_is_audio_with_the_vad_s_signs_in_their_places() -> None:
    audio = bytes(range(100))
    assert backlog(audio, 1100, []) == [audio]
    assert backlog(audio, 1100, [(1030, STARTED), (1060, STOPPED)]) == [
        audio[:30],
        STARTED,
        audio[30:60],
        STOPPED,
        audio[60:],
    ]


def test_speech_that_began_before_it_is_told_of_first() -> None:
    audio = bytes(range(100))
    assert backlog(audio, 1100, [(400, STARTED)]) == [STARTED, audio]
    assert backlog(audio, 1100, [(400, STARTED), (500, STOPPED)]) == [audio]
    assert backlog(b"", 1100, [(400, STARTED), (1100, STOPPED)]) == [STARTED, STOPPED]


async def test_a_service_gets_pcm_packets_and_the_language() -> None:
    async with Bench(Idle()) as bench:
        service = OtherSTT()
        ears = ServiceEars(service, bench.stage, _drop, Language.ES)
        got: list[Frame] = []
        ears._understudy.post = got.append  # type: ignore[method-assign, assignment]
        ears.hear(SECOND[:320])
        await ears.tell(LanguageFrame("de"), DOWN)
        await ears.tell(TTSTextFrame("none of its business", "sentence"), DOWN)
        audio = [frame for frame in got if isinstance(frame, InputAudioRawFrame)]
        assert b"".join(frame.audio for frame in audio) == g711.decode(SECOND[:320])
        assert {(frame.sample_rate, frame.num_channels, len(frame.audio)) for frame in audio} == {
            (RATE, 1, 320)
        }
        (told,) = [frame for frame in got if isinstance(frame, STTUpdateSettingsFrame)]
        assert told.delta is not None
        assert told.delta.language is Language.DE
        assert len(got) == 3


async def test_what_is_left_over_begins_where_speech_began_that_is_not_final() -> None:
    async with Bench(Idle()) as bench:
        ears = ServiceEars(OtherSTT(), bench.stage, _drop)
        for _ in range(4):
            ears.hear(SECOND)
        assert len(ears.left_over()) == BEFORE
        await ears.tell(STARTED, DOWN)
        ears.hear(SECOND)
        assert ears.left_over() == (SECOND * 5)[-len(SECOND) - BEFORE :]
        await ears.tell(STOPPED, DOWN)
        await ears._emerge(TranscriptionFrame("words", "", ""), DOWN)
        assert ears.is_proven
        assert LATE <= len(ears.left_over()) <= LATE + 160


async def _drop(frame: Frame, direction: FrameDirection) -> None:
    return
