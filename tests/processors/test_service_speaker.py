"""A service of pipecat speaks what it is asked for; nothing of what was dropped comes out of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pipecat.frames.frames import InterruptionFrame, TTSAudioRawFrame

from processors import g711
from processors.errors import VendorError
from processors.service_speaker import SILENCE_LIMIT, ServiceSpeaker
from processors.utterances import Label, Speech, Utterances
from tests.calls.second_vendors import OtherTTS
from tests.calls.town import VOICE
from tests.processors.test_understudy import Idle
from tests.support import Bench

USUAL = Label()
KEPT = Label(interruptible=False)


class Talk:
    """A speaker, what it is asked for, and what it has said."""

    def __init__(self, bench: Bench, service: OtherTTS) -> None:
        self.utterances = Utterances()
        self.service = service
        self.errors: list[VendorError] = []
        self.speaker = ServiceSpeaker(service, bench.stage, self.utterances, lambda: None, self.errors.append)
        self.heard = b""

    def ask(self, *texts: str, label: Label = USUAL) -> None:
        for text in texts:
            self.utterances.say(text, label)
            self.utterances.close()
        self.speaker.pump()

    def said(self) -> str:
        while isinstance(taken := self.utterances.take(8000), Speech):
            self.heard += taken.audio
        return VOICE.read(self.heard)


@asynccontextmanager
async def talk(service: OtherTTS) -> AsyncIterator[Talk]:
    async with Bench(Idle()) as bench:
        made = Talk(bench, service)
        yield made
        await made.speaker.close()


async def test_each_text_is_asked_for_by_itself_and_in_order() -> None:
    async with talk(OtherTTS()) as spoken:
        spoken.ask("One.", "Two.", "Three.")
        await asyncio.sleep(1)
        assert spoken.said() == "One.Two.Three."
        assert spoken.service.texts == ["One.", "Two.", "Three."]
        assert not spoken.utterances.need_a_vendor


async def test_of_a_long_reply_little_is_made_ahead() -> None:
    async with talk(OtherTTS(pace=0.1)) as spoken:
        spoken.ask("One.", "Two.", "Three.", "Four.")
        await asyncio.sleep(0.5)
        spoken.speaker.interrupt()
        await asyncio.sleep(2)
        assert len(spoken.service.texts) <= 2
        assert spoken.said() == ""


async def test_an_interruption_ends_it_and_the_next_text_is_clean() -> None:
    async with talk(OtherTTS(pace=0.05)) as spoken:
        spoken.ask("This is a rather long sentence.")
        await asyncio.sleep(0.5)
        spoken.speaker.interrupt()
        spoken.ask("Yes?")
        await asyncio.sleep(2)
        assert spoken.said() == "Yes?"


async def test_what_must_be_heard_to_its_end_goes_on() -> None:
    async with talk(OtherTTS(pace=0.05)) as spoken:
        spoken.ask("Keep.", label=KEPT)
        spoken.ask("Drop.")
        await asyncio.sleep(0.1)
        spoken.speaker.interrupt()
        spoken.ask("Next.")
        await asyncio.sleep(3)
        assert spoken.said() == "Keep.Next."


async def test_audio_of_nobody_s_is_dropped() -> None:
    async with talk(OtherTTS(pace=0.05)) as spoken:
        spoken.ask("This is a rather long sentence.")
        await asyncio.sleep(0.5)
        stale = spoken.speaker._asked[0].context
        spoken.speaker.interrupt()
        spoken.ask("Yes?")
        await asyncio.sleep(0.1)
        for context in (stale, "another", None):
            frame = TTSAudioRawFrame(g711.decode(VOICE.say("x")), 8000, 1, context_id=context)
            await spoken.service.push_frame(frame)
        await asyncio.sleep(2)
        assert spoken.said() == "Yes?"


async def test_other_sample_rates_are_brought_to_the_telephone_s() -> None:
    async with talk(OtherTTS(sample_rate=16_000)) as spoken:
        spoken.ask("One sentence, and another one behind it.")
        await asyncio.sleep(1)
        spoken.said()
        expected = len(VOICE.say("One sentence, and another one behind it.")) / 2
        assert len(spoken.heard) == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("service", [OtherTTS(breaks_after=1), OtherTTS(pace=60)], ids=["errs", "silent"])
async def test_failing_it_leaves_what_it_did_not_say(service: OtherTTS) -> None:
    async with talk(service) as spoken:
        spoken.ask("One.", "Two.")
        await asyncio.sleep(2 * SILENCE_LIMIT)
        assert len(spoken.errors) == 1
        assert "OtherTTS" in str(spoken.errors[0])
        left = [group.text for group in spoken.utterances._groups() if group.unsent]
        assert left == (["Two."] if service.texts == ["One."] and spoken.said() else ["One.", "Two."])


async def test_a_service_that_ignores_an_interruption_is_given_up() -> None:
    class Deaf(OtherTTS):
        async def push_frame(self, frame, direction=None):  # type: ignore[no-untyped-def]
            if not isinstance(frame, InterruptionFrame):
                await super().push_frame(frame, *([direction] if direction else []))

    async with talk(Deaf(pace=0.05)) as spoken:
        spoken.ask("This is a rather long sentence.")
        await asyncio.sleep(0.5)
        spoken.speaker.interrupt()
        spoken.ask("Yes?")
        await asyncio.sleep(1.2)
        assert "did not stop" in str(spoken.errors[0])
        assert [group.text for group in spoken.utterances._groups()] == ["Yes?"]
