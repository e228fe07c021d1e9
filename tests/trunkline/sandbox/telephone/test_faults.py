"""Faults are data with a scope, and each of those of a stream does on the wire what it says."""

import asyncio
import dataclasses
import json
from base64 import b64encode
from itertools import pairwise

import pytest

from tests.trunkline.sandbox.customer import Customer, Media, twiml
from tests.trunkline.sandbox.telephone.lines import streamed
from trunkline.sandbox.carrier import Carrier
from trunkline.sandbox.telephone.faults import SOUND, Fallible, Faults
from trunkline.sandbox.telephone.records import StreamStarted, StreamStopped, Warned


def test_nothing_goes_wrong_unless_asked() -> None:
    assert Faults() == SOUND
    with pytest.raises(dataclasses.FrozenInstanceError):
        SOUND.drop = 1.0  # type: ignore[misc]


def test_a_scope_adds_to_the_faults_and_takes_away_only_its_own() -> None:
    call = Fallible(Faults(no_stop=True))
    with call.jitter(ms=80):
        assert call.faults == Faults(no_stop=True, jitter_ms=80)
        with call.dropping(0.5), call.half_open():
            assert call.faults == Faults(no_stop=True, jitter_ms=80, drop=0.5, mute=True, deaf=True)
        assert call.faults == Faults(no_stop=True, jitter_ms=80)
    assert call.faults == Faults(no_stop=True)


def test_a_scope_ends_with_an_exception_too() -> None:
    call = Fallible(SOUND)
    with pytest.raises(ValueError, match="boom"), call.suffering(webhook_twice=True):
        raise ValueError("boom")
    assert call.faults == SOUND


def test_a_fault_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError), Fallible(SOUND).suffering(hiccup=True):
        pass


async def test_jitter_delays_and_bunches_but_neither_loses_nor_reorders() -> None:
    speech = bytes(range(1, 161)) * 50
    async with streamed() as call:
        with call.phone.jitter(ms=80):
            said = call.phone.say(speech)
            await said
            await asyncio.sleep(0.2)
        await asyncio.sleep(0.2)
        packets = call.media.of("media")
        assert speech in call.media.heard
        assert [int(packet["media"]["timestamp"]) for packet in packets] == [
            20 * n for n in range(len(packets))
        ]
        times = call.media.times[2:]
        late = [time - 0.02 * (number + 1) for number, time in enumerate(times)]
        assert 0.03 < max(late) <= 0.08 + 1e-6
        assert min(late) > -1e-6
        assert max(late[-5:]) == pytest.approx(0, abs=1e-6)


async def test_dropped_packets_leave_a_gap_in_the_time_and_none_in_the_count() -> None:
    async with streamed() as call:
        await asyncio.sleep(0.21)
        with call.phone.dropping():
            await asyncio.sleep(0.2)
        await asyncio.sleep(0.2)
        packets = call.media.of("media")
        stamps = [int(packet["media"]["timestamp"]) for packet in packets]
        assert stamps == [*range(0, 200, 20), *range(400, 600, 20)]
        assert [int(packet["media"]["chunk"]) for packet in packets] == list(range(1, 21))


async def test_a_share_of_the_packets_is_dropped() -> None:
    async with streamed(Faults(drop=0.25)) as call:
        await asyncio.sleep(4)
        assert 120 < len(call.media.of("media")) < 180


async def _flood(media: Media, message: str) -> None:
    for _ in range(40):
        await media.socket.send_str(message)


async def test_a_half_open_socket_says_nothing_and_lets_the_servers_sends_back_up() -> None:
    second = json.dumps({"event": "media", "streamSid": "MZ", "media": {"payload": "f" * 1_000_000}})
    async with streamed() as call:
        await asyncio.sleep(0.1)
        with call.phone.half_open():
            before = len(call.media.messages)
            flood = asyncio.create_task(_flood(call.media, second))
            await asyncio.sleep(30)
            assert not flood.done()
            flood.cancel()
            assert len(call.media.messages) == before
            await call.phone.press("1")
            assert call.media.of("dtmf") == []
        await call.media.until(lambda media: len(media.messages) > before)
        # Beyond the one that a pending read had already taken, nothing was read meanwhile.
        assert call.warnings() in ([], [31951])


def _longest_gap_ms(media: Media) -> int:
    stamps = [int(packet["media"]["timestamp"]) for packet in media.of("media")]
    return max((later - earlier for earlier, later in pairwise(stamps)), default=0)


async def test_a_server_that_does_not_read_loses_the_callers_audio() -> None:
    async with streamed() as call:
        transport = call.media.socket._req.transport  # type: ignore[union-attr]
        assert transport is not None
        await asyncio.sleep(0.1)
        transport.pause_reading()
        flood = "x" * 1_000_000
        for _ in range(12):
            call.phone.spawn(call.phone.inject(flood))
        await asyncio.sleep(10)
        transport.resume_reading()
        await call.phone.until(lambda record: isinstance(record, Warned) and record.code == 31930)
        await call.media.until(lambda media: _longest_gap_ms(media) > 2000)


@pytest.mark.parametrize("raw", ["garbage", '{"event":', "x" * 10_000_000], ids=["text", "json", "10 MB"])
async def test_any_text_can_be_injected(raw: str) -> None:
    async with streamed() as call:
        await call.phone.inject(raw)
        await call.media.until(lambda media: bool(media.raw))
        assert call.media.raw == [raw]


async def test_invalid_base64_can_be_injected() -> None:
    async with streamed() as call:
        await call.phone.inject('{"event":"media","media":{"payload":"!!"}}')
        await call.media.until(lambda media: any(m.get("media") == {"payload": "!!"} for m in media.messages))


async def test_binary_can_be_injected() -> None:
    async with streamed() as call:
        await call.phone.inject(b64encode(b"sound"))
        await call.media.until(lambda media: {"event": "BINARY"} in media.messages)


async def test_text_that_is_not_utf_8_can_be_injected() -> None:
    async with streamed() as call:
        await call.phone.inject(b"\xff\xfe", text=True)
        stopped = await call.phone.until(StreamStopped)
        assert (stopped.by, stopped.close_code) == ("server", 1007)


async def test_media_can_come_before_the_start() -> None:
    async with streamed(Faults(early_media=2)) as call:
        assert [message["event"] for message in call.media.messages] == [
            "connected",
            "media",
            "media",
            "start",
        ]


async def test_the_start_can_fail_to_come() -> None:
    async with streamed(Faults(no_start=True), starts=False) as call:
        await asyncio.sleep(60)
        assert [message["event"] for message in call.media.messages] == ["connected"]
        await call.phone.hang_up()
        await call.phone.ended()
        assert [message["event"] for message in call.media.messages] == ["connected"]
        assert call.phone.log.of(StreamStarted) == []


async def test_the_stop_can_fail_to_come() -> None:
    async with streamed(Faults(no_stop=True)) as call:
        await call.phone.hang_up()
        await call.phone.ended()
        assert call.media.of("stop") == []
        assert call.media.closed_with == 1000


async def test_the_connection_can_be_reset() -> None:
    async with streamed() as call:
        call.phone.break_stream()
        await call.media.until(lambda media: media.closed_with is not None)
        assert call.media.closed_with == 1006
        assert call.media.of("stop") == []
        assert (await call.phone.until(StreamStopped)).by == "network"


async def test_a_hang_up_on_a_half_open_socket_is_not_seen_by_the_server() -> None:
    async with streamed() as call:
        await asyncio.sleep(0.1)
        with call.phone.half_open():
            await call.phone.hang_up()
            await call.phone.ended()
        assert call.phone.status == "completed"
        assert (await call.phone.until(StreamStopped)).close_code == 1006
        before = len(call.media.messages)
        await asyncio.sleep(60)
        assert (len(call.media.messages), call.media.closed_with) == (before, None)


async def test_a_hang_up_on_a_socket_that_nobody_reads_is_seen() -> None:
    async with streamed() as call:
        with call.phone.suffering(deaf=True):
            await call.phone.hang_up()
            await call.phone.ended()
        await call.media.until(lambda media: media.closed_with is not None)
        assert call.media.messages[-1]["event"] == "stop"


async def test_a_stale_ticket_can_be_used_again_when_the_call_is_over() -> None:
    async with streamed() as call:
        await call.phone.hang_up()
        await call.phone.ended()
        await call.phone.connect_stream(call.customer.media_url, {"ticket": "t"})
        again = await call.customer.stream(1)
        assert again.of("start")[0]["start"]["customParameters"] == {"ticket": "t"}
        await again.until(lambda media: len(media.of("media")) == 10)


async def test_a_call_that_still_rings_has_no_sound_to_stream() -> None:
    async with Customer() as customer, Carrier() as carrier:
        customer.pages["/voice"] = twiml("<Pause length='9'/>")
        phone = await carrier.call(customer.url("/voice"), to="+15550100")
        with pytest.raises(RuntimeError, match="ringing"):
            await phone.connect_stream(customer.media_url)


async def test_a_second_stream_of_the_call_carries_the_same_sound() -> None:
    async with streamed() as call:
        await asyncio.sleep(0.1)
        stream = await call.phone.connect_stream(call.customer.media_url, {"ticket": "t"})
        other = await call.customer.stream(1)
        assert other.sid == stream.sid != call.media.sid
        assert other.of("start")[0]["start"]["customParameters"] == {"ticket": "t"}
        assert other.of("start")[0]["start"]["callSid"] == call.phone.sid
        speech = bytes(range(1, 161)) * 5
        await call.phone.say(speech)
        await asyncio.sleep(0.1)
        assert speech in call.media.heard
        assert speech in other.heard
        await other.play(b"\x10" * 8000)
        await call.media.clear()
        await other.mark("mine")
        await other.until(lambda media: bool(media.of("mark")))
        assert call.media.of("mark") == []
        assert b"\x10" * 8000 in call.phone.heard


async def test_a_stream_can_claim_to_be_another_calls() -> None:
    async with streamed() as call:
        await call.phone.connect_stream(
            call.customer.media_url, {}, stream_sid="MZ1", call_sid="CA1", signature="missing"
        )
        other = await call.customer.stream(1)
        assert other.of("start")[0]["start"]["callSid"] == "CA1"
        assert other.sid == "MZ1"
        assert "x-twilio-signature" not in other.headers
