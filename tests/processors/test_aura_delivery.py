"""Speech is begun once, announced once a text, and ended only if there was any."""

from collections.abc import Iterable

from pipecat.frames.frames import Frame

from processors.aura_delivery import Delivery, EndOfSpeech
from processors.utterances import Group, Label

LABEL = Label()


def names(frames: Iterable[Frame]) -> list[str]:
    return [type(frame).__name__.removesuffix("Frame") for frame in frames]


def test_a_text_is_announced_ahead_of_its_first_audio() -> None:
    delivery, group = Delivery(), Group("Hello.")
    assert names(delivery.audio(group, b"\x10")) == ["TTSStarted", "TTSText", "Speech"]
    assert names(delivery.audio(group, b"\x10")) == ["Speech"]
    assert names(delivery.audio(Group("Goodbye."), b"\x10")) == ["TTSText", "Speech"]


def test_an_end_is_told_of_what_was_heard_and_of_nothing_else() -> None:
    delivery = Delivery()
    assert names(delivery.end(EndOfSpeech(LABEL, is_committed=True))) == []
    list(delivery.audio(Group("Hello."), b"\x10"))
    assert names(delivery.end(EndOfSpeech(LABEL, is_committed=True))) == [
        "TTSStopped",
        "LLMAssistantPushAggregation",
    ]
    assert names(delivery.end(EndOfSpeech(LABEL, is_committed=False))) == []


def test_a_group_that_is_dropped_between_two_frames_sounds_no_more() -> None:
    delivery, group = Delivery(), Group("Hello.")
    frames = delivery.audio(group, b"\x10")
    assert names([next(frames)]) == ["TTSStarted"]
    group.is_dropped = True
    assert names(frames) == []


def test_speech_that_was_cut_begins_anew() -> None:
    delivery = Delivery()
    list(delivery.audio(Group("Hello."), b"\x10"))
    delivery.cut()
    assert names(delivery.audio(Group("Sorry."), b"\x10"))[0] == "TTSStarted"
