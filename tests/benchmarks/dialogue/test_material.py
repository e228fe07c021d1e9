from itertools import pairwise

import pytest

from benchmarks.dialogue.material import SIDE_SPEECH, book, quieter, said, sound, spoken
from benchmarks.dialogue.moves import Pause, Say
from benchmarks.dialogue.scenes import PAUSED
from benchmarks.panel.marks import Kind
from benchmarks.panel.sound import Channel
from processors.g711 import SILENCE
from trunkline.sandbox.ears import PhraseEars


@pytest.mark.parametrize("move", PAUSED, ids=lambda move: f"{move.text[:30]} {move.pauses[0].seconds}")
def test_a_pause_is_as_long_as_it_says_and_inside(move: Say) -> None:
    stretches = Channel(said(move)).stretches
    silences = [later.start - earlier.end for earlier, later in pairwise(stretches)]
    for pause in move.pauses:
        assert min(abs(silence - pause.seconds) for silence in silences) < 0.06


async def test_ears_know_a_recording_with_a_pause_in_it_again() -> None:
    ears = PhraseEars(book())
    mulaw = said(PAUSED[0])
    speeches = [s for at in range(0, len(mulaw), 160) for s in await ears.hear(mulaw[at : at + 160])]
    assert " ".join(word.text for word in speeches[-1].words) == PAUSED[0].text
    assert speeches[-1].over


async def test_ears_understand_somebody_else_in_one_kind_of_side_speech_only() -> None:
    for kind, understood in ((Kind.SIDE_SPEECH, False), (Kind.SIDE_SPEECH_HEARD, True)):
        ears = PhraseEars(book())
        for text in SIDE_SPEECH:
            assert bool(await ears.hear(sound(kind, text))) is understood


def test_somebody_else_is_quiet_but_audible() -> None:
    assert Channel(sound(Kind.SIDE_SPEECH, SIDE_SPEECH[0])).stretches
    assert not Channel(quieter(spoken(SIDE_SPEECH[0]), 40)).stretches


def test_a_recording_is_silent_behind_its_last_sound() -> None:
    mulaw = spoken("wait")
    assert len(mulaw) % 160 == 0
    (*_, last) = Channel(mulaw).stretches
    assert set(mulaw[round(last.end * 8000) :]) <= set(SILENCE)


def test_what_nobody_recorded_is_named() -> None:
    with pytest.raises(ValueError, match="no recording of 'abracadabra'"):
        said(Say("abracadabra", (Pause("abra", 1),)))
