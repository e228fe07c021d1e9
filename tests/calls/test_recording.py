"""A call is kept as sound while it goes on: two channels, each where the carrier has it, come what may."""

import asyncio
from pathlib import Path

import pytest
import soundfile  # type: ignore[import-untyped]

from tests.calls.dialling import answers, callee, ended
from tests.calls.sound import MS, Recorded, left, linear, loud, offset, over, recorded_line, recording
from tests.calls.town import (
    GREETING,
    LONG,
    PRICE,
    PRICE_QUESTION,
    QUESTION,
    VOICE,
    Town,
    hears,
    make_line,
    said,
    town,
)
from trunkline import Recording, comfort_noise, vad, words
from trunkline.outbound.manners import Outbound
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import StreamStarted

SECOND = 1000 * MS


def first_loud(mulaw: bytes, since: int = 0) -> int:
    samples = linear(mulaw)
    return next(at for at in range(since, len(samples)) if samples[at])


def aligned(recorded: Recorded, phone: Phone, *, within: int = MS) -> int:
    """Check both channels at each second that holds sound; how many places were compared."""
    places, found = 0, []
    for mine, known in ((recorded.caller, phone.said), (recorded.agent, phone.heard)):
        for at in range(0, len(mine) - SECOND, SECOND):
            if loud(mine[at : at + SECOND]) > SECOND // 4:
                found.append(offset(mine, known, at, SECOND))
                places += 1
    assert max(found) - min(found) <= within, found
    return places


async def conversation(place: Town, phone: Phone) -> None:
    await hears(phone, GREETING)
    await phone.say(said(QUESTION))
    await asyncio.sleep(16)
    await phone.say(said(PRICE_QUESTION))
    await hears(phone, PRICE)


async def test_both_channels_are_where_the_carrier_has_them(tmp_path: Path) -> None:
    async with town(tmp_path, recorded_line()) as place:
        phone = await place.call()
        await conversation(place, phone)
        recorded = await over(place, phone)
        assert len(recorded.caller) == len(recorded.agent)
        assert aligned(recorded, phone) > 10
        assert VOICE.read(recorded.agent) == VOICE.read(phone.heard)
        assert abs(len(recorded.caller) - len(phone.heard)) <= 40 * MS


async def test_any_reader_of_wav_files_reads_it(tmp_path: Path) -> None:
    async with town(tmp_path, recorded_line()) as place:
        phone = await place.call()
        await conversation(place, phone)
        recorded = await over(place, phone)
        path = await recording(place, phone)
    found = soundfile.info(path)
    assert (found.channels, found.samplerate, found.subtype) == (2, 8000, "ULAW")
    assert found.frames == len(recorded.agent)
    both, _ = soundfile.read(path, dtype="int16")
    assert (both[:, 0] == linear(recorded.caller)).all()
    assert (both[:, 1] == linear(recorded.agent)).all()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.parent.parent == place.service.settings.recordings
    assert (path.parent.parent.name, path.stem) == ("desk", phone.sid)


async def test_jitter_and_loss_leave_silence_of_the_right_length(tmp_path: Path) -> None:
    async with town(tmp_path, recorded_line()) as place:
        phone = await place.call()
        with phone.jitter(ms=120), phone.dropping(0.1):
            await hears(phone, GREETING)
            for _ in range(12):
                await phone.say(said(QUESTION))
                phone.hush()
                await asyncio.sleep(1)
        recorded = await over(place, phone)
        assert aligned(recorded, phone) > 10
        kept, known = linear(recorded.caller), linear(phone.said)[: len(recorded.caller)]
        missing = [at for at in range(0, len(kept) - 160, 160) if loud(phone.said[at : at + 160])]
        same = sum(bool((kept[at : at + 160] == known[at : at + 160]).all()) for at in missing)
        assert 0.85 < same / len(missing) < 0.95
        assert not any(
            loud(recorded.caller[at : at + 160]) and not (kept[at : at + 160] == known[at : at + 160]).all()
            for at in missing
        )


@pytest.mark.parametrize("policy", [vad, words(1), words(1, meanwhile="hold")], ids=["vad", "duck", "hold"])
async def test_it_has_what_was_heard_of_an_interrupted_reply(tmp_path: Path, policy: object) -> None:
    async with town(tmp_path, recorded_line(barge_in=policy), rules=[Rule(".", LONG)]) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await hears(phone, LONG[:15])
        await phone.say(said("no thank you"))
        await asyncio.sleep(4)
        recorded = await over(place, phone)
        assert VOICE.read(recorded.agent).startswith(GREETING + LONG[:15])
        assert VOICE.read(recorded.agent) == VOICE.read(phone.heard)
        assert abs(loud(recorded.agent) - loud(phone.heard[: len(recorded.agent)])) <= 20 * MS
        assert aligned(recorded, phone) > 4


async def test_ambience_is_in_it(tmp_path: Path) -> None:
    line = recorded_line(ambience=comfort_noise(-50), barge_in=vad)
    async with town(tmp_path, line) as place:
        phone = await place.call()
        await asyncio.sleep(2)
        await phone.say(said(QUESTION))
        await asyncio.sleep(16)
        recorded = await over(place, phone)
        assert aligned(recorded, phone) > 15
        assert loud(recorded.agent) > 0.95 * len(recorded.agent)


async def test_streams_of_one_call_are_one_file_with_the_gap_as_silence(tmp_path: Path) -> None:
    async with town(tmp_path, recorded_line()) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await hears(phone, LONG[:15])
        phone.break_stream()
        since = len(phone.log)
        await phone.until(StreamStarted, since=since)
        await asyncio.sleep(20)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        recorded = await over(place, phone)
        assert len(phone.log.of(StreamStarted)) == 2
        assert aligned(recorded, phone, within=20 * MS) > 10
        assert VOICE.read(recorded.agent) == VOICE.read(phone.heard)


async def test_a_reader_in_the_middle_of_the_call_finds_a_whole_file(tmp_path: Path) -> None:
    async with town(tmp_path, recorded_line()) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await asyncio.sleep(5)
        await place.service.vendors.disk.flush()
        row = await place.row(phone)
        path = place.service.settings.recordings / row.recording
        both, _ = soundfile.read(path, dtype="int16")
        recorded, known = Recorded.of(path), phone.heard
        assert (both[:, 1] == linear(recorded.agent)).all()
        assert len(known) - 4 * SECOND <= len(both) < len(known)
        assert aligned(recorded, phone) > 2
        await over(place, phone)


async def test_the_caller_is_told_before_anything_is_recorded(tmp_path: Path) -> None:
    line = make_line(recording=Recording())
    async with town(tmp_path, line) as place:
        phone = await place.call()
        await hears(phone, "This call may be recorded." + GREETING)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        recorded = await over(place, phone)
        notice = len(VOICE.say("This call may be recorded."))
        begins = first_loud(recorded.agent)
        assert abs(begins - first_loud(phone.heard) - notice) < 500 * MS
        assert "may be recorded" not in VOICE.read(recorded.agent)
        assert loud(recorded.caller[: begins - 100 * MS]) == 0
        assert loud(recorded.caller) > 0
        assert abs(offset(recorded.agent, phone.heard, begins + 50 * MS, 500 * MS)) <= MS


async def test_a_line_that_does_not_record_leaves_nothing(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)
        assert (await place.row(phone)).recording is None
        assert left(tmp_path) == []


async def test_a_caller_who_hangs_up_into_the_announcement_is_not_recorded(tmp_path: Path) -> None:
    async with town(tmp_path, make_line(recording=Recording())) as place:
        phone = await place.call()
        await hears(phone, "This call")
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)
        await place.service.vendors.disk.flush()
        assert left(tmp_path) == []


async def test_a_caller_who_speaks_into_the_announcement_hears_all_of_it(tmp_path: Path) -> None:
    async with town(tmp_path, make_line(recording=Recording(), barge_in=vad)) as place:
        phone = await place.call()
        phone.say(said("no thank you"))
        await hears(phone, "This call may be recorded.All right, I stop.")
        recorded = await over(place, phone)
        assert VOICE.read(recorded.agent) == "All right, I stop."


async def test_an_announcement_that_was_lost_with_its_stream_is_said_again(tmp_path: Path) -> None:
    async with town(tmp_path, make_line(recording=Recording())) as place:
        phone = await place.call()
        await hears(phone, "This call")
        phone.break_stream()
        since = len(phone.log)
        await phone.until(StreamStarted, since=since)
        begins = len(phone.heard)
        await asyncio.sleep(12)
        assert "This call may be recorded." in VOICE.read(phone.heard[begins:])
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        recorded = await over(place, phone)
        assert "may be recorded" not in VOICE.read(recorded.agent)
        assert PRICE in VOICE.read(recorded.agent)


async def test_who_is_called_is_told_too(tmp_path: Path) -> None:
    manners = Outbound(hours=None, greeting="Hello {name}.")
    line = make_line(outbound=manners, recording=Recording())
    async with town(tmp_path, line, **callee(detection=2.0)) as place:
        dialled, phone = await answers(place)
        await hears(phone, "This call may be recorded.Hello Ann.")
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        recorded = await over(place, phone)
        await ended(place, dialled)
        assert VOICE.read(recorded.agent) == f"Hello Ann.{PRICE}"
