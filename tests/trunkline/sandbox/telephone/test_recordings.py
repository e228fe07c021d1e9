"""Recordings hold what was said and heard."""

import asyncio
import io
import wave

import numpy as np
import pytest

from processors import g711
from tests.trunkline.sandbox.customer import Reply, twiml
from tests.trunkline.sandbox.telephone.lines import world
from trunkline.sandbox.telephone.recordings import Recording

PAGES: dict[str, Reply] = {"/voice": twiml("<Say>x</Say>", "<Pause length='9'/>"), "/recorded": ""}

LOUD, QUIET = (int(np.frombuffer(g711.decode(code), "<i2")[0]) for code in (b"\x10", b"\x60"))


def samples(wav: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getsampwidth(), file.getframerate()) == (2, 8000)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())


@pytest.mark.parametrize(
    ("channels", "track", "expected"),
    [
        (2, "both", [[LOUD, QUIET]]),
        (1, "both", [[LOUD + QUIET]]),
        (1, "inbound", [[LOUD]]),
        (1, "outbound", [[QUIET]]),
    ],
)
async def test_both_sides_can_be_kept_apart(channels: int, track: str, expected: list[list[int]]) -> None:
    async with world(pages=PAGES, voice=lambda _: b"\x60" * 80_000) as there:
        phone = await there.call()
        await phone.answered()
        phone.say(b"\x10" * 80_000)
        await asyncio.sleep(1)
        recording = Recording(phone=phone, source="StartCallRecordingAPI", channels=channels, track=track)
        await asyncio.sleep(2)
        recording.stop()
        await asyncio.sleep(2)
        assert recording.duration == 2
        recorded = samples(recording.wav())
        assert recorded.shape == (16_000, channels)
        assert np.unique(recorded, axis=0).tolist() == expected


async def test_a_recording_ends_with_the_call_and_tells_once() -> None:
    async with world(pages=PAGES) as there:
        phone = await there.call()
        await phone.answered()
        recording = Recording(phone=phone, source="OutboundAPI", callback=there.customer.url("/recorded"))
        await asyncio.sleep(1.5)
        assert recording.as_json()["status"] == "in-progress"
        await phone.hang_up()
        await phone.ended()
        recording.stop()
        (told,) = there.customer.asked("/recorded")
        assert told.form["RecordingStatus"] == "completed"
        assert (told.form["RecordingDuration"], told.form["RecordingChannels"]) == ("2", "1")
        assert told.form["CallSid"] == phone.sid
        assert told.form["RecordingUrl"] == recording.url
        shown = recording.as_json()
        assert (shown["status"], shown["duration"], shown["source"]) == ("completed", "2", "OutboundAPI")
