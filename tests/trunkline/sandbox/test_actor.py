"""The scripted caller acts by ear: speaks when the agent has finished, interrupts while it speaks."""

from pathlib import Path

from processors.barge_in import vad
from tests.calls.town import (
    GREETING,
    LONG,
    PRICE,
    PRICE_QUESTION,
    QUESTION,
    Town,
    heard,
    make_line,
    said,
    town,
)
from trunkline.sandbox.actor import PAUSE_MS, Actor
from trunkline.sandbox.script import BargeIn, HangUp, Press, Say, Script, Step, Wait
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived, DigitPressed, Ended, StreamStarted


async def recording(text: str) -> bytes:
    return said(text)


async def play(place: Town, *steps: Step) -> Phone:
    phone = await place.call()
    await Actor(phone, recording).play(Script(steps))
    await phone.hang_up()
    await phone.ended()
    return phone


async def test_it_speaks_when_the_greeting_is_over(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await play(place, Say(PRICE_QUESTION), HangUp())
        assert heard(phone).startswith(GREETING + PRICE)
        assert not phone.log.of(ClearReceived)
        sound = len(GREETING) / 15 * 8000
        begin = phone.said.find(said(PRICE_QUESTION)[:800])
        assert begin >= sound + PAUSE_MS * 8


async def test_it_interrupts_so_far_into_a_reply(tmp_path: Path) -> None:
    async with town(tmp_path, make_line(barge_in=vad)) as place:
        phone = await play(place, Say(QUESTION), BargeIn("no thank you", after_ms=3000), HangUp())
        answer = heard(phone).removeprefix(GREETING).partition("All right")[0]
        assert LONG.startswith(answer)
        assert 3.0 <= len(answer) / 15 <= 3.6


async def test_it_presses_waits_and_hangs_up(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await play(place, Press("12"), Wait(2.0), HangUp())
        assert [record.digit for record in phone.log.of(DigitPressed)] == ["1", "2"]
        assert phone.log.of(Ended)[0].at - phone.log.of(StreamStarted)[0].at > 4


async def test_it_stops_when_the_agent_has_hung_up(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await play(place, Say("goodbye"), Say("hello"), HangUp())
        assert heard(phone) == GREETING + "Goodbye!"
