"""Recordings over REST, as twilio-python handles them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]

from tests.trunkline.sandbox.customer import twiml
from tests.trunkline.sandbox.telephone.customer_client import QUIET, client
from tests.trunkline.sandbox.telephone.lines import World, world
from tests.trunkline.sandbox.telephone.test_recordings import samples
from trunkline.sandbox.telephone.phone import Phone

pytestmark = QUIET


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[World, Phone, Any]]:
    pages: Any = {"/voice": twiml("<Say>x</Say>", "<Pause length='60'/>"), "/recorded": ""}
    async with world(pages=pages) as there, client(there.carrier) as twilio:
        phone = await there.call()
        await phone.answered()
        yield there, phone, twilio


async def test_a_recording_is_started_paused_and_stopped() -> None:
    async with talking() as (there, phone, twilio):
        recordings = twilio.calls(phone.sid).recordings
        callback = there.customer.url("/recorded")
        started = await recordings.create_async(recording_channels="dual", recording_status_callback=callback)
        assert (started.status, started.call_sid, started.channels) == ("in-progress", phone.sid, 2)
        assert started.source == "StartCallRecordingAPI"
        await asyncio.sleep(2)
        paused = await twilio.calls(phone.sid).recordings("Twilio.CURRENT").update_async(status="paused")
        assert (paused.sid, paused.status) == (started.sid, "paused")
        stopped = await started.update_async(status="stopped")
        assert (stopped.status, stopped.duration) == ("stopped", "2")
        fetched = await recordings(started.sid).fetch_async()
        assert fetched.status == "completed"
        await there.customer.until(lambda: there.customer.asked("/recorded"))
        assert [recording.sid for recording in await twilio.recordings.list_async()] == [started.sid]


async def test_its_sound_can_be_fetched() -> None:
    async with talking() as (there, phone, twilio), aiohttp.ClientSession() as session:
        started = await twilio.calls(phone.sid).recordings.create_async(recording_channels="dual")
        await phone.say(b"\x10" * 8000)
        await started.update_async(status="stopped")
        carrier = there.carrier
        url = f"{carrier.base_url}/2010-04-01/Accounts/{carrier.account_sid}/Recordings/{started.sid}"
        headers = {"Authorization": aiohttp.encode_basic_auth(carrier.account_sid, carrier.auth_token)}
        for suffix in ("", ".wav"):
            async with session.get(url + suffix, headers=headers) as response:
                assert samples(await response.read()).shape == (8000, 2)


async def test_what_cannot_be_done_is_refused() -> None:
    async with talking() as (_, phone, twilio):
        recordings = twilio.calls(phone.sid).recordings
        started = await recordings.create_async()
        cases = [(started.update_async(status="rewound"), 20001), (recordings("RE1").fetch_async(), 20404)]
        await started.update_async(status="stopped")
        cases.append((started.update_async(status="paused"), 21220))
        cases.append((twilio.calls("CA1").recordings.create_async(), 20404))
        await phone.hang_up()
        cases.append((recordings.create_async(), 21220))
        for work, code in cases:
            with pytest.raises(TwilioRestException) as caught:
                await work
            assert caught.value.code == code
