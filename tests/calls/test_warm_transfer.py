"""A human is told what it is about, and asked, while the caller hears music."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from processors import g711
from processors.g711 import SILENCE
from processors.tools import Quiet, tool
from tests.calls.town import GREETING, PRICE, PRICE_QUESTION, VOICE, Town, hears, make_line, said, town
from tests.calls.wire import Wire, form
from transports.ambience import Ambience
from transports.hold_music import hold_music
from trunkline import carrier_api, comfort_noise
from trunkline.call import Call
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.chat_faults import Stall
from trunkline.sandbox.telephone.callee import Callee
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import (
    ClearReceived,
    MediaReceived,
    Said,
    StreamStarted,
    StreamStopped,
    VerbRun,
)
from trunkline.sandbox.telephone.rest_answers import invalid
from trunkline.transfers.transfer import Result, Transfer, Transfers

AHEAD = carrier_api.CarrierApi
"""Imported ahead, as a server has it after its first warm transfer: no thread is waited for."""

DESK = "+15550123"
WORDS = "One moment, I ask the desk."
SORRY = "Nobody is at the desk. What else?"
QUESTION = "what time do you close today"
SUMMARY = "A caller asks when you close."
RULES = (
    Rule("close today", None, ("put_through", {})),
    Rule("check-up|check up", PRICE),
    Rule("^You hand a phone call over", "Somebody asks when you close. Nothing was done yet."),
)


class Tool:
    """``put_through``, and what came of it."""

    def __init__(self, **manner: Any) -> None:
        self.came: list[Result] = []
        self.manner: dict[str, Any] = {
            "ring_seconds": 12,
            "words": WORDS,
            "summary": SUMMARY,
            "unanswered": SORRY,
            **manner,
        }

    def line(self, **values: Any) -> Any:
        @tool(timeout=200, interruptible=False)
        async def put_through(call: Call) -> Quiet:
            """Put the caller through."""
            self.came.append(await call.transfer(DESK, **self.manner))
            return Quiet(str(self.came[-1]))

        return make_line(tools=[put_through], **values)


async def asks(place: Town) -> tuple[Phone, Phone]:
    """A caller, who hears music, and the human who is called for them."""
    phone = await place.call()
    await hears(phone, GREETING)
    await phone.say(said(QUESTION))
    return phone, await place.world.carrier.callee(DESK)


async def comes_back(phone: Phone) -> None:
    """The music has stopped, and the caller has heard so."""
    await phone.until(ClearReceived)
    async with asyncio.timeout(20):
        while SORRY not in VOICE.read(phone.heard_since(phone.handset.now - 24_000)):  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def told(human: Phone) -> None:
    """The human has heard the summary and the menu."""
    await human.until(Said)
    await asyncio.sleep(1)


def loudness(mulaw: bytes) -> float:
    """Decibels of the mean power, where 0 is full scale."""
    samples = np.frombuffer(g711.decode(mulaw), g711.PCM).astype(float)
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) / 32768 + 1e-9))


def is_loop(part: bytes, loop: bytes) -> bool:
    """Whether this is a stretch of a loop, sample by sample."""
    return part in loop + loop + loop


async def over(place: Town, *phones: Phone) -> None:
    for phone in phones:
        await phone.hang_up()
        await phone.ended()
    assert place.service.vendors.consultations == {}


async def test_a_human_takes_the_call_and_the_two_hear_each_other(tmp_path: Path) -> None:
    desk = Tool()
    async with town(tmp_path, desk.line(), rules=RULES) as place:
        phone, human = await asks(place)
        await told(human)
        assert [record.text for record in human.log.of(Said)] == [
            f"{SUMMARY} Press 1 to take the call, or 2 to decline."
        ]
        assert human.call.from_ == "+15550100"
        await human.press("1")
        await phone.until(lambda r: isinstance(r, VerbRun) and r.name == "Dial")
        await asyncio.sleep(0.5)
        assert (await place.row(phone)).outcome == "transferring"
        since = len(phone.heard), len(human.heard)
        await phone.say(b"\x10" * 1600)
        await human.say(b"\x20" * 1600)
        assert human.heard[since[1] :].replace(SILENCE, b"") == b"\x10" * 1600
        assert phone.heard[since[0] :].replace(SILENCE, b"") == b"\x20" * 1600
        await human.hang_up()
        await phone.ended()
        row = await place.row(phone)
        assert (row.outcome, row.reason) == ("transferred", "to a number, warm")
        assert desk.came == [Result.GONE]
        await asyncio.sleep(10)
        assert place.service.vendors.consultations == {}


async def test_the_caller_hears_music_until_the_answer(tmp_path: Path) -> None:
    desk = Tool()
    async with town(
        tmp_path, desk.line(), rules=RULES, carrier={"callees": {DESK: Callee(ring=11)}}
    ) as place:
        phone, human = await asks(place)
        await asyncio.sleep(0.2)
        since, messages = len(phone.heard), len(phone.log.of(MediaReceived))
        await asyncio.sleep(9)
        music = phone.heard[since:]
        assert is_loop(music, hold_music())
        assert loudness(music) == pytest.approx(-26, abs=2)
        assert len({round(r.at, 1) for r in phone.log.of(MediaReceived)[messages:]}) <= 3  # not 450 packets
        await told(human)
        await human.press("2")
        await comes_back(phone)
        assert len(phone.log.of(ClearReceived)) == 1  # the music that was ahead at the carrier
        await asyncio.sleep(0.5)
        assert phone.heard[-3000:] == SILENCE * 3000
        await over(place, phone)


async def test_a_line_with_its_own_sounds_has_them_back_afterwards(tmp_path: Path) -> None:
    recording = tmp_path / "hold.ulaw"
    recording.write_bytes((b"\x40" * 40 + b"\xc0" * 40) * 150)
    own, room = Ambience(recording), comfort_noise(-50)
    line = make_line(
        tools=[], ambience=room, transfers=Transfers({"desk": Transfer(to=DESK, warm=True, words="")}, own)
    )
    rules = (Rule("close today", None, ("transfer_call", {"to": "desk"})),)
    async with town(tmp_path, line, rules=rules, carrier={"callees": {DESK: Callee(ring=10)}}) as place:
        phone = await place.call()
        await asyncio.sleep(3)
        await phone.say(said(QUESTION))
        human = await place.world.carrier.callee(DESK)
        await asyncio.sleep(1)
        assert is_loop(phone.heard[-4000:], own.loop())
        await told(human)
        await human.press("2")
        await asyncio.sleep(8)
        assert is_loop(phone.heard[-4000:], room.loop())
        await over(place, phone)


async def declines(human: Phone) -> None:
    await told(human)
    await human.press("2")


async def hangs_up(human: Phone) -> None:
    await human.until(Said)
    await human.hang_up()


async def does_nothing(human: Phone) -> None:
    """A voicemail listens, and records."""


NOT_TAKEN = [
    (Callee(), declines, Result.DECLINED),
    (Callee(), hangs_up, Result.LEFT),
    (Callee(), does_nothing, Result.LEFT),
    (Callee(outcome="busy"), does_nothing, Result.BUSY),
    (Callee(outcome="no-answer"), does_nothing, Result.NO_ANSWER),
    (Callee(outcome="failed"), does_nothing, Result.FAILED),
]


@pytest.mark.parametrize(("callee", "act", "result"), NOT_TAKEN)
async def test_when_nobody_takes_it_the_conversation_goes_on(
    tmp_path: Path, callee: Callee, act: Any, result: Result
) -> None:
    desk = Tool()
    async with town(tmp_path, desk.line(), rules=RULES, carrier={"callees": {DESK: callee}}) as place:
        phone, human = await asks(place)
        await act(human)
        await comes_back(phone)
        await human.ended()
        assert desk.came == [result]
        assert phone.log.of(StreamStopped) == []
        await asyncio.sleep(5)
        await phone.say(said(PRICE_QUESTION))
        await asyncio.sleep(5)
        assert VOICE.read(phone.heard_since(phone.handset.now - 40_000)) == PRICE
        (answer,) = [m["content"] for m in place.messages() if m["role"] == "tool"]
        assert str(result) in answer
        await over(place, phone)
        assert (await place.row(phone)).outcome == "caller-hung-up"


async def test_a_carrier_that_refuses_costs_the_transfer_and_not_the_call(tmp_path: Path) -> None:
    desk = Tool(caller_id="+15550666")
    async with town(tmp_path, desk.line(), rules=RULES) as place:
        place.world.carrier.refuse(invalid(21210, "not verified"))
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await comes_back(phone)
        assert desk.came == [Result.FAILED]
        await over(place, phone)


async def test_a_caller_who_hangs_up_takes_the_humans_call_along(tmp_path: Path) -> None:
    for ring, waits in ((11.0, 3.0), (1.0, 4.0)):
        desk = Tool()
        folder = tmp_path / str(ring)
        folder.mkdir()
        async with town(
            folder, desk.line(), rules=RULES, carrier={"callees": {DESK: Callee(ring=ring)}}
        ) as place:
            phone, human = await asks(place)
            await asyncio.sleep(waits)
            await phone.hang_up()
            await phone.ended()
            await human.ended(timeout=2)
            assert human.status == ("canceled" if ring > waits else "completed")
            assert (await place.row(phone)).outcome == "caller-hung-up"
            await place.left(phone)
            assert place.service.vendors.consultations == {}


async def test_what_a_caller_says_on_hold_is_heard_by_nobody(tmp_path: Path) -> None:
    desk = Tool()
    async with town(
        tmp_path, desk.line(), rules=RULES, carrier={"callees": {DESK: Callee(ring=10)}}
    ) as place:
        phone, human = await asks(place)
        await asyncio.sleep(1)
        requests = len(place.world.openai.requests)
        await phone.say(said(PRICE_QUESTION))
        await phone.press("12")
        await asyncio.sleep(3)
        assert len(place.world.openai.requests) == requests
        assert is_loop(phone.heard[-8000:], hold_music())
        await told(human)
        await human.press("2")
        await comes_back(phone)
        await phone.say(said(PRICE_QUESTION))
        await asyncio.sleep(5)
        assert VOICE.read(phone.heard_since(phone.handset.now - 40_000)) == PRICE
        assert [m["content"] for m in place.messages() if m["role"] == "user"] == [QUESTION, PRICE_QUESTION]
        await over(place, phone)


async def test_the_model_sums_up_while_it_rings(tmp_path: Path) -> None:
    desk = Tool(summary=None, warm=True)
    async with town(tmp_path, desk.line(), rules=RULES) as place:
        phone, human = await asks(place)
        await told(human)
        (words,) = [record.text for record in human.log.of(Said)]
        assert words.startswith("Somebody asks when you close. Nothing was done yet. Press 1")
        asked = place.world.openai.requests[-1].messages
        assert f"Caller: {QUESTION}" in asked[-1]["content"]
        assert f"Agent: {GREETING}" in asked[-1]["content"]
        await human.press("2")
        await comes_back(phone)
        await over(place, phone)


async def test_a_model_that_is_late_is_not_waited_for(tmp_path: Path) -> None:
    desk = Tool(summary=None, warm=True)
    async with town(tmp_path, desk.line(), rules=RULES) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await hears(phone, WORDS[:10])
        place.world.openai.faults += [Stall(), Stall()]
        human = await place.world.carrier.callee(DESK)
        answered = await human.until(Said)
        assert answered.text.startswith(f"A caller is on the line. Their last words were: {QUESTION} Press 1")
        await human.press("2")
        await comes_back(phone)
        await over(place, phone)


async def test_a_key_that_means_nothing_is_asked_for_again(tmp_path: Path) -> None:
    desk = Tool()
    async with town(tmp_path, desk.line(), rules=RULES) as place:
        phone, human = await asks(place)
        await told(human)
        await human.press("5")
        await asyncio.sleep(1)
        assert len(human.log.of(Said)) == 2
        await human.press("2")
        await comes_back(phone)
        await over(place, phone)


async def test_a_human_who_is_too_late_is_told_so(tmp_path: Path) -> None:
    desk = Tool()
    async with town(tmp_path, desk.line(), rules=RULES) as place, Wire(place) as wire:
        phone, human = await asks(place)
        await told(human)
        url = next(str(r.params["Url"][0]) for r in place.world.carrier.requests if "Url" in r.params)
        path = url.removeprefix(place.service.url)
        await human.press("1")
        await phone.until(lambda r: isinstance(r, VerbRun) and r.name == "Dial")
        again = await wire.post(path, form(human.sid, Digits="1"))  # the carrier asks twice
        assert "<Conference" in again.text
        await phone.hang_up()
        await phone.ended()
        await human.ended()
        await asyncio.sleep(10)
        late = await wire.post(path, form(human.sid, Digits="1"))
        assert "no longer waiting" in late.text
        assert (await wire.post(path.split("?")[0], form(human.sid))).status == 400


async def test_a_human_who_hangs_up_before_the_two_meet_gives_the_caller_back(tmp_path: Path) -> None:
    desk = Tool()
    async with town(tmp_path, desk.line(), rules=RULES) as place:
        phone, human = await asks(place)
        await told(human)
        consultation = place.service.vendors.consultations[phone.sid]
        assert consultation.accept()
        consultation.told("completed")
        await again(phone)
        assert "Dial" not in [record.name for record in phone.log.of(VerbRun)]
        await human.hang_up()
        await over(place, phone)


async def test_a_caller_who_waits_in_an_empty_room_is_fetched_back(tmp_path: Path) -> None:
    desk = Tool()
    async with town(tmp_path, desk.line(), rules=RULES) as place:
        phone, human = await asks(place)
        await told(human)
        assert place.service.vendors.consultations[phone.sid].accept()
        await phone.until(lambda r: isinstance(r, VerbRun) and r.name == "Dial")
        left = asyncio.get_running_loop().time()
        await human.hang_up()
        await again(phone)
        assert asyncio.get_running_loop().time() - left < 15
        await over(place, phone)
        assert (await place.row(phone)).outcome == "caller-hung-up"


async def again(phone: Phone) -> None:
    """The conversation goes on, over another stream."""
    async with asyncio.timeout(20):
        while len(phone.log.of(StreamStarted)) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await asyncio.sleep(3.5)
    assert SORRY in VOICE.read(phone.heard_since(phone.handset.now - 40_000))
