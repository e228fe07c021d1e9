"""Turns end where nobody tells their end, and no word is said twice for it."""

import asyncio

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from processors.frames import FinalWordsFrame
from processors.turn_marks import ASKED_LATE, FINAL_LATE, SILENCE, UNSEEN, TurnMarks


class Listener:
    """Marks, and what they push."""

    def __init__(self, is_needed: bool = True) -> None:
        self.pushed: list[str] = []
        self.marks = TurnMarks(self._push)
        self.marks.is_needed = is_needed

    async def _push(self, frame: Frame) -> None:
        self.pushed.append(frame.text if isinstance(frame, TranscriptionFrame) else type(frame).__name__)

    def starts(self) -> None:
        self.marks.sign(VADUserStartedSpeakingFrame())

    def stops(self) -> None:
        self.marks.sign(VADUserStoppedSpeakingFrame(stop_secs=0.2))

    def final(self, text: str) -> str | None:
        frame = TranscriptionFrame(text, "", "")
        return frame.text if self.marks.words(frame) else None

    def interim(self, text: str) -> str | None:
        frame = InterimTranscriptionFrame(text, "", "")
        return frame.text if self.marks.words(frame) else None


END = ProposedUserStoppedSpeakingFrame.__name__


async def test_a_turn_is_over_at_a_silence_behind_final_words() -> None:
    listener = Listener()
    listener.starts()
    listener.final("Hello")
    await asyncio.sleep(5)
    assert listener.pushed == []  # the caller still speaks
    listener.stops()
    await asyncio.sleep(SILENCE - 0.2 - 0.05)
    assert listener.pushed == []
    await asyncio.sleep(0.1)
    assert listener.pushed == [END]
    await asyncio.sleep(5)
    assert listener.pushed == [END]


async def test_interim_words_are_taken_when_nothing_better_comes_and_not_once_more() -> None:
    listener = Listener()
    listener.starts()
    listener.interim("hello there")
    listener.stops()
    await asyncio.sleep(FINAL_LATE)
    assert listener.pushed == ["hello there", END]
    assert listener.interim("hello") is None
    assert listener.final("Hello, there!") is None
    assert listener.final("Hello there") == "Hello there"


async def test_more_words_than_were_taken_are_the_rest() -> None:
    listener = Listener()
    listener.starts()
    listener.interim("I want a")
    listener.stops()
    listener.marks.sign(FinalWordsFrame())
    await asyncio.sleep(ASKED_LATE + 0.01)
    assert listener.pushed == ["I want a", END]
    assert listener.final("I want a check-up.") == "check-up."


async def test_the_same_words_said_again_are_new() -> None:
    listener = Listener()
    for _ in range(2):
        listener.starts()
        assert listener.interim("yes please") == "yes please"
        listener.stops()
        await asyncio.sleep(FINAL_LATE)
    assert listener.pushed == ["yes please", END] * 2


async def test_without_a_vad_words_alone_tell() -> None:
    listener = Listener()
    listener.final("Hello")
    await asyncio.sleep(UNSEEN - 0.1)
    listener.final("there")
    await asyncio.sleep(UNSEEN - 0.1)
    assert listener.pushed == []
    await asyncio.sleep(0.2)
    assert listener.pushed == [END]


async def test_nothing_is_said_where_a_recogniser_tells_of_turns() -> None:
    listener = Listener(is_needed=False)
    listener.starts()
    listener.final("Hello")
    listener.stops()
    assert listener.marks.is_open
    await asyncio.sleep(5)
    assert listener.pushed == []
    listener.marks.over()
    assert listener.marks.is_quiet
