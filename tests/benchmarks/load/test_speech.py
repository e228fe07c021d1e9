from base64 import b64decode

import pytest

from benchmarks.load.speech import (
    INTERRUPTIONS,
    PACKET,
    QUESTIONS,
    audible,
    recordings,
    trimmed,
    utterances,
)
from processors import g711
from trunkline.sandbox.ears import Phrasebook
from trunkline.sandbox.phrases import load

TEXTS = (*QUESTIONS, *INTERRUPTIONS)


@pytest.mark.parametrize("text", TEXTS)
def test_a_recording_is_unchanged_but_for_its_inaudible_end(text: str) -> None:
    before, after = load()[text], recordings()[text]
    heard = after.rstrip(g711.SILENCE)
    assert len(after) == len(before)
    assert before.startswith(heard)
    assert 0 <= len(before) - len(heard) < 800  # 0.1 s


@pytest.mark.parametrize("utterance", utterances(TEXTS), ids=lambda utterance: utterance.text)
def test_the_last_audible_packet_is_the_last_that_ears_know(utterance: object) -> None:
    [made] = utterances((utterance.text,))  # type: ignore[attr-defined]
    packets = [b64decode(packet) for packet in made.packets]
    assert {len(packet) for packet in packets} == {PACKET}
    assert packets[made.last].strip(g711.SILENCE)
    assert not any(packet.strip(g711.SILENCE) for packet in packets[made.last + 1 :])
    assert 0 <= made.first < made.last


def test_no_two_recordings_share_a_packet() -> None:
    book = Phrasebook(recordings())
    for text, blocks in book.blocks.items():
        assert all(place.phrase == text for block in blocks if (place := book.find(block, None)))


def test_what_is_soft_is_not_audible() -> None:
    loud = load()["hello"]
    assert audible(loud).any()
    assert trimmed(loud + g711.SILENCE * 800)[-800:] == g711.SILENCE * 800
