"""What breaks the media protocol ends that stream with the code that says why, and no other call."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from tests.calls.neighbour import neighbour
from tests.calls.town import GREETING, LONG, PRICE, PRICE_QUESTION, VOICE, hears, make_line, said, town
from tests.calls.wire import CONNECTED, MEDIA, Socket, Wire, start
from trunkline.sandbox.telephone.faults import Faults
from trunkline.sandbox.telephone.records import (
    Said,
    StreamStarted,
    StreamStopped,
    WebhookAnswered,
    WebhookSent,
)
from trunkline.sandbox.telephone.resource import new_sid

RESUMED = "".join(make_line().resume.texts)


async def media_before_start(wire: Wire) -> tuple[int, str]:
    async with wire.socket() as socket:
        await socket.send(CONNECTED)
        await socket.send(MEDIA)
        return await socket.closed()


async def second_start(wire: Wire) -> tuple[int, str]:
    async with wire.stream() as socket:
        await socket.send(start(new_sid("CA"), None))
        return await socket.closed()


async def message_of_10_mb(wire: Wire) -> tuple[int, str]:
    async with wire.stream() as socket:
        with suppress(ConnectionError):
            await socket.send_raw(b'{"event":"media","media":{"payload":"' + b"A" * 10 * 2**20)
        return await socket.closed()


async def no_start(wire: Wire) -> tuple[int, str]:
    async with wire.socket() as socket:
        await socket.send(CONNECTED)
        return await socket.closed()


def saying(raw: bytes, *, text: bool = True) -> Callable[[Wire], Awaitable[tuple[int, str]]]:
    async def say(wire: Wire) -> tuple[int, str]:
        async with wire.stream() as socket:
            await socket.send_raw(raw, text=text)
            return await socket.closed()

    return say


BROKEN: dict[str, tuple[Callable[[Wire], Awaitable[tuple[int, str]]], int, str]] = {
    "10 MB": (message_of_10_mb, 1009, ""),
    "media before start": (media_before_start, 1002, "stream connected: found media, expected start"),
    "a second start": (second_start, 1002, "stream started: found start"),
    "no start": (no_start, 1008, "no start within 10 s"),
    "base64": (saying(b'{"event":"media","media":{"payload":"%%%"}}'), 1007, "expected base64"),
    "JSON": (saying(b'{"event":'), 1007, "not JSON"),
    "UTF-8": (saying(b'{"event":"media\xff"}'), 1007, "not UTF-8"),
    "not an object": (saying(b"[]"), 1002, "expected an object"),
    "a binary frame": (saying(b"\xff" * 160, text=False), 1003, "a binary frame"),
    "another stream": (saying(b'{"event":"stop","streamSid":"MZ0"}'), 1008, "streamSid"),
}


async def test_a_broken_stream_is_closed_with_its_reason_and_no_other_call_is_harmed(tmp_path: Path) -> None:
    async with town(tmp_path) as place, neighbour(place), Wire(place) as wire:
        ends = await asyncio.gather(*(broken(wire) for broken, _, _ in BROKEN.values()))
        for (what, (_, code, reason)), end in zip(BROKEN.items(), ends, strict=True):
            # With 10 MB still on their way, a peer may lose what we told it.
            assert end[0] == code or (what, end[0]) == ("10 MB", 1006), (what, end)
            assert reason in end[1], (what, end)
        assert any("Message size" in line for line in place.log.lines)


@pytest.mark.parametrize("raw", ["{", '{"event":"mark"}'])
async def test_a_caller_whose_stream_broke_goes_on_over_another(tmp_path: Path, raw: str) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.inject(raw)
        await hears(phone, RESUMED)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        assert place.messages()[0]["content"] == GREETING
        assert len(phone.log.of(StreamStarted)) == 2
        await phone.hang_up()
        await phone.ended()


async def test_what_nobody_knows_yet_is_skipped(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await phone.inject('{"event":"weather","streamSid":"MZ1","forecast":{"rain":true}}')
        await phone.inject('{"event":"dtmf","dtmf":{"digit":"5","pressure":7},"new":[]}')
        await hears(phone, GREETING)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        assert phone.log.of(StreamStopped) == []
        await phone.hang_up()
        await phone.ended()


async def test_a_peer_that_stops_reading_is_noticed_and_fetched_back(tmp_path: Path) -> None:
    async with town(tmp_path, make_line(greeting=" ".join([LONG] * 4))) as place:
        phone = await place.call()
        await hears(phone, LONG[:24])
        began, since = asyncio.get_running_loop().time(), len(phone.log)
        with phone.suffering(deaf=True):
            await phone.until(WebhookSent, since=since)
        assert asyncio.get_running_loop().time() - began < 20
        assert place.world.carrier.requests  # it did not know of the loss
        await phone.until(StreamStarted, since=since)
        assert [said.text for said in phone.log.of(Said)] == [make_line().resume.words]
        await hears(phone, LONG)
        assert make_line().resume.words not in VOICE.read(phone.heard)  # which the carrier has said already
        await phone.hang_up()
        await phone.ended()
        assert any("returned no mark" in line for line in place.log.lines)


async def test_a_peer_that_falls_silent_counts_as_lost(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        with phone.suffering(mute=True):
            stopped = await phone.until(StreamStopped)
        assert stopped.at - phone.log.of(StreamStarted)[0].at < 6
        await hears(phone, make_line().resume.going_on)
        assert [one.text for one in phone.log.of(Said)] == [make_line().resume.words]
        assert make_line().resume.words not in VOICE.read(phone.heard)  # once is enough
        await phone.hang_up()
        await phone.ended()


async def test_a_carrier_that_connects_to_nobody_is_told_what_to_say(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        with phone.suffering(mute=True, no_start=True):
            await phone.until(StreamStopped)
            await phone.ended()
        first, *others = phone.log.of(Said)
        words = make_line().resume.words
        assert [first.text, *(said.text for said in others)] == [words, words, make_line().apology]
        gaps = [later.at - earlier.at for earlier, later in pairwise((first, *others))]
        assert max(gaps) < 10.5  # the words take 2.5 s
        assert (await place.row(phone)).outcome == "abandoned"


async def test_a_stream_that_never_starts_ends_in_a_new_one_or_in_an_apology(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.ring(faults=Faults(no_start=True))
        await phone.ended()
        answers = [record.body for record in phone.log.of(WebhookAnswered)]
        assert "<Say" in answers[-2] or "<Hangup" in answers[-2]
        assert (await place.row(phone)).outcome == "abandoned"


async def test_a_stop_without_a_close_ends_the_call_at_once(tmp_path: Path) -> None:
    async with town(tmp_path) as place, Wire(place) as wire:
        sid, ticket = await wire.ring()
        async with wire.socket() as socket:
            await socket.send(start(sid, ticket))
            await socket.ws.receive()
            session = place.service.switchboard.calls[sid]
            await socket.send({"event": "stop", "stop": {"callSid": sid}})
            await asyncio.wait_for(session.over(), 1.0)
            assert (await socket.closed())[0] == 1000
        await place.service.store.flush()
        row = await place.service.store.call(sid)
        assert row is not None
        assert row.outcome == "caller-hung-up"


async def test_a_peer_that_vanishes_before_start_leaves_nothing(tmp_path: Path) -> None:
    async with town(tmp_path) as place, Wire(place) as wire:
        async with wire.socket() as socket:
            await vanish(socket)
        async with wire.socket() as socket:
            await socket.send(CONNECTED)
            await vanish(socket)
        assert place.log.lines == []


async def vanish(socket: Socket) -> None:
    transport = socket.ws._response.connection.transport  # type: ignore[union-attr]
    assert isinstance(transport, asyncio.Transport)
    transport.abort()
    await asyncio.sleep(0.1)
