"""A human is called, told and asked; whatever they do, it has one result and no call is left over."""

import asyncio
from typing import Any

import pytest

from trunkline.errors import CarrierError
from trunkline.transfers.consultation import DECISION, GRACE, QUEUED, Consultation, Leg
from trunkline.transfers.transfer import Result

LEG = Leg(
    "+15550123", "+15550100", "https://v.example.com/c?call=CA1", "https://v.example.com/s?call=CA1", 25
)


class Carrier:
    """Writes down what it is asked."""

    def __init__(self, refusal: Exception | None = None, seconds: float = 0.0) -> None:
        self.refusal, self.seconds = refusal, seconds
        self.created: list[dict[str, Any]] = []
        self.hung_up: list[str] = []
        self.redirected: list[tuple[str, str]] = []

    async def create_call(self, **what: Any) -> str:
        self.created.append(what)
        await asyncio.sleep(self.seconds)
        if self.refusal is not None:
            raise self.refusal
        return "CAhuman"

    async def hang_up(self, sid: str) -> None:
        self.hung_up.append(sid)

    async def redirect(self, sid: str, twiml: str) -> None:
        self.redirected.append((sid, twiml))


class Made:
    """A consultation, and what came of it."""

    def __init__(self, carrier: Carrier, words: str = "It hurts.") -> None:
        self.carrier = carrier
        self.taken = self.ended = 0
        self.one = Consultation(
            carrier,  # type: ignore[arg-type]
            LEG,
            caller="CA1",
            words=self._words(words),
            menu="Press 1.",
            language="en",
            room="call-CA1",
            take=self._take,
            back="https://v.example.com/twilio/next?a=1&b=2",
        )
        self.one.on_end = self._end

    async def _words(self, words: str) -> str:
        await asyncio.sleep(1)
        return words

    def _take(self) -> None:
        self.taken += 1

    def _end(self) -> None:
        self.ended += 1


async def test_who_takes_it_is_not_hung_up() -> None:
    made = Made(Carrier())
    await asyncio.sleep(5)
    assert await made.one.summary() == "It hurts."
    assert made.carrier.created == [
        {
            "to": LEG.to,
            "from_": LEG.from_,
            "url": LEG.url,
            "status_callback": LEG.status_url,
            "ring_seconds": 25,
        }
    ]
    assert made.one.accept()
    assert made.one.accept()  # the carrier asks twice
    assert made.taken == 1
    await made.one.over()
    assert await made.one.result is Result.GONE
    assert made.carrier.hung_up == []


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("busy", Result.BUSY),
        ("no-answer", Result.NO_ANSWER),
        ("failed", Result.FAILED),
        ("completed", Result.LEFT),
        ("canceled", Result.NO_ANSWER),
    ],
)
async def test_who_does_not_is_let_go(status: str, result: Result) -> None:
    made = Made(Carrier())
    await asyncio.sleep(1)
    for progress in ("initiated", "ringing", "in-progress"):
        made.one.told(progress)
    assert not made.one.result.done()
    made.one.told(status)
    made.one.decline()
    assert await made.one.result is result
    assert not made.one.accept()
    await made.one.over()
    assert (made.taken, made.ended, made.carrier.hung_up) == (0, 1, ["CAhuman"])


async def test_a_human_who_cannot_decide_is_not_waited_for() -> None:
    made = Made(Carrier())
    assert await made.one.result is Result.NO_ANSWER
    assert asyncio.get_running_loop().time() == pytest.approx(QUEUED + 25 + DECISION, abs=0.1)
    await made.one.over()
    assert made.carrier.hung_up == ["CAhuman"]


async def test_a_refusal_is_a_result() -> None:
    made = Made(Carrier(CarrierError("create a call: the carrier answered 400")))
    assert await made.one.result is Result.FAILED
    await made.one.over()
    assert (made.ended, made.carrier.hung_up) == (1, [])


async def test_a_call_that_is_called_off_while_it_is_made_is_hung_up_when_it_is_there() -> None:
    made = Made(Carrier(seconds=3))
    await asyncio.sleep(1)
    made.one.settle(Result.CALLER_LEFT)
    await made.one.over()
    assert made.carrier.hung_up == ["CAhuman"]
    assert await made.one.summary() in ("", "It hurts.")


async def test_words_that_are_too_late_are_none() -> None:
    made = Made(Carrier())
    await asyncio.sleep(0.1)
    made.one.decline()
    assert await made.one.summary() == ""
    await made.one.over()


@pytest.mark.parametrize("waits", [False, True])
async def test_a_caller_who_waits_for_nobody_is_fetched_back(waits: bool) -> None:
    made = Made(Carrier())
    await asyncio.sleep(1)
    made.one.accept()
    made.one.told("completed")
    assert made.one.is_deserted

    async def is_waiting() -> bool:
        return waits

    made.one.fetch_back(is_waiting)
    await asyncio.sleep(GRACE + 0.1)
    url = "https://v.example.com/twilio/next?a=1&amp;b=2"
    document = f'<Response><Redirect method="POST">{url}</Redirect></Response>'
    assert made.carrier.redirected == ([("CA1", document)] if waits else [])
    assert made.ended == (0 if waits else 1)


async def test_a_human_whose_caller_hung_up_on_the_way_is_sent_home() -> None:
    made = Made(Carrier())
    await asyncio.sleep(1)
    made.one.accept()
    made.one.dismiss()
    await asyncio.sleep(0.1)
    assert (made.ended, made.carrier.hung_up) == (1, ["CAhuman"])
