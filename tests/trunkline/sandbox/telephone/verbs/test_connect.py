"""``<Connect><Stream>`` in the life of a call."""

import asyncio

import pytest

from tests.trunkline.sandbox.customer import Reply, twiml
from tests.trunkline.sandbox.telephone.lines import World, codes, said, verbs, world
from trunkline.sandbox.telephone.records import Ended, StreamStarted, StreamStopped, WebhookSent
from trunkline.sandbox.telephone.twiml import Inline

PAGES: dict[str, Reply] = {"/next": twiml("<Say>next</Say>"), "/stream": ""}

TELL = 'statusCallback="/stream" name="agent"'


def connect(there: World, **how: str) -> None:
    there.customer.pages["/voice"] = twiml(there.customer.connect(**how), "<Say>after</Say>")


def events(there: World) -> list[str]:
    return [asked.form["StreamEvent"] for asked in there.customer.asked("/stream")]


async def test_when_the_server_closes_the_action_decides() -> None:
    async with world(pages=PAGES) as there:
        connect(there, attributes=TELL)
        phone = await there.call()
        media = await there.customer.stream()
        await media.socket.close()
        await phone.ended()
        (asked,) = there.customer.asked("/next")
        assert asked.form["CallStatus"] == "in-progress"
        assert said(phone) == ["next"]
        assert codes(phone) == [31921]
        assert events(there) == ["stream-started", "stream-stopped"]
        told = there.customer.asked("/stream")[1].form
        assert (told["StreamSid"], told["StreamName"], told["CallSid"]) == (media.sid, "agent", phone.sid)
        assert told["Timestamp"].endswith("Z")


async def test_without_an_action_the_next_verb_follows() -> None:
    async with world(pages=PAGES) as there:
        connect(there)
        there.customer.pages["/voice"] = str(there.customer.pages["/voice"]).replace('action="/next"', "")
        phone = await there.call()
        media = await there.customer.stream()
        await media.socket.close()
        await phone.ended()
        assert said(phone) == ["after"]


async def test_when_the_caller_hangs_up_the_action_hears_of_it_and_changes_nothing() -> None:
    async with world(pages=PAGES) as there:
        connect(there, attributes=TELL)
        phone = await there.call()
        media = await there.customer.stream()
        await asyncio.sleep(3.3)
        await phone.hang_up()
        await phone.ended()
        assert media.messages[-1]["event"] == "stop"
        (asked,) = there.customer.asked("/next")
        assert asked.form["CallStatus"] == "completed"
        assert said(phone) == []
        assert events(there) == ["stream-started", "stream-stopped"]
        ended = await phone.until(Ended)
        assert (ended.status, ended.duration, ended.at) == ("completed", 4, 3.3)


@pytest.mark.parametrize("status", [403, 404, 503])
async def test_a_refused_handshake_is_an_error_and_the_action_decides(status: int) -> None:
    async with world(pages=PAGES) as there:
        connect(there, attributes=TELL)
        there.customer.refuse_media = status
        phone = await there.through()
        assert codes(phone) == [31920]
        assert said(phone) == ["next"]
        (told,) = there.customer.asked("/stream")
        assert told.form["StreamEvent"] == "stream-error"
        assert "31920" in told.form["StreamError"]
        assert phone.log.of(StreamStarted) == []


@pytest.mark.parametrize(
    ("attributes", "code"),
    [('track="both_tracks"', 31941), ('track="inbound_track"', None)],
)
async def test_only_the_inbound_track_is_taken(attributes: str, code: int | None) -> None:
    async with world(pages=PAGES) as there:
        connect(there, attributes=attributes)
        phone = await there.call()
        if code is None:
            await phone.until(StreamStarted)
        else:
            await phone.ended()
            assert codes(phone) == [code]


async def test_a_query_in_the_url_is_31920() -> None:
    async with world(pages=PAGES) as there:
        stream = f'<Stream url="{there.customer.media_url}?token=1"/>'
        there.customer.pages["/voice"] = twiml(f"<Connect>{stream}</Connect>", "<Say>after</Say>")
        phone = await there.through()
        assert (codes(phone), said(phone)) == ([31920], ["after"])
        assert there.customer.streams == []


async def test_a_relative_url_leads_to_where_the_document_came_from() -> None:
    async with world(pages=PAGES) as there:
        there.customer.pages["/voice"] = twiml('<Connect><Stream url="/media"/></Connect>')
        phone = await there.call()
        assert (await phone.until(StreamStarted)).url == there.customer.media_url


async def test_parameters_come_with_the_start_and_long_ones_with_a_warning() -> None:
    long = "x" * 499
    async with world(pages=PAGES) as there:
        parameters = f'<Parameter name="a" value="1&lt;2"/><Parameter name="b" value="{long}"/>'
        noun = f'<Stream url="{there.customer.media_url}">{parameters}</Stream>'
        there.customer.pages["/voice"] = twiml(f"<Connect>{noun}</Connect>")
        phone = await there.call()
        media = await there.customer.stream()
        assert media.of("start")[0]["start"]["customParameters"] == {"a": "1<2", "b": long}
        assert codes(phone) == [12200]


async def test_without_parameters_there_is_an_empty_object() -> None:
    async with world(pages=PAGES) as there:
        connect(there)
        await there.call()
        media = await there.customer.stream()
        assert media.of("start")[0]["start"]["customParameters"] == {}


async def test_another_document_tears_the_stream_down_and_asks_no_action() -> None:
    async with world(pages=PAGES) as there:
        connect(there, attributes=TELL)
        phone = await there.call()
        media = await there.customer.stream()
        await media.play(b"\x10" * 80_000)
        await asyncio.sleep(1)
        phone.replace(Inline(twiml("<Say>instead</Say>")))
        await phone.ended()
        assert media.messages[-1]["event"] == "stop"
        assert there.customer.asked("/next") == []
        assert said(phone) == ["instead"]
        assert (await phone.until(StreamStopped)).by == "carrier"
        assert phone.heard.count(b"\x10") == 8000
        assert events(there) == ["stream-started", "stream-stopped"]


async def test_a_lost_connection_is_an_error_of_the_stream() -> None:
    async with world(pages=PAGES) as there:
        connect(there, attributes=TELL)
        phone = await there.call()
        await there.customer.stream()
        phone.break_stream()
        await phone.ended()
        assert codes(phone) == [31903]
        assert events(there) == ["stream-started", "stream-error"]
        assert said(phone) == ["next"]


async def test_a_call_can_be_resumed_by_a_second_connect() -> None:
    async with world(pages=PAGES) as there:
        connect(there)
        there.customer.pages["/next"] = twiml(there.customer.connect(action="/done"))
        there.customer.pages["/done"] = twiml("<Hangup/>")
        phone = await there.call()
        first = await there.customer.stream()
        await first.socket.close()
        second = await there.customer.stream(1)
        assert second.sid != first.sid
        assert second.of("start")[0]["start"]["callSid"] == phone.sid
        await second.socket.close()
        await phone.ended()
        assert verbs(phone) == ["Connect", "Connect", "Hangup"]


async def test_connect_without_a_stream_is_skipped() -> None:
    page = twiml("<Connect><VirtualAgent/></Connect>", "<Say>after</Say>")
    async with world(pages={"/voice": page}) as there:
        phone = await there.through()
        assert (codes(phone), said(phone)) == ([12200], ["after"])


async def test_a_caller_who_hangs_up_during_the_handshake_is_gone() -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    async with server, world(pages=PAGES) as there:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        there.customer.pages["/voice"] = twiml(f'<Connect action="/next"><Stream url="{url}"/></Connect>')
        phone = await there.call()
        await asyncio.sleep(2)
        await phone.hang_up()
        await phone.ended()
        asked = [record.why for record in phone.log.of(WebhookSent)]
        assert asked == ["voice", "action"]
        assert there.now == 2
