"""Ears that know recordings by heart: exact where the audio is, and deaf where it is not."""

from itertools import pairwise

import pytest

from processors import g711
from processors.g711 import SILENCE
from trunkline.sandbox.ears import BLOCK, Phrasebook, PhraseEars, Speech
from trunkline.sandbox.phrases import load

PHRASES = load()
BOOK = Phrasebook(PHRASES)
NAME = "My name is Anna Baker."
AUDIO = PHRASES[NAME]


async def hear(*pieces: bytes) -> list[Speech]:
    ears = PhraseEars(BOOK)
    return [speech for piece in pieces for speech in await ears.hear(piece)]


def text(speeches: list[Speech]) -> str:
    last = {speech.start: speech for speech in speeches}
    return " ".join(word.text for speech in last.values() for word in speech.words)


@pytest.mark.parametrize("phrase", PHRASES)
async def test_every_recording_is_understood_word_for_word(phrase: str) -> None:
    speeches = await hear(SILENCE * 1600, PHRASES[phrase], SILENCE * 1600)
    assert text(speeches) == phrase
    assert [speech.over for speech in speeches].count(True) == 1
    assert speeches[-1].over


async def test_words_come_with_their_audio() -> None:
    ears, known = PhraseEars(BOOK), []
    await ears.hear(SILENCE * 8000)
    for at in range(0, len(AUDIO), BLOCK):
        for speech in await ears.hear(AUDIO[at : at + BLOCK]):
            assert speech.start >= 1.0
            assert speech.end == pytest.approx(1.0 + (at + BLOCK) / 8000)
            assert all(word.end <= speech.end for word in speech.words)
            known.append(len(speech.words))
    assert known == sorted(known)
    assert set(known) == {0, 1, 2, 3, 4, 5}


async def test_words_follow_each_other_in_time() -> None:
    words = (await hear(AUDIO))[-1].words
    assert all(word.start < word.end for word in words)
    assert all(a.end <= b.start + 0.001 for a, b in pairwise(words))


@pytest.mark.parametrize("lost", range(0, len(AUDIO) // BLOCK, 7))
async def test_a_lost_packet_is_a_lost_word(lost: int) -> None:
    heard = text(await hear(AUDIO[: lost * BLOCK], AUDIO[(lost + 1) * BLOCK :])).split()
    missing = [word for word in NAME.split() if word not in heard]
    assert len(missing) == 1
    assert [word for word in NAME.split() if word in heard] == heard


async def test_a_packet_replaced_by_silence_is_a_lost_word_too() -> None:
    at = len(AUDIO) // BLOCK // 2 * BLOCK
    heard = text(await hear(AUDIO[:at], SILENCE * BLOCK, AUDIO[at + BLOCK :])).split()
    assert len(heard) == len(NAME.split()) - 1


@pytest.mark.parametrize("size", [1, 33, 159, 160, 161, 800, 100_000])
async def test_pieces_of_any_size(size: int) -> None:
    audio = SILENCE * 160 + AUDIO
    assert text(await hear(*(audio[at : at + size] for at in range(0, len(audio), size)))) == NAME


@pytest.mark.parametrize("shift", [1, 80, 120])
async def test_a_stream_that_is_not_aligned_is_understood_all_the_same(shift: int) -> None:
    assert text(await hear(SILENCE * shift, AUDIO, SILENCE * 320)) == NAME


async def test_the_second_half_of_a_recording_is_its_last_words() -> None:
    heard = text(await hear(AUDIO[len(AUDIO) // 2 // BLOCK * BLOCK :]))
    assert NAME.endswith(heard)
    assert heard


async def test_a_recording_said_twice_is_two_stretches_of_speech() -> None:
    speeches = await hear(AUDIO, AUDIO)
    assert text(speeches) == f"{NAME} {NAME}"
    assert len({speech.start for speech in speeches}) == 2


async def test_a_recording_broken_off_and_begun_again() -> None:
    half = AUDIO[: len(AUDIO) // 2 // BLOCK * BLOCK]
    speeches = await hear(half, SILENCE * 800, AUDIO)
    assert text(speeches).endswith(NAME)
    assert len({speech.start for speech in speeches}) == 2


async def test_noise_is_not_understood() -> None:
    noise = bytes(range(256)) * 40
    assert await hear(noise) == []
    assert text(await hear(noise, AUDIO)) == NAME


async def test_audio_that_was_decoded_and_encoded_again_is_the_same() -> None:
    assert text(await hear(g711.encode(g711.decode(AUDIO)))) == NAME


async def test_silence_inside_a_recording_belongs_to_it() -> None:
    middle = len(AUDIO) // 2 // BLOCK * BLOCK
    paused = SILENCE * 320 + AUDIO[:middle] + SILENCE * 1600 + AUDIO[middle:] + SILENCE * 320
    ears = PhraseEars({"a long pause": paused})
    speeches = await ears.hear(SILENCE * 1600 + paused)
    assert text(list(speeches)) == "a long pause"
    assert speeches[-1].over


async def test_a_recording_may_be_in_another_language() -> None:
    ears = PhraseEars(Phrasebook(PHRASES, {NAME: "es"}))
    whole = AUDIO + SILENCE * 16000 + PHRASES["hello"]
    speeches = await ears.hear(whole)
    assert {word.text: word.language for speech in speeches for word in speech.words} == {
        **dict.fromkeys(NAME.split(), "es"),
        "hello": "en",
    }
