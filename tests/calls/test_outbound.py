"""Calls that we make: who answers, what they hear, and what becomes of the attempt."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from processors.frames import RATE
from processors.g711 import SILENCE
from tests.calls import town as towns
from tests.calls.dialling import ANN, HELLO, answers, attempt, callee, ended, outgoing
from tests.calls.town import GREETING, QUESTION, VOICE, heard, hears, make_line, said, town
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.ears import Phrasebook
from trunkline.sandbox.phrases import load as phrases
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import StreamStarted

MESSAGE = "This is Harbour Dental. Please call us back about your visit, Ann. Goodbye."
VOICEMAIL = MESSAGE.replace("Ann", "{name}")
WHO = "Harbour Dental, for Ann."
NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
"""In Washington it is noon."""
RULES = [
    Rule("close today", "At six."),
    Rule("check-up|check up", "Eighty."),
    Rule("leave a message", "Of course."),
    Rule("hello", "Must not be said."),
]
SCRAP = 10
"""Letters of a greeting that go onto a machine's tape until its beep has been recognised."""
RECORDED = "Hi, this is Ann, please leave a message after the tone."
SCREEN = "Hi, record your name and reason for calling, and I'll see if she is available."


LIKE_A_MACHINE = "Could you tell me whether you are open on Sunday?"
LIKE_A_SCREEN = "I would like to book an appointment for my daughter."
"""Recordings in whose sound a machine and a telephone speak here."""


@pytest.fixture
def strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ears know what machines and telephones say."""
    sounds = {RECORDED: said(LIKE_A_MACHINE), SCREEN: said(LIKE_A_SCREEN)}
    known = {"hello": said("hello"), QUESTION: said(QUESTION), "one moment": said("one moment")}
    monkeypatch.setattr(towns, "BOOK", Phrasebook({**sounds, **known}))


def longest() -> str:
    """The phrase that takes longest to say."""
    return max(phrases(), key=lambda text: len(said(text)))


def tape(phone: Phone) -> str:
    """What the machine has recorded, from where it can be told apart from the end of a word before."""
    recorded = VOICE.read(phone.recorded)
    assert recorded.index(MESSAGE) < SCRAP, recorded
    return recorded[recorded.index(MESSAGE) :]


def first_heard(phone: Phone) -> float:
    """Seconds after the answer at which the first sound of the agent was heard."""
    sound = phone.heard
    return (len(sound) - len(sound.lstrip(SILENCE))) / RATE


async def test_who_is_silent_is_greeted_after_a_moment(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing(), rules=RULES, **callee(detection=2.0)) as place:
        dialled, phone = await answers(place)
        await hears(phone, HELLO)
        assert 1.5 < first_heard(phone) < 2.0
        await phone.say(said(QUESTION))
        await hears(phone, "At six.")
        assert [message["content"] for message in place.messages()] == [HELLO, QUESTION]
        await phone.hang_up()
        await phone.ended()
        row = await ended(place, dialled)
        assert (row.status, row.outcome, row.answered_by) == ("ended", "answered-human", "human")
        assert row.sid == phone.sid == dialled.sid
        kept = await place.row(phone)
        assert (kept.direction, kept.caller, kept.called) == ("outbound-api", ANN, "+15550100")
        assert (kept.outcome, kept.answered_by) == ("caller-hung-up", "human")
        await place.left(phone)


async def test_who_says_hello_is_greeted_then_and_the_model_is_not_asked(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing(greet_after=5.0), rules=RULES, **callee()) as place:
        _, phone = await answers(place)
        await asyncio.sleep(0.4)
        await phone.say(said("hello"))
        await hears(phone, HELLO)
        assert 0.9 < first_heard(phone) < 2.5  # not into the "hello", and not after a silence
        await phone.say(said(QUESTION))
        await hears(phone, "At six.")
        assert heard(phone) == HELLO + "At six."
        assert len(place.world.openai.requests) == 1
        assert [message["content"] for message in place.messages()] == ["hello", HELLO, QUESTION]
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


async def test_the_greeting_of_the_line_will_do(tmp_path: Path) -> None:
    async with town(tmp_path, make_line(), rules=RULES, **callee()) as place:
        place.service.dialler._now = lambda: NOON
        _, phone = await answers(place, data={})
        await hears(phone, GREETING)
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


async def test_a_machine_records_the_whole_message_after_its_beep_and_nothing_else(tmp_path: Path) -> None:
    machine = callee(who="machine", greeting=said(longest()), beep=8.5)
    line = outgoing(voicemail=VOICEMAIL)
    async with town(tmp_path, line, rules=RULES, **machine) as place:
        dialled, phone = await answers(place)
        await phone.ended(60)
        assert tape(phone) == MESSAGE
        row = await ended(place, dialled)
        assert (row.outcome, row.answered_by) == ("voicemail-left", "machine_end_beep")
        kept = await place.row(phone)
        assert (kept.outcome, kept.answered_by) == ("voicemail-left", "machine_end_beep")
        assert phone.status == "completed"
        await place.left(phone)


async def test_a_verdict_in_mid_greeting_stops_it_and_the_message_waits_for_the_beep(tmp_path: Path) -> None:
    long = "Hello {name}, this is Harbour Dental with a reminder of your visit to us on Monday at nine."
    machine = callee(who="machine", beep=4.0)
    line = outgoing(greeting=long, voicemail=VOICEMAIL)
    async with town(tmp_path, line, rules=RULES, **machine) as place:
        dialled, phone = await answers(place)
        await phone.ended(60)
        greeting = long.format(name="Ann")
        assert tape(phone) == MESSAGE
        before = heard(phone).removesuffix(MESSAGE)
        assert 5 < len(before) < len(greeting)
        assert greeting.startswith(before)
        assert (await ended(place, dialled)).outcome == "voicemail-left"
        await place.left(phone)


async def test_what_a_machine_says_into_the_message_changes_nothing(tmp_path: Path) -> None:
    machine = callee(who="machine", beep=2.0)
    async with town(tmp_path, outgoing(voicemail=VOICEMAIL), rules=RULES, **machine) as place:
        dialled, phone = await answers(place)
        await asyncio.sleep(4.0)
        for _ in range(4):
            await phone.say(said("Can you turn the television down?"))
            await asyncio.sleep(0.3)
        await phone.ended(60)
        assert tape(phone) == MESSAGE
        assert place.world.openai.requests == []
        assert (await ended(place, dialled)).outcome == "voicemail-left"
        await place.left(phone)


async def test_a_machine_without_a_message_for_it_is_hung_up_on(tmp_path: Path) -> None:
    line = outgoing(amd="start")
    machine = callee(who="machine", detection=3.0, greeting=said(longest()))
    async with town(tmp_path, line, rules=RULES, **machine) as place:
        dialled, phone = await answers(place)
        await phone.ended(30)
        assert len(phone.heard) / RATE < 4.5
        row = await ended(place, dialled)
        assert (row.outcome, row.answered_by) == ("answered-machine", "machine_start")
        assert (await place.row(phone)).outcome == "answered-machine"
        await place.left(phone)


async def test_a_fax_is_hung_up_on(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing(voicemail=VOICEMAIL), rules=RULES, **callee(who="fax")) as place:
        dialled, phone = await answers(place)
        await phone.ended(30)
        assert MESSAGE not in heard(phone)
        row = await ended(place, dialled)
        assert (row.outcome, row.answered_by) == ("answered-machine", "fax")
        assert (await place.row(phone)).outcome == "fax"
        await place.left(phone)


async def test_who_converses_is_no_machine_whatever_the_verdict(tmp_path: Path) -> None:
    odd = callee(who="machine", detection=12.0)
    async with town(tmp_path, outgoing(voicemail=VOICEMAIL), rules=RULES, **odd) as place:
        dialled, phone = await answers(place)
        await asyncio.sleep(0.4)
        await phone.say(said("hello"))
        await hears(phone, HELLO)
        await phone.say(said(QUESTION))
        await hears(phone, "At six.")
        await phone.say(said("And how much is a check-up?"))
        await hears(phone, "Eighty.")
        assert len(phone.heard) / RATE < 12
        await asyncio.sleep(6)
        assert heard(phone) == HELLO + "At six." + "Eighty."
        await phone.hang_up()
        await phone.ended()
        row = await ended(place, dialled)
        assert (row.outcome, row.answered_by) == ("answered-human", "machine_end_beep")
        await place.left(phone)


@pytest.mark.usefixtures("strangers")
async def test_words_that_sound_recorded_are_not_greeted_before_the_verdict(tmp_path: Path) -> None:
    machine = callee(who="machine", greeting=said(LIKE_A_MACHINE), beep=6.0)
    async with town(tmp_path, outgoing(voicemail=VOICEMAIL), rules=RULES, **machine) as place:
        dialled, phone = await answers(place)
        await phone.ended(60)
        assert heard(phone) == MESSAGE
        assert place.world.openai.requests == []
        assert (await ended(place, dialled)).outcome == "voicemail-left"
        await place.left(phone)


@pytest.mark.usefixtures("strangers")
async def test_a_person_who_sounded_recorded_is_greeted_at_the_verdict(tmp_path: Path) -> None:
    person = callee(greeting=said(LIKE_A_MACHINE), detection=8.0)
    async with town(tmp_path, outgoing(), rules=RULES, **person) as place:
        _, phone = await answers(place)
        await hears(phone, HELLO)
        assert 8.0 < first_heard(phone) < 10.0
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


@pytest.mark.usefixtures("strangers")
async def test_who_asks_who_is_calling_is_told_and_the_person_is_greeted(tmp_path: Path) -> None:
    screened = callee(greeting=said(LIKE_A_SCREEN), detection=4.0)
    async with town(tmp_path, outgoing(screening="Harbour Dental, for {name}."), **screened) as place:
        dialled, phone = await answers(place)
        await hears(phone, WHO)
        await phone.say(said("one moment"))
        await asyncio.sleep(8)
        assert heard(phone) == WHO
        await phone.say(said("hello"))
        await hears(phone, HELLO)
        assert heard(phone) == WHO + HELLO
        assert place.world.openai.requests == []
        await phone.hang_up()
        await phone.ended()
        assert (await ended(place, dialled)).outcome == "answered-human"
        await place.left(phone)


async def test_what_the_person_says_while_nobody_knows_is_answered_by_the_greeting_alone(
    tmp_path: Path,
) -> None:
    """An unknown verdict changes nothing."""
    async with town(tmp_path, outgoing(), rules=RULES, **callee(who="unknown", detection=1.0)) as place:
        dialled, phone = await answers(place)
        await hears(phone, HELLO)
        await phone.hang_up()
        await phone.ended()
        row = await ended(place, dialled)
        assert (row.outcome, row.answered_by) == ("answered-human", "unknown")
        await place.left(phone)


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "failed"])
async def test_a_call_that_nobody_answers_is_kept_with_its_outcome(tmp_path: Path, outcome: Any) -> None:
    async with town(tmp_path, outgoing(), rules=RULES, **callee(outcome=outcome)) as place:
        dialled = await attempt(place)
        row = await ended(place, dialled)
        assert (row.status, row.outcome, row.claim) == ("ended", outcome, None)
        await place.service.store.flush()
        kept = await place.service.store.call(dialled.sid or "")
        assert kept is not None
        assert (kept.outcome, kept.caller, kept.direction) == (outcome, ANN, "outbound-api")
        assert place.service.switchboard.admission._load().total() == 0


async def test_a_lost_stream_is_no_end_of_the_call(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing(), rules=RULES, **callee(detection=2.0)) as place:
        dialled, phone = await answers(place)
        await phone.until(StreamStarted)
        phone.break_stream()  # before anybody was greeted: there is nothing to be sorry for
        await hears(phone, HELLO)
        assert heard(phone) == HELLO
        phone.break_stream()
        await asyncio.sleep(6)
        await phone.say(said(QUESTION))
        await hears(phone, "At six.")
        await phone.hang_up()
        await phone.ended()
        assert (await ended(place, dialled)).outcome == "answered-human"
        await place.left(phone)
