"""An utterance is read while it grows: words keep their times, and the last word is never lost."""

import asyncio
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from trunkline.sandbox.ears import Speech, Word
from trunkline.sandbox.speech import reader
from trunkline.sandbox.speech.moonshine import Transcript
from trunkline.sandbox.speech.reader import BREATH_MS, INTERIM_MS, Reader, agreement
from trunkline.sandbox.speech.utterance import Utterance
from trunkline.sandbox.speech.worker import compute


class Recogniser:
    """Understands what it is told, and counts how often it was asked."""

    def __init__(self) -> None:
        self.next = Transcript("", 0.0)
        self.asked = 0

    def __call__(self, audio: NDArray[np.float32]) -> Transcript:
        self.asked += 1
        return self.next


@pytest.fixture
def recogniser(monkeypatch: pytest.MonkeyPatch) -> Recogniser:
    recogniser = Recogniser()
    monkeypatch.setattr(reader, "transcribe", recogniser)
    return recogniser


def spoken(text: str) -> list[Word]:
    return [Word(word, 0, 0) for word in text.split()]


def speech(end_ms: int) -> Utterance:
    return Utterance(start_ms=1000, end_ms=end_ms, windows=[bytes(512)])


async def read(reading: Reader, now: float) -> Speech:
    """What is known once no reading is under way."""
    reading.look(now)
    await asyncio.sleep(0)  # the reading begins
    await compute(int)  # and is over, since first come is first served
    await asyncio.sleep(0.001)
    return reading.look(now)


def texts(spoken: Speech) -> str:
    return " ".join(word.text for word in spoken.words)


async def test_new_speech_is_read_every_400_ms_and_not_sooner(recogniser: Recogniser) -> None:
    utterance = speech(1000 + INTERIM_MS - 32)
    reading = Reader(utterance)
    await read(reading, 1.4)
    assert recogniser.asked == 0
    utterance.end_ms += 32
    recogniser.next = Transcript("Hello", 0.9)
    assert texts(await read(reading, 1.4)) == "Hello"
    assert recogniser.asked == 1


async def test_a_breath_is_enough_to_read_all_of_it(recogniser: Recogniser) -> None:
    utterance = speech(1100)
    utterance.quiet_ms = BREATH_MS
    recogniser.next = Transcript("Yes.", 0.9)
    assert texts(await read(Reader(utterance), 1.3)) == "Yes."


async def test_speech_is_said_to_last_until_its_last_words_are_known(recogniser: Recogniser) -> None:
    utterance = speech(2000)
    reading = Reader(utterance)
    recogniser.next = Transcript("Hello there", 0.9)
    utterance.over, utterance.quiet_ms = True, 300
    pending = reading.look(1.9)
    assert (pending.end, pending.over) == (1.9, False)
    final = await read(reading, 2.4)
    assert (final.end, final.over, texts(final)) == (2.0, True, "Hello there")


async def test_words_that_are_read_again_keep_their_times(recogniser: Recogniser) -> None:
    utterance = speech(2000)
    reading = Reader(utterance)
    recogniser.next = Transcript("Hello. I would", 0.9)
    await read(reading, 1.0)
    utterance.end_ms = 2400
    recogniser.next = Transcript("Hello. I would like", 0.9)
    first = await read(reading, 2.4)
    utterance.end_ms, utterance.over = 3000, True
    recogniser.next = Transcript("Hello, I would like tea.", 0.9)
    second = await read(reading, 3.0)
    times = [(word.start, word.end) for word in second.words]
    assert times[:4] == [(word.start, word.end) for word in first.words]
    assert texts(second) == "Hello, I would like tea."
    assert times[-1][1] == pytest.approx(3.0)
    assert all(a[1] <= b[0] + 1e-9 for a, b in pairwise(times))


async def test_a_guess_how_it_goes_on_is_the_last_word(recogniser: Recogniser) -> None:
    utterance = speech(2000)
    reading = Reader(utterance)
    recogniser.next = Transcript("Move it to ten o'clock", 0.9)
    await read(reading, 2.0)
    utterance.end_ms = 2500
    recogniser.next = Transcript("Move it to ten o'clock in the morning?", 0.9)
    heard = [word.text for word in (await read(reading, 2.5)).words]
    assert heard == ["Move", "it", "to", "ten", "o'clock", "in the morning?"]
    utterance.end_ms, utterance.over = 2600, True
    recogniser.next = Transcript("Move it to ten o'clock instead.", 0.9)
    assert texts(await read(reading, 2.6)) == "Move it to ten o'clock instead."


async def test_all_words_of_a_reading_count_once_it_proves_to_be_the_last(recogniser: Recogniser) -> None:
    utterance = speech(2000)
    reading = Reader(utterance)
    recogniser.next = Transcript("How much is a check-out?", 0.9)
    await read(reading, 2.0)
    utterance.end_ms, utterance.quiet_ms = 2200, BREATH_MS
    recogniser.next = Transcript("How much is a check-up?", 0.9)
    await read(reading, 2.4)
    utterance.over = True
    final = reading.look(2.5)
    assert [word.text for word in final.words] == ["How", "much", "is", "a", "check-up?"]


async def test_of_speech_that_goes_on_only_sure_words_are_final(recogniser: Recogniser) -> None:
    utterance = speech(2000)
    reading = Reader(utterance)
    recogniser.next = Transcript("Hello, what are you", 0.9)
    await read(reading, 2.0)
    utterance.end_ms = 2300
    recogniser.next = Transcript("Hello, what are your own", 0.9)
    await reading.finish(2.3)
    flushed = reading.look(2.3)
    assert (texts(flushed), flushed.over) == ("Hello, what are", False)
    utterance.end_ms, utterance.over = 3000, True
    recogniser.next = Transcript("Hello, what are your hours?", 0.9)
    final = await read(reading, 3.3)
    assert final.start == flushed.start
    assert [word.text for word in final.words if word.start >= 2.3] == ["your", "hours?"]


async def test_speech_starts_when_it_is_first_noticed(recogniser: Recogniser) -> None:
    recogniser.next = Transcript("Hello", 0.9)
    utterance = speech(2000)
    utterance.over = True
    reading = Reader(utterance)
    reading.look(1.1)
    final = await read(reading, 2.3)
    assert (final.start, final.end) == (1.1, 2.0)
    assert final.words[0].start == 1.1
    assert final.words[0].end == pytest.approx(2.0)


async def test_what_is_doubtful_changes_nothing_while_it_goes_on_and_is_nothing_at_the_end(
    recogniser: Recogniser,
) -> None:
    utterance = speech(2000)
    reading = Reader(utterance)
    recogniser.next = Transcript("Hello", 0.9)
    await read(reading, 2.0)
    utterance.end_ms = 2500
    recogniser.next = Transcript("You", 0.4)
    assert texts(await read(reading, 2.5)) == "Hello"
    utterance.end_ms, utterance.over = 2600, True
    assert texts(await read(reading, 2.6)) == ""


async def test_it_can_be_made_to_finish(recogniser: Recogniser) -> None:
    recogniser.next = Transcript("Wait", 0.9)
    reading_over = speech(1100)
    reading_over.over = True
    reading = Reader(reading_over)
    await reading.finish(1.2)
    assert texts(reading.look(1.2)) == "Wait"
    assert reading.done


async def test_closing_leaves_no_task(recogniser: Recogniser) -> None:
    reading = Reader(speech(2000))
    reading.look(2.0)
    await reading.close()
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


def test_agreement_is_about_words_not_about_how_they_are_written() -> None:
    words = spoken("Hello. there")
    assert agreement(spoken("hello There, you"), words) == 2
    assert agreement(spoken("Yellow there"), words) == 0
    assert agreement([], words) == 0
