"""What the scripted voice says can be read back, whole or in pieces."""

from itertools import pairwise

import pytest

from processors.g711 import SILENCE, decode, encode
from trunkline.sandbox.voice import CHARACTER, ScriptedVoice, Voice, tone

TEXTS = ["Hello.", "aaaall", "That is £5, na\u00efve “quoted” — 日本", "  two  spaces ", ""]


@pytest.mark.parametrize("text", TEXTS)
async def test_what_is_said_is_read(text: str) -> None:
    voice: Voice = ScriptedVoice()
    said = b"".join([chunk async for chunk in voice.speak(text, "aura-2-thalia-en")])
    assert ScriptedVoice().read(said) == text
    assert len(said) == len(text) * CHARACTER


def test_a_character_counts_when_more_than_half_of_it_is_heard() -> None:
    voice = ScriptedVoice()
    said = voice.say("hello")
    for cut in range(0, len(said), 41):
        assert voice.read(said[:cut]) == "hello"[: round(cut / CHARACTER)]
        assert voice.read(said[cut:]) == "hello"[round(cut / CHARACTER) :]


def test_silence_and_packets_in_between_change_nothing() -> None:
    voice = ScriptedVoice()
    said = voice.say("one two")
    packets = [said[at : at + 1600] + SILENCE * 320 for at in range(0, len(said), 1600)]
    assert voice.read(SILENCE * 99 + b"".join(packets)) == "one two"


def test_it_survives_pcm() -> None:
    voice = ScriptedVoice()
    assert voice.read(encode(decode(voice.say("Good morning.")))) == "Good morning."


def test_no_two_characters_sound_alike_and_none_is_silence() -> None:
    tones = [tone(chr(point)) for point in range(0x7D83)]
    assert len({frozenset(sound) for sound in tones}) == len(tones)
    assert not any(SILENCE in sound for sound in tones)
    assert all(first != second for first, second in pairwise(tones))


def test_a_character_beyond_the_tones_is_still_heard() -> None:
    assert ScriptedVoice().read(tone("\U0001f600")) == "?"
