"""Who is not Twilio, or not now, is turned away in one sentence; nobody on the line hears of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from unittest.mock import patch

import aiohttp
import pytest

from tests.calls.neighbour import neighbour
from tests.calls.town import GREETING, NUMBER, hears, town
from tests.calls.wire import SIGNER, Wire, form, start
from trunkline.sandbox.telephone.faults import Faults, Signature
from trunkline.sandbox.telephone.records import Answered, Ended, MediaReceived, VerbRun, Warned
from trunkline.sandbox.telephone.resource import new_sid
from trunkline.server.tickets import LIFETIME

POLICY = 1008


async def forged_webhook(wire: Wire) -> None:
    for path in ("/twilio/voice", "/twilio/next", "/twilio/status"):
        answer = await wire.post(path, form(new_sid("CA")), "forged")
        assert (answer.status, answer.kind) == (403, "text/plain")
        assert "X-Twilio-Signature does not fit" in answer.text
        assert_one_sentence(answer.text)


async def unsigned_webhook(wire: Wire) -> None:
    answer = await wire.post("/twilio/voice", form(new_sid("CA")), "missing")
    assert answer.status == 403
    assert_one_sentence(answer.text)


async def webhook_signed_for_another_form(wire: Wire) -> None:
    signature = SIGNER.sign(f"{wire.url}/twilio/voice", form(new_sid("CA"))) or ""
    changed = form(new_sid("CA"), From="+15550166")
    answer = await wire.post("/twilio/voice", changed, "missing", {"X-Twilio-Signature": signature})
    assert answer.status == 403


async def webhook_without_a_call(wire: Wire) -> None:
    answer = await wire.post("/twilio/voice", {"To": NUMBER})
    assert answer.status == 400
    assert "CallSid" in answer.text
    assert_one_sentence(answer.text)


async def webhook_that_is_no_form(wire: Wire) -> None:
    for kind in ("multipart/form-data", "application/x-www-form-urlencoded; charset=klingon"):
        answer = await wire.post("/twilio/voice", {"a": "b"}, headers={"Content-Type": kind})
        assert answer.status in (400, 403)
        assert_one_sentence(answer.text)


async def webhook_of_unusual_size(wire: Wire) -> None:
    answer = await wire.post("/twilio/voice", form(new_sid("CA"), Extra="x" * 100_000))
    assert answer.status == 413


async def forged_handshake(wire: Wire) -> None:
    qualities: tuple[Signature, ...] = ("forged", "missing")
    for quality in qualities:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with wire.socket(quality):
                pass
        assert refused.value.status == 403


async def forged_ticket(wire: Wire) -> None:
    sid, ticket = await wire.ring()
    await refused(wire, sid, ticket[:-2] + "xx", "not one of ours")


async def missing_ticket(wire: Wire) -> None:
    sid, _ = await wire.ring()
    await refused(wire, sid, None, "missing")


async def ticket_of_another_call(wire: Wire) -> None:
    sid, _ = await wire.ring()
    other, others_ticket = await wire.ring()
    await refused(wire, sid, others_ticket, "another call")
    await wire.hang_up(other)


async def stale_ticket(wire: Wire) -> None:
    sid, ticket = await wire.ring()
    with patch("itsdangerous.timed.time.time", return_value=time.time() + LIFETIME + 2):
        await refused(wire, sid, ticket, "older than")


async def reused_ticket(wire: Wire) -> None:
    sid, ticket = await wire.ring()
    async with wire.socket() as first:
        await first.send(start(sid, ticket))
        await first.ws.receive()
        await refused(wire, sid, ticket, "used before")
        assert (await first.closed())[0] == 1000


async def ticket_of_a_call_that_is_over(wire: Wire) -> None:
    sid, ticket = await wire.ring()
    await wire.post("/twilio/status", form(sid, CallStatus="no-answer"))
    await refused(wire, sid, ticket, "over or unknown")


INTRUDERS: tuple[Callable[[Wire], Awaitable[None]], ...] = (
    forged_webhook,
    unsigned_webhook,
    webhook_signed_for_another_form,
    webhook_without_a_call,
    webhook_that_is_no_form,
    webhook_of_unusual_size,
    forged_handshake,
    forged_ticket,
    missing_ticket,
    ticket_of_another_call,
    stale_ticket,
    reused_ticket,
    ticket_of_a_call_that_is_over,
)


async def refused(wire: Wire, sid: str, ticket: str | None, reason: str) -> None:
    """Start a stream and find it closed for a reason that does not tell the ticket."""
    async with wire.socket() as socket:
        await socket.send(start(sid, ticket))
        code, why = await socket.closed()
    await wire.hang_up(sid)
    assert code == POLICY
    assert reason in why
    assert ticket is None or ticket not in why


def assert_one_sentence(text: str) -> None:
    assert text.strip()
    assert text.count("\n") <= 1
    assert "Traceback" not in text


async def test_intruders_are_turned_away_and_nobody_else_hears_of_it(tmp_path: Path) -> None:
    async with town(tmp_path) as place, neighbour(place), Wire(place) as wire:
        for intrude in INTRUDERS:
            await intrude(wire)


async def test_the_same_webhook_twice_is_the_same_call(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call(faults=Faults(webhook_twice=True))
        assert list(place.service.switchboard.calls) == [phone.sid]
        await hears(phone, GREETING)
        await asyncio.sleep(3)
        assert sum(record.size for record in phone.log.of(MediaReceived)) == 533 * len(GREETING)
        await phone.hang_up()
        await phone.ended()
        await place.service.store.flush()
        (row,) = await place.service.store.calls()
        assert (row.sid, row.outcome) == (phone.sid, "caller-hung-up")


async def test_a_webhook_that_is_repeated_when_the_call_is_over_does_not_begin_it_anew(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as place, Wire(place) as wire:
        sid, _ = await wire.ring()
        await wire.post("/twilio/status", form(sid, CallStatus="completed"))
        await asyncio.sleep(1)
        answer = await wire.post("/twilio/voice", form(sid))
        assert "<Hangup />" in answer.text
        assert "<Connect" not in answer.text
        assert not place.service.switchboard.calls


async def test_a_caller_whose_handshakes_fail_is_not_kept_waiting(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.ring(faults=Faults(stream_signature="forged"))
        await phone.ended()
        verbs = [record.name for record in phone.log.of(VerbRun)]
        assert verbs == ["Connect", "Connect", "Pause", "Connect", "Pause", "Connect", "Say", "Hangup"]
        assert phone.log.of(Warned)[0].code == 31920
        assert phone.log.of(Ended)[0].at - phone.log.of(Answered)[0].at < 15
        assert (await place.row(phone)).outcome == "failed"
