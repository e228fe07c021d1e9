"""We call somebody and have no voice: a machine is left the message all the same, by the carrier."""

from pathlib import Path

import pytest

from tests.calls.dialling import answers, callee, ended, outgoing
from tests.calls.test_outbound import MESSAGE, RULES, VOICEMAIL, longest
from tests.calls.town import Town, make_line, said, town
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Said, VerbRun

MACHINE = callee(who="machine", greeting=said(longest()), beep=8.5)
APOLOGY = make_line().apology


def spoken(phone: Phone) -> list[str]:
    """What the carrier has said, and when: seconds after the answer."""
    return [record.text for record in phone.log.of(Said)]


def break_voice(place: Town, fault: SpeakFault) -> None:
    place.world.deepgram.speak.fault = fault


@pytest.mark.parametrize("fault", [SpeakFault(refuse=401), SpeakFault(silent=True)])
@pytest.mark.parametrize("greet_after", [1.5, 20.0])
async def test_the_carrier_leaves_the_message_after_the_beep(
    tmp_path: Path, fault: SpeakFault, greet_after: float
) -> None:
    """Whether our voice is found lost at the greeting or not before the message."""
    line = outgoing(voicemail=VOICEMAIL, greet_after=greet_after)
    async with town(tmp_path, line, rules=RULES, **MACHINE) as place:
        break_voice(place, fault)
        dialled, phone = await answers(place)
        await phone.ended(120)
        assert spoken(phone) == [MESSAGE]
        (at,) = [record.at for record in phone.log.of(VerbRun) if record.name == "Say"]
        beeped = (phone.call.answered or 0.0) + 8.5
        assert beeped < at < beeped + 30
        row, kept = await ended(place, dialled), await place.row(phone)
        assert (row.outcome, kept.outcome) == ("voicemail-left", "voicemail-left")
        await place.left(phone)


async def test_a_person_hears_that_we_are_sorry_as_soon_as_it_is_known_to_be_one(tmp_path: Path) -> None:
    line = outgoing(voicemail=VOICEMAIL)
    async with town(tmp_path, line, rules=RULES, **callee(detection=3.0)) as place:
        break_voice(place, SpeakFault(refuse=401))
        dialled, phone = await answers(place)
        await phone.ended(30)
        assert spoken(phone) == [APOLOGY]
        row, kept = await ended(place, dialled), await place.row(phone)
        assert (row.outcome, kept.outcome) == ("failed", "failed")
        assert "401" in kept.reason
        await place.left(phone)


async def test_a_machine_that_is_left_no_message_hears_what_a_person_would(tmp_path: Path) -> None:
    async with town(tmp_path, outgoing(), rules=RULES, **MACHINE) as place:
        break_voice(place, SpeakFault(refuse=401))
        dialled, phone = await answers(place)
        await phone.ended(30)
        assert spoken(phone) == [APOLOGY]
        assert (await ended(place, dialled)).outcome == "failed"
        await place.left(phone)
