"""A stream is lost and the call is not: Twilio asks what next, and the conversation goes on."""

import asyncio
import base64
from pathlib import Path

import orjson

from tests.calls.leftovers import more, running
from tests.calls.neighbour import neighbour
from tests.calls.town import (
    GREETING,
    LONG,
    NUMBER,
    PRICE,
    PRICE_QUESTION,
    QUESTION,
    VOICE,
    heard,
    hears,
    make_line,
    outside,
    said,
    serving,
    town,
)
from tests.calls.wire import Socket, Wire, form, start
from trunkline.sandbox.telephone.records import Said, StreamStarted, StreamStopped, VerbRun, WebhookSent

LINE = make_line()
RESUMED = "".join(LINE.resume.texts)
WORDS = LINE.resume.words
APOLOGY = LINE.apology


async def test_a_lost_stream_is_followed_by_another_of_the_same_conversation(tmp_path: Path) -> None:
    async with town(tmp_path) as place, neighbour(place):
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        session = place.service.switchboard.calls[phone.sid]
        phone.break_stream()
        await hears(phone, RESUMED)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, RESUMED + PRICE)
        assert place.service.switchboard.calls[phone.sid] is session
        contents = [message["content"] for message in place.messages()]
        assert contents == [GREETING, PRICE_QUESTION, PRICE, PRICE_QUESTION]
        tickets = [record.parameters["ticket"] for record in phone.log.of(StreamStarted)]
        assert len(set(tickets)) == 2
        await phone.hang_up()
        await phone.ended()
        assert [turn.agent for turn in (await place.row(phone)).turns] == [GREETING, PRICE, PRICE]


async def test_what_was_being_said_when_the_stream_was_lost_is_remembered_as_heard(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await hears(phone, LONG[:24])
        phone.break_stream()
        await hears(phone, WORDS)
        answer = heard(phone).removeprefix(GREETING).partition(WORDS)[0]
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        remembered = place.messages()[2]["content"]
        assert LONG.startswith(remembered)
        assert abs(len(remembered.split()) - len(answer.split())) <= 1
        await phone.hang_up()
        await phone.ended()


async def test_a_stream_that_is_lost_again_and_again_ends_in_an_apology(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        for _ in range(3):
            await asyncio.sleep(0.5)
            since = len(phone.log)
            phone.break_stream()
            await phone.until(StreamStarted, since=since)
        await asyncio.sleep(0.5)
        phone.break_stream()
        await phone.ended()
        verbs = [record.name for record in phone.log.of(VerbRun)]
        assert verbs == ["Connect", "Connect", "Pause", "Connect", "Pause", "Connect", "Say", "Hangup"]
        row = await place.row(phone)
        assert (row.outcome, row.reason) == ("failed", "the stream was lost too often")


async def test_another_process_goes_on_with_a_call_whose_process_died(tmp_path: Path) -> None:
    public = "https://voice.example.com"
    origins = {public: ""}
    options = {"TRUNKLINE_PUBLIC_URL": public, "TRUNKLINE_SECRET": "shared between processes"}
    async with (
        outside(carrier={"origins": origins}) as world,
        serving(world, tmp_path, [LINE], **options) as first,
        serving(world, tmp_path, [LINE], **options) as second,
    ):
        origins[public] = first.url
        phone = await world.carrier.call(f"{public}/twilio/voice", to=NUMBER)
        await hears(phone, GREETING)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        await asyncio.sleep(0.5)
        await first.store.flush()
        origins[public] = second.url
        phone.break_stream()
        await hears(phone, RESUMED)
        assert list(second.switchboard.calls) == [phone.sid]
        await asyncio.sleep(11)  # the first process has given the call up
        assert first.switchboard.calls == {}
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, RESUMED + PRICE)
        messages = world.openai.requests[-1].messages
        contents = [m["content"] for m in messages if m["role"] != "system"]
        assert contents == [GREETING, PRICE_QUESTION, PRICE, PRICE_QUESTION]
        await phone.say(said("goodbye"))
        await phone.ended()
        await second.store.flush()
        (row,) = await second.store.calls()
        assert row.outcome == "completed"
        callers = [(turn.caller, turn.agent) for turn in row.turns]
        assert callers[:3] == [("", GREETING), (PRICE_QUESTION, PRICE), (PRICE_QUESTION, PRICE)]


async def test_another_process_hangs_up_a_call_that_has_an_outcome(tmp_path: Path) -> None:
    async with outside() as world:
        async with serving(world, tmp_path, [LINE]) as first:
            phone = await world.carrier.call(f"{first.url}/twilio/voice", to=NUMBER)
            await hears(phone, GREETING)
            await phone.say(said("goodbye"))
            await phone.ended()
        async with town(tmp_path) as place, Wire(place) as wire:
            answer = await wire.post("/twilio/next", form(phone.sid, CallStatus="in-progress"))
            assert "<Hangup />" in answer.text
            assert "<Connect" not in answer.text
            assert place.service.switchboard.calls == {}


async def test_a_second_stream_supersedes_the_first(tmp_path: Path) -> None:
    async with town(tmp_path) as place, neighbour(place), Wire(place) as wire:
        sid, ticket = await wire.ring()
        session = place.service.switchboard.calls[sid]
        async with wire.socket() as first, wire.socket() as second:
            await first.send(start(sid, ticket))
            await first.ws.receive()
            await second.send(start(sid, (await wire.ring(sid))[1]))
            assert await first.closed() == (1000, "superseded by another stream of the call")
            assert await listen(second, WORDS + GREETING)
            assert place.service.switchboard.calls[sid] is session
            await second.send({"event": "stop", "stop": {}})
            assert (await second.closed())[0] == 1000
        await session.over()
        assert session.outcome is not None
        assert session.outcome.kind == "caller-hung-up"


async def listen(socket: Socket, text: str) -> bool:
    """Whether this is what comes, letter for letter."""
    mulaw = b""
    while len(mulaw) < 533 * len(text):
        message = orjson.loads((await socket.ws.receive()).data)
        if message["event"] == "media":
            mulaw += base64.b64decode(message["media"]["payload"])
    return VOICE.read(mulaw) == text


async def test_a_caller_who_is_gone_is_not_waited_for(tmp_path: Path) -> None:
    async with town(tmp_path) as place, Wire(place) as wire:
        for path in ("/twilio/next", "/twilio/status"):
            sid, ticket = await wire.ring()
            async with wire.socket() as socket:
                await socket.send(start(sid, ticket))
                await socket.ws.receive()
                session = place.service.switchboard.calls[sid]
            await asyncio.sleep(0.1)
            assert session.outcome is None
            answer = await wire.post(path, form(sid, CallStatus="completed"))
            assert answer.status in (200, 204)
            assert "<Connect" not in answer.text
            async with asyncio.timeout(1):
                await session.over()
            await place.service.store.flush()
            row = await place.service.store.call(sid)
            assert row is not None
            assert row.outcome == "caller-hung-up"


async def test_the_end_of_a_call_that_no_process_knows_any_more_is_kept(tmp_path: Path) -> None:
    async with outside() as world, serving(world, tmp_path, [LINE]) as first:
        phone = await world.carrier.call(f"{first.url}/twilio/voice", to=NUMBER)
        await hears(phone, GREETING)
        await first.store.flush()
        async with town(tmp_path) as place, Wire(place) as wire:
            await wire.post("/twilio/status", form(phone.sid, CallStatus="completed"))
            await wire.post("/twilio/status", form("CA" + "0" * 32, CallStatus="completed"))
            assert (await place.row(phone)).outcome == "caller-hung-up"
        await phone.hang_up()
        await phone.ended()


async def test_a_server_that_stops_ends_its_calls_with_an_apology(tmp_path: Path) -> None:
    async with outside() as world:
        before = running()
        async with serving(world, tmp_path, [LINE]) as service:
            phone = await world.carrier.call(f"{service.url}/twilio/voice", to=NUMBER)
            await hears(phone, GREETING[:10])
            began = asyncio.get_running_loop().time()
        assert phone.log.of(StreamStopped)[0].at - began < 1
        assert world.deepgram.listen.open == []
        await phone.ended()
        assert more(running(), before) == {}
        assert [record.text for record in phone.log.of(Said)] == [APOLOGY]
        assert [record.by for record in phone.log.of(StreamStopped)] == ["server"]
        assert [record.why for record in phone.log.of(WebhookSent)] == ["voice", "action"]
        async with town(tmp_path) as place:
            row = await place.row(phone)
            assert (row.outcome, row.reason) == ("failed", "the server was stopped")


async def test_a_server_that_stops_takes_no_more_calls(tmp_path: Path) -> None:
    async with town(tmp_path) as place, Wire(place) as wire:
        phone = await place.call()
        closing = asyncio.create_task(place.service.switchboard.close())
        await asyncio.sleep(0)
        assert (await wire.get("/readyz"))[0] == 503
        refused = await place.ring()
        await refused.ended()
        assert refused.log.of(StreamStarted) == []
        await closing
        await phone.ended()
