import numpy as np

from benchmarks.dialogue.material import quieter
from benchmarks.dialogue.voice import NumberedVoice, words
from benchmarks.panel.sound import BRIDGE, Channel
from processors import g711
from processors.g711 import SILENCE

TEXT = "We are open on weekdays, and on Saturdays. Do drop by."


def heard(voice: NumberedVoice, mulaw: bytes) -> str:
    return " ".join(word.text for word, _ in voice.heard(mulaw))


def test_what_it_said_can_be_read_wherever_it_is_in_a_recording() -> None:
    voice = NumberedVoice()
    said = voice.say(TEXT)
    recording = SILENCE * 1237 + said
    assert heard(voice, recording) == TEXT
    word, at = voice.heard(recording)[0]
    assert (word.text, word.saying, word.place, at) == ("We", 0, 0, 1237 / 8000)


def test_it_can_be_read_ducked_and_encoded_anew() -> None:
    voice = NumberedVoice()
    said = voice.say(TEXT)
    assert heard(voice, quieter(said, 12)) == TEXT
    assert heard(voice, g711.encode(g711.decode(said))) == TEXT


def test_a_word_is_heard_once_more_than_half_of_it_was() -> None:
    voice = NumberedVoice()
    said = voice.say("constantinople")
    assert heard(voice, said[: len(said) * 45 // 100]) == ""
    assert heard(voice, said[: len(said) * 55 // 100]) == "constantinople"
    assert heard(voice, SILENCE * 9000) == ""


def test_the_same_text_sounds_different_each_time_and_words_differ_in_pace() -> None:
    voice = NumberedVoice()
    first, second = voice.say(TEXT), voice.say(TEXT)
    assert [word.saying for word, _ in voice.heard(second)] == [1] * 11
    assert first != second
    alike = voice.say("door door door door door door door door")
    starts = [at for _, at in voice.heard(alike)]
    assert len({round(step, 2) for step in np.diff(starts)}) > 1


def test_its_pauses_do_not_end_a_stretch_of_talk() -> None:
    (stretch,) = Channel(NumberedVoice().say(TEXT + " " + TEXT)).stretches
    assert stretch.start == 0
    assert BRIDGE > 0.16


async def test_it_speaks_for_the_emulator() -> None:
    voice = NumberedVoice()
    assert [heard(voice, chunk) async for chunk in voice.speak("All right.", "aura-2-thalia-en")] == [
        "All right."
    ]


def test_words_are_without_capitals_and_punctuation() -> None:
    assert list(words('Yes, "that" is: so! –')) == ["yes", "that", "is", "so", "–"]
