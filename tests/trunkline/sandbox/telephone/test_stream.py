"""The carrier's end of a media stream, on the wire."""

import asyncio
from typing import Any

import pytest

from processors.g711 import SILENCE
from tests.trunkline.sandbox.telephone.lines import streamed
from trunkline.sandbox.telephone.records import (
    ClearReceived,
    MarkReturned,
    MediaReceived,
    StreamStarted,
    StreamStopped,
)


def sequence(messages: list[dict[str, Any]]) -> list[int]:
    return [int(message["sequenceNumber"]) for message in messages]


# What the carrier sends.


async def test_a_stream_introduces_itself() -> None:
    async with streamed() as call:
        connected, start = call.media.messages[:2]
        assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
        sid = start["streamSid"]
        assert start == {
            "event": "start",
            "sequenceNumber": "1",
            "start": {
                "accountSid": call.phone.call.account_sid,
                "streamSid": sid,
                "callSid": call.phone.sid,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": {"ticket": "t"},
            },
            "streamSid": sid,
        }
        started = await call.phone.until(StreamStarted)
        assert (started.stream_sid, started.url) == (sid, call.customer.media_url)


async def test_media_comes_every_20_ms_without_drift_and_is_counted() -> None:
    async with streamed() as call:
        await asyncio.sleep(5.01)
        packets = call.media.of("media")
        assert len(packets) == 250
        times = [
            time
            for time, message in zip(call.media.times, call.media.messages, strict=True)
            if message["event"] == "media"
        ]
        assert times == pytest.approx([0.02 * (number + 1) for number in range(250)], abs=1e-6)
        assert [packet["media"]["chunk"] for packet in packets] == [str(n + 1) for n in range(250)]
        assert [packet["media"]["timestamp"] for packet in packets] == [str(20 * n) for n in range(250)]
        assert {packet["media"]["track"] for packet in packets} == {"inbound"}
        assert sequence(packets) == list(range(2, 252))
        assert call.media.heard == SILENCE * 40_000


async def test_speech_travels_in_unbroken_blocks() -> None:
    speech = bytes(range(1, 161)) + bytes(range(160, 0, -1)) + b"tail"
    async with streamed() as call:
        await asyncio.sleep(0.333)
        await call.phone.say(speech)
        await asyncio.sleep(0.1)
        packets = [call.media.heard[start : start + 160] for start in range(0, len(call.media.heard), 160)]
        first = packets.index(speech[:160])
        assert packets[first + 1] == speech[160:320]
        assert packets[first + 2] == b"tail".ljust(160, SILENCE)
        assert first * 160 == call.phone.said.index(speech)


async def test_keys_are_messages_of_their_own() -> None:
    async with streamed() as call:
        await asyncio.sleep(0.05)
        await call.phone.press("1w#")
        assert call.now == pytest.approx(0.75)
        one, hash_ = call.media.of("dtmf")
        assert one["dtmf"] == {"track": "inbound_track", "digit": "1"}
        assert hash_["dtmf"]["digit"] == "#"
        numbered = call.media.messages[1:]
        assert sequence(numbered) == list(range(1, len(numbered) + 1))


async def test_a_caller_who_hangs_up_stops_the_stream() -> None:
    async with streamed() as call:
        await asyncio.sleep(0.1)
        await call.phone.hang_up()
        await call.phone.ended()
        stop = call.media.messages[-1]
        assert stop == {
            "event": "stop",
            "sequenceNumber": str(len(call.media.messages) - 1),
            "stop": {"accountSid": call.phone.call.account_sid, "callSid": call.phone.sid},
            "streamSid": call.media.sid,
        }
        assert call.media.closed_with == 1000
        assert (await call.phone.until(StreamStopped)).by == "carrier"
        assert call.warnings() == []


async def test_a_stall_of_the_loop_is_caught_up_with() -> None:
    async with streamed() as call:
        await asyncio.sleep(1.01)
        asyncio.get_running_loop().jump(0.5)  # type: ignore[attr-defined]
        await asyncio.sleep(1.0)
        assert len(call.media.of("media")) == 125


# What the caller hears.


async def test_a_mark_comes_back_when_the_caller_has_heard_all_before_it_to_the_sample() -> None:
    async with streamed() as call:
        await asyncio.sleep(0.1234)
        await call.media.play(b"\x10" * 3001)
        await call.media.mark("one")
        await call.media.play(b"\x20" * 7)
        await call.media.mark("two")
        await call.media.until(lambda media: len(media.of("mark")) == 2)
        one, two = call.phone.log.of(MarkReturned)
        played_from = round(0.1234 * 8000)
        assert (one.at, two.at) == pytest.approx(((played_from + 3001) / 8000, (played_from + 3008) / 8000))
        assert (one.played, two.played) == (True, True)
        assert call.phone.heard == SILENCE * played_from + b"\x10" * 3001 + b"\x20" * 7
        assert [message["mark"]["name"] for message in call.media.of("mark")] == ["one", "two"]


async def test_a_mark_behind_nothing_comes_back_at_once() -> None:
    async with streamed() as call:
        await asyncio.sleep(0.5)
        await call.media.mark("now")
        await call.media.until(lambda media: bool(media.of("mark")))
        assert call.now == 0.5


async def test_audio_that_comes_late_leaves_a_gap_as_long_as_it_is_late() -> None:
    async with streamed() as call:
        await call.media.play(b"\x10" * 160)
        await asyncio.sleep(0.05)
        await call.media.play(b"\x20" * 160)
        await asyncio.sleep(0.05)
        assert call.phone.heard == b"\x10" * 160 + SILENCE * 240 + b"\x20" * 160 + SILENCE * 240


async def test_a_clear_silences_at_once_and_returns_what_marks_are_left() -> None:
    async with streamed() as call:
        await call.media.play(b"\x10" * 16_000)
        await call.media.mark("end")
        await asyncio.sleep(0.5)
        await call.media.clear()
        await call.media.until(lambda media: bool(media.of("mark")))
        assert call.now == 0.5
        assert not call.phone.log.of(MarkReturned)[0].played
        assert (await call.phone.until(ClearReceived)).dropped == 12_000
        await asyncio.sleep(1)
        assert call.phone.heard == b"\x10" * 4000 + SILENCE * 8000


async def test_ten_minutes_in_one_message_are_taken() -> None:
    async with streamed() as call:
        await call.media.play(b"\x10" * 4_800_000)
        assert (await call.phone.until(MediaReceived)).size == 4_800_000


async def test_closing_cuts_off_what_is_not_played() -> None:
    async with streamed() as call:
        await call.media.play(b"\x10" * 8000)
        await asyncio.sleep(0.25)
        await call.media.socket.close()
        await call.phone.until(StreamStopped)
        await call.phone.ended()
        assert call.phone.heard == b"\x10" * 2000


# What the customer does wrong.


@pytest.mark.parametrize(
    "message",
    [
        "not json",
        "[]",
        '{"event":"hello","streamSid":"SID"}',
        '{"event":"media","streamSid":"SID","media":{"payload":"AAAA","track":"outbound"}}',
        '{"event":"media","streamSid":"SID","media":{"payload":"!!"}}',
        '{"event":"mark","streamSid":"MZother","mark":{"name":"a"}}',
        '{"event":"clear","streamSid":"SID","sequenceNumber":"1"}',
    ],
)
async def test_a_wrong_message_is_passed_over_and_warned_of_once_a_stream(message: str) -> None:
    async with streamed() as call:
        for _ in range(3):
            await call.media.socket.send_str(message.replace("SID", call.media.sid))
        await call.media.mark("still there")
        await call.phone.until(MarkReturned)
        assert call.warnings() == [31951]


async def test_a_binary_frame_is_malformed() -> None:
    async with streamed() as call:
        await call.media.socket.send_bytes(b"\xff" * 160)
        await call.media.socket.send_bytes(b"\xff" * 160)
        await call.media.socket.send_str("nor is this")
        await call.media.mark("still there")
        await call.phone.until(MarkReturned)
        assert call.warnings() == [31950, 31951]
        assert call.phone.heard.strip(SILENCE) == b""


async def test_a_server_that_closes_is_31921_and_its_code_is_noted() -> None:
    async with streamed() as call:
        await call.media.socket.close(code=4321, message=b"enough")
        stopped = await call.phone.until(StreamStopped)
        assert (stopped.by, stopped.close_code, stopped.reason) == ("server", 4321, "enough")
        assert call.warnings() == [31921]


async def test_a_server_that_vanishes_is_31903() -> None:
    async with streamed() as call:
        transport = call.media.socket.get_extra_info("socket")
        assert transport is not None
        call.media.socket._req.transport.abort()  # type: ignore[union-attr]
        stopped = await call.phone.until(StreamStopped)
        assert (stopped.by, stopped.close_code) == ("network", 1006)
        assert call.warnings() == [31903]


async def test_a_server_that_breaks_the_websocket_protocol_is_31924() -> None:
    async with streamed() as call:
        transport = call.media.socket._req.transport  # type: ignore[union-attr]
        assert transport is not None
        transport.write(b"\xf7\x00")
        stopped = await call.phone.until(StreamStopped)
        assert (stopped.by, stopped.close_code) == ("server", 1002)
        assert call.warnings() == [31924]
