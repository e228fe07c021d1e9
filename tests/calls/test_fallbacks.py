"""Nothing of ours can go on with a call: what the caller hears then, and what is kept of it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pipecat.processors.frame_processor import FrameProcessor

from tests.calls.relay import relay
from tests.calls.town import GREETING, PRICE_QUESTION, Town, hears, make_line, outside, said, serving, town
from tests.calls.wire import Wire, form
from trunkline.call import Call
from trunkline.fallback import Fallback, Voicemail
from trunkline.line import Line
from trunkline.overflow import DialOverflow, SayAndHangUp
from trunkline.resuming.resume import Resume
from trunkline.sandbox.telephone.callee import Callee
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Said, StreamStarted, VerbRun, WebhookSent
from trunkline.server.standalone import document

MESSAGE = Voicemail("Please leave a message.", thanks="Thank you.")
OTHER = "+15550188"


def short(fallback: Fallback | None) -> Line:
    """A line whose calls are saved once."""
    return make_line(resume=Resume(attempts=2), fallback=fallback)


async def lost_twice(place: Town) -> Phone:
    phone = await place.call()
    await hears(phone, GREETING)
    for _ in range(2):
        await asyncio.sleep(1)
        phone.break_stream()
        await asyncio.sleep(0.5)
    return phone


def verbs(phone: Phone) -> list[str]:
    return [verb.name for verb in phone.log.of(VerbRun)]


@pytest.mark.parametrize("ending", ["a key", "silence", "hanging up"])
async def test_the_caller_leaves_a_message(tmp_path: Path, ending: str) -> None:
    async with town(tmp_path, short(MESSAGE)) as place:
        phone = await lost_twice(place)
        await phone.until(Said)
        await asyncio.sleep(3)
        await phone.say(said(PRICE_QUESTION))
        if ending == "a key":
            await phone.press("#")
        if ending == "hanging up":
            await phone.hang_up()
        await phone.ended()
        assert verbs(phone)[:4] == ["Connect", "Connect", "Say", "Record"]
        spoken = [record.text for record in phone.log.of(Said)]
        assert spoken == [MESSAGE.text, *([MESSAGE.thanks] if ending != "hanging up" else [])]
        row = await place.row(phone)
        assert (row.outcome, row.reason) == ("voicemail", "the stream was lost too often")
        assert row.voicemail.startswith(place.world.carrier.base_url)
        assert row.state is None


async def test_the_attempts_of_all_processes_count_together(tmp_path: Path) -> None:
    async with relay(tmp_path, short(SayAndHangUp("Too bad."))) as place:
        phone = await place.call(GREETING)
        await place.move(phone)
        await hears(phone, "second.")
        await asyncio.sleep(1)
        place.first, place.second = place.second, place.first
        await place.move(phone)
        await phone.ended()
        assert [record.text for record in phone.log.of(Said)] == ["Too bad."]
        row = await place.row(phone)
        assert (row.outcome, row.reason) == ("failed", "the stream was lost too often")


async def test_another_number_is_called_once(tmp_path: Path) -> None:
    line = short(DialOverflow(OTHER, unanswered="Nobody is here.", ring_seconds=5))
    callees = {OTHER: Callee(outcome="no-answer")}
    async with town(tmp_path, line, carrier={"callees": callees}) as place:
        phone = await lost_twice(place)
        await phone.ended()
        assert verbs(phone) == ["Connect", "Connect", "Dial", "Say", "Hangup"]
        assert [record.text for record in phone.log.of(Said)] == ["Nobody is here."]


async def test_a_line_that_cannot_be_composed_falls_back(tmp_path: Path) -> None:
    line = Line(name="desk", number="+15550100", greeting=GREETING, prompt="Be kind.", fallback=MESSAGE)
    answers = 0

    @line.answer
    def compose(call: Call) -> list[FrameProcessor]:
        nonlocal answers
        answers += 1
        if answers > 1:  # the first is the check of the file
            raise RuntimeError("no such voice")
        return []

    async with town(tmp_path, make_line()) as place, Wire(place) as wire:
        place.log.expects_errors = True
        place.service.switchboard.lines[line.number] = line
        answers = 1
        answer = await wire.post("/twilio/voice", form("CA" + "1" * 32))
        assert "<Record" in answer.text
        again = await wire.post("/twilio/next", form("CA" + "1" * 32, RecordingUrl="https://api/RE1"))
        assert MESSAGE.thanks in again.text
        await place.service.store.flush()
        row = await place.service.store.call("CA" + "1" * 32)
        assert row is not None
        assert (row.outcome, row.voicemail) == ("voicemail", "https://api/RE1")


async def test_a_store_that_does_not_answer_does_not_end_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with relay(tmp_path, make_line()) as place:
        place.world.log.expects_errors = True
        phone = await place.call(GREETING)

        async def never(_: str) -> Any:
            await asyncio.sleep(3600)

        monkeypatch.setattr("trunkline.switchboard.ARCHIVE_LIMIT", 2.0)
        monkeypatch.setattr(place.second.store, "outcome", never)
        monkeypatch.setattr(place.second.store, "resumed", never)
        lost_at = asyncio.get_running_loop().time()
        await place.move(phone)
        await hears(phone, "second.Please go on.")
        assert phone.log.of(StreamStarted)[1].at - lost_at < 5
        await phone.hang_up()
        await phone.ended()
        assert (await place.row(phone)).turns[0].agent == GREETING


# We are entirely away.


async def test_a_caller_whose_server_is_gone_hears_the_document_that_is_hosted_elsewhere(
    tmp_path: Path,
) -> None:
    line = make_line(fallback=SayAndHangUp("We are away. Please call later."))

    async def elsewhere(_: web.Request) -> web.Response:
        return web.Response(text=document(line), content_type="text/xml")

    app = web.Application()
    app.router.add_post("/", elsewhere)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fallback = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with outside() as world:
        async with serving(world, tmp_path, [line]) as service:
            phone = await world.carrier.call(
                f"{service.url}/twilio/voice", to=line.number, fallback_url=fallback
            )
            await hears(phone, GREETING)
            await service.switchboard.calls[phone.sid].hand_over(_nobody)
            gone = service.url
        await phone.ended()
        late = await world.carrier.call(f"{gone}/twilio/voice", to=line.number, fallback_url=fallback)
        await late.ended()
        for caller in (phone, late):
            assert [record.text for record in caller.log.of(Said)][-1] == "We are away. Please call later."
            assert "fallback" in [record.why for record in caller.log.of(WebhookSent)]
    await runner.cleanup()


async def _nobody(_: str) -> None:
    return None
