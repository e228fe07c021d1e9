"""What is not recorded: a payment, a caller who objects, and what the disk does not take."""

import asyncio
import errno
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from processors.tool_options import tool
from tests.calls.sound import MS, Recorded, left, loud, offset, over, recorded_line, recording
from tests.calls.town import GREETING, PRICE, PRICE_QUESTION, QUESTION, VOICE, Town, hears, said, town
from trunkline.call import Call
from trunkline.recording.tools import pause_recording, resume_recording, stop_recording
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.phone import Phone

SECOND = 1000 * MS

RULES = (Rule("check-up|check up", PRICE), Rule("close today", None, ("pay", {})), Rule(".", "Thank you."))


@tool(side_effects=True, timeout=30)
async def pay(call: Call) -> str:
    """Take a payment."""
    async with call.recording_paused():
        async with call.recording_paused():
            await call.say("One four one.")
            await asyncio.sleep(2)
        await asyncio.sleep(3)
    return "paid"


def written(place: Town) -> str:
    """The log of a test that provokes a fault."""
    return "\n".join(place.log.lines)


@asynccontextmanager
async def called(folder: Path, **line: Any) -> AsyncIterator[tuple[Town, Phone]]:
    async with town(folder, recorded_line(**line), rules=RULES) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        yield place, phone


async def test_a_payment_is_silent_on_both_channels_and_the_time_goes_on(tmp_path: Path) -> None:
    async with called(tmp_path, tools=(pay,)) as (place, phone):
        await phone.say(said(QUESTION))
        await hears(phone, "One four one.")
        await phone.say(said("no thank you"))
        since = len(phone.heard)
        await asyncio.sleep(8)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        recorded = await over(place, phone)
        read = VOICE.read(recorded.agent)
        assert (GREETING in read, "four" in read, PRICE in read) == (True, False, True)
        assert "One four one." in VOICE.read(phone.heard)
        assert loud(recorded.caller[since - SECOND : since]) == 0
        assert loud(phone.said[since - SECOND : since]) > 0
        for channel, known in ((recorded.caller, phone.said), (recorded.agent, phone.heard)):
            last = max(
                at
                for at in range(0, len(channel) - SECOND, SECOND // 2)
                if loud(channel[at:][:SECOND]) > 4000
            )
            assert abs(offset(channel, known, last, SECOND)) <= MS


async def test_the_model_may_pause_it(tmp_path: Path) -> None:
    rules = [
        Rule("close today", None, ("pause_recording", {})),
        Rule("check-up|check up", None, ("resume_recording", {})),
        Rule("paused", "Your number, please."),
        Rule("recorded again", "It is recorded again."),
        Rule("no thank you", "Four one."),
    ]
    line = recorded_line(tools=(pause_recording, resume_recording))
    async with town(tmp_path, line, rules=rules) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await asyncio.sleep(4)
        await phone.say(said("no thank you"))
        await hears(phone, "Four one.")
        await phone.say(said(PRICE_QUESTION))
        await asyncio.sleep(5)
        recorded = await over(place, phone)
        assert "Four one." not in VOICE.read(recorded.agent)


async def test_a_caller_who_objects_leaves_no_recording(tmp_path: Path) -> None:
    rules = [Rule("close today", None, ("stop_recording", {})), Rule(".", "It is deleted.")]
    async with town(tmp_path, recorded_line(tools=(stop_recording,)), rules=rules) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await asyncio.sleep(4)
        await place.service.vendors.disk.flush()
        assert left(tmp_path)
        await phone.say(said(QUESTION))
        await hears(phone, "It is deleted.")
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)
        await place.service.vendors.disk.flush()
        assert left(tmp_path) == []
        assert (await place.row(phone)).recording is None


async def test_a_recording_that_is_stopped_is_kept(tmp_path: Path) -> None:
    async with called(tmp_path) as (place, phone):
        place.service.switchboard.calls[phone.sid].call.stop_recording()
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        recorded = await over(place, phone)
        assert VOICE.read(recorded.agent) == GREETING
        assert loud(recorded.caller) == 0


async def test_a_slow_disk_holds_nobody_up_and_silence_stands_for_what_it_misses(tmp_path: Path) -> None:
    disk_works = threading.Event()
    async with called(tmp_path) as (place, phone):
        place.log.expects_errors = True
        await asyncio.sleep(3)
        place.service.vendors.disk.do(disk_works.wait)
        for _ in range(3):
            await phone.say(said(PRICE_QUESTION))
            await asyncio.sleep(6)
        heard_meanwhile = VOICE.read(phone.heard)
        assert heard_meanwhile.count(PRICE) == 3
        disk_works.set()
        await place.service.vendors.disk.flush()
        await phone.say(said(PRICE_QUESTION))
        await asyncio.sleep(6)
        recorded = await over(place, phone)
        assert "disk for recordings is 10 s behind" in written(place)
        assert "s of recordings were left out" in written(place)
        last = len(recorded.agent) - 6 * SECOND
        assert VOICE.read(recorded.agent[last:]) == PRICE
        begins = next(at for at in range(last, len(recorded.agent)) if recorded.agent[at] != 0xFF)
        assert abs(offset(recorded.agent, phone.heard, begins, SECOND)) <= MS
        assert 1 < VOICE.read(recorded.agent).count(PRICE) < 4


async def test_a_full_disk_is_one_error_and_the_call_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, write = threading.Event(), os.pwrite

    def pwrite(file: int, data: bytes, at: int) -> int:
        if full.is_set() and at > 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(file, data, at)

    monkeypatch.setattr(os, "pwrite", pwrite)
    async with called(tmp_path) as (place, phone):
        place.log.expects_errors = True
        await asyncio.sleep(4)
        await place.service.vendors.disk.flush()
        full.set()
        for _ in range(2):
            await phone.say(said(PRICE_QUESTION))
            await hears(phone, PRICE)
            await asyncio.sleep(4)
        await place.service.vendors.disk.flush()
        full.clear()
        await phone.say(said(PRICE_QUESTION))
        await asyncio.sleep(6)
        recorded = await over(place, phone)
        assert written(place).count("No space left on device") == 1
        read = VOICE.read(recorded.agent)
        assert (read.startswith(GREETING), read.count(PRICE), read.endswith(PRICE)) == (True, 1, True)
        begins = len(recorded.agent) - 1
        while recorded.agent[begins] == 0xFF:
            begins -= 1
        assert abs(offset(recorded.agent, phone.heard, begins - SECOND, SECOND)) <= MS


async def test_a_folder_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("a file, where a folder should be")
    async with called(tmp_path) as (place, phone):
        place.log.expects_errors = True
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        await asyncio.sleep(6)
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)
        await place.service.vendors.disk.flush()
        assert written(place).count("cannot be written") == 1


async def test_it_grows_while_the_call_goes_on(tmp_path: Path) -> None:
    async with called(tmp_path) as (place, phone):
        sizes = []
        for _ in range(3):
            await asyncio.sleep(3)
            await place.service.vendors.disk.flush()
            path = place.service.settings.recordings / (await place.row(phone)).recording
            sizes.append(len(Recorded.of(path).agent))
        assert all(2.5 * SECOND < b - a < 3.5 * SECOND for a, b in pairwise(sizes))
        await over(place, phone)
        assert await recording(place, phone) == path
