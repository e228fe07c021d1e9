"""The recorder of one call: streams, reasons for silence, and what another process learns."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pipecat.frames.frames import TTSSpeakFrame

from processors.frames import HeardOutFrame
from tests.transports.playout import START
from transports.media_events import Media
from transports.media_streams import MediaStream
from transports.twilio_input import TwilioInput
from transports.twilio_stream import TwilioStream
from trunkline.recording import wav
from trunkline.recording.disk import Disk
from trunkline.recording.options import Recording
from trunkline.recording.recorder import LOST, Recorder


class Call:
    """A recorder with a stream of its own."""

    def __init__(self, folder: Path, wish: Recording | None) -> None:
        self.disk = Disk(folder)
        self.source = TwilioInput(TwilioStream())
        self.recorder = Recorder("CA1", "desk", wish, self.disk, self.source)
        self.files: list[str | None] = []
        self.recorder.on_file = self.files.append
        self.protocol = MediaStream()
        self.protocol.receive(START)

    async def stream(self, seconds: int, byte: int = 1) -> None:
        """A stream in which the caller talks all the time."""
        self.recorder.stream_began(self.protocol)
        for number in range(seconds * 50):
            await asyncio.sleep(0.02)
            if self.source.tap is not None:
                self.source.tap(Media(bytes([byte]) * 160, number * 20))
        self.recorder.stream_ended()

    async def caller(self) -> bytes:
        """What is kept of the caller."""
        await self.disk.flush()
        (path,) = self.disk.root.rglob("*.wav")
        return path.read_bytes()[wav.SIZE :: 2]


@pytest.fixture
async def call(tmp_path: Path) -> Call:
    return Call(tmp_path, Recording(announce=""))


async def test_a_stream_is_kept_to_its_end_and_where_is_told_once(call: Call) -> None:
    await call.stream(5)
    assert await call.caller() == b"\1" * 40_000
    (place,) = call.files
    assert place is not None
    assert place.startswith("desk/")
    await call.disk.close()


async def test_a_line_that_does_not_record_has_the_time_all_the_same(tmp_path: Path) -> None:
    call = Call(tmp_path, None)
    assert call.recorder.stream_began(call.protocol) is call.protocol
    began = asyncio.get_running_loop().time()
    await asyncio.sleep(2)
    assert call.recorder.clock.ms(began + 2) == 2000
    assert call.recorder.heard_ms(began + 2) == 2000
    assert call.source.tap is None
    assert call.recorder.announcement() == []
    assert call.recorder.state()["silent"] == []
    call.recorder.stream_ended()
    assert call.files == []


async def test_nothing_is_kept_before_the_announcement_was_heard(tmp_path: Path) -> None:
    call = Call(tmp_path, Recording("We record."))
    streaming = asyncio.create_task(call.stream(5))
    await asyncio.sleep(1)
    words, heard = call.recorder.announcement()
    assert isinstance(words, TTSSpeakFrame)
    assert isinstance(heard, HeardOutFrame)
    assert (words.text, words.interruptible, heard.interruptible) == ("We record.", False, False)
    await asyncio.sleep(1)
    heard.due()
    await streaming
    kept = await call.caller()
    assert abs(kept.count(b"\xff") - 16_000) <= 160
    assert call.recorder.announcement() == []
    await call.disk.close()


async def test_an_announcement_that_is_cut_off_by_the_end_of_its_stream_was_not_heard(tmp_path: Path) -> None:
    call = Call(tmp_path, Recording("We record."))
    streaming = asyncio.create_task(call.stream(1))
    await asyncio.sleep(0.5)
    _, heard = call.recorder.announcement()
    assert isinstance(heard, HeardOutFrame)
    await streaming
    heard.due()
    assert call.recorder.announcement()
    streaming = asyncio.create_task(call.stream(1))
    await asyncio.sleep(0.5)
    heard.due()
    assert call.recorder.announcement()
    await streaming


async def test_reasons_for_silence_add_up(call: Call) -> None:
    streaming = asyncio.create_task(call.stream(6))
    await asyncio.sleep(1)
    async with call.recorder.paused():
        call.recorder.pause("model")
        await asyncio.sleep(1)
        async with call.recorder.paused():
            await asyncio.sleep(1)
    await asyncio.sleep(1)
    call.recorder.resume("model")
    await streaming
    kept = await call.caller()
    assert abs(kept.count(b"\xff") - 24_000) <= 160
    await call.disk.close()


async def test_a_block_that_fails_ends_its_pause(call: Call) -> None:
    with pytest.raises(RuntimeError):
        async with call.recorder.paused():
            raise RuntimeError
    await call.stream(3)
    assert b"\xff" not in await call.caller()
    await call.disk.close()


async def test_stopped_is_for_good(call: Call) -> None:
    call.recorder.stop(discard=False)
    async with call.recorder.paused():
        pass
    await call.stream(5)
    await call.disk.flush()
    assert list(call.disk.root.iterdir()) == []


async def test_a_discarded_recording_does_not_come_back(call: Call) -> None:
    await call.stream(4)
    call.recorder.stop(discard=True)
    await call.stream(4)
    await call.disk.flush()
    assert list(call.disk.root.rglob("*.wav")) == []
    assert call.files[-1] is None
    await call.disk.close()


async def test_another_process_knows_since_when_and_what_is_silent(tmp_path: Path, call: Call) -> None:
    assert call.recorder.state() == {}
    call.recorder.restore({})
    await call.stream(1)
    began = call.recorder.state()["began"]
    assert abs(datetime.now(UTC).timestamp() - began) < 60
    async with call.recorder.paused():
        state = call.recorder.state()
    assert state["silent"] == [LOST]
    other = Call(tmp_path, Recording("We record."))
    other.recorder.restore(state)
    assert other.recorder.announcement() == []
    assert other.recorder.state() == state
    async with other.recorder.paused():
        assert other.recorder.state()["silent"] == [LOST]
    assert other.recorder.state()["silent"] == []
    await call.disk.close()


async def test_changes_are_told(call: Call) -> None:
    told: list[int] = []
    call.recorder.changed = lambda: told.append(1)
    async with call.recorder.paused():
        assert len(told) == 1
    assert len(told) == 2
