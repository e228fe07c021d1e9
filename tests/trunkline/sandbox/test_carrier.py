"""Whole calls through the emulated carrier."""

import asyncio
import time

import pytest
import uvloop
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from processors.g711 import SILENCE
from tests.trunkline.sandbox.customer import Customer, twiml
from tests.trunkline.sandbox.telephone.lines import codes, said, world
from trunkline.sandbox.carrier import Carrier
from trunkline.sandbox.telephone.call_log import NotSeen
from trunkline.sandbox.telephone.numbers import Number
from trunkline.sandbox.telephone.records import MarkReturned, StreamStopped


async def test_a_call_streams_sound_both_ways() -> None:
    async with world() as there:
        customer = there.customer
        customer.pages = {"/voice": twiml(customer.connect()), "/next": twiml("<Hangup/>")}
        phone = await there.call()
        media = await customer.stream()
        hello = bytes(range(1, 161)) * 25
        speaking = phone.say(hello)
        await media.play(b"\x10" * 8000)
        await media.mark("a")
        assert await speaking
        await phone.until(MarkReturned)
        await media.socket.close()
        await phone.ended()
        assert hello in media.heard
        assert phone.heard.strip(SILENCE) == b"\x10" * 8000
        assert phone.said.strip(SILENCE) == hello
        assert len(phone.heard) == len(phone.said) == 8000
        assert phone.status == "completed"
        assert (await phone.until(StreamStopped)).by == "server"


async def test_a_number_says_whom_to_ask() -> None:
    async with Customer(
        {"/broken": "oops", "/fallback": twiml("<Say>sorry</Say>"), "/status": ""}
    ) as customer:
        number = Number(
            phone_number="+15550100",
            voice_url=customer.url("/broken"),
            voice_method="GET",
            voice_fallback_url=customer.url("/fallback"),
            status_callback=customer.url("/status"),
        )
        async with Carrier(numbers=[number]) as carrier:
            phone = await carrier.call(to="+15550100")
            await phone.ended()
            assert [asked.path for asked in customer.webhooks] == ["/broken", "/fallback", "/status"]
            assert customer.webhooks[0].method == "GET"
            assert said(phone) == ["sorry"]


async def test_a_number_without_a_url_cannot_be_answered() -> None:
    async with Carrier() as carrier:
        phone = await carrier.call(to="+15550100")
        await phone.ended()
        assert (codes(phone), phone.status) == ([11100], "failed")


async def test_each_webhook_of_a_call_is_signed_with_the_accounts_token() -> None:
    async with world(auth_token="mine") as there:
        customer = there.customer
        customer.pages["/voice"] = twiml(customer.connect(attributes='statusCallback="/stream"'))
        customer.pages |= {"/next": twiml("<Hangup/>"), "/stream": "", "/status": ""}
        phone = await there.call(status_callback=customer.url("/status"))
        media = await customer.stream()
        await media.socket.close()
        await phone.ended()
        assert {asked.path for asked in customer.webhooks} == {"/voice", "/next", "/stream", "/status"}
        validator = RequestValidator("mine")
        for asked in customer.webhooks:
            signature = asked.headers["X-Twilio-Signature"]
            assert validator.validate(customer.url(asked.path), asked.form, signature)
        assert validator.validate(customer.media_url, {}, media.headers["x-twilio-signature"])


async def test_many_calls_at_once_do_not_mix() -> None:
    async with world() as there:
        customer = there.customer
        customer.pages["/voice"] = twiml(customer.connect())
        phones = [await there.call() for _ in range(10)]
        streams = [await customer.stream(number) for number in range(10)]
        by_call = {stream.of("start")[0]["start"]["callSid"]: stream for stream in streams}
        for number, phone in enumerate(phones):
            phone.say(bytes([number + 1]) * 1600)
            await by_call[phone.sid].play(bytes([number + 100]) * 800)
        await asyncio.sleep(0.5)
        for number, phone in enumerate(phones):
            assert by_call[phone.sid].heard.strip(SILENCE) == bytes([number + 1]) * 1600
            assert phone.heard.strip(SILENCE) == bytes([number + 100]) * 800


async def test_sound_need_not_be_kept() -> None:
    async with world(keep_audio=False) as there:
        customer = there.customer
        customer.pages["/voice"] = twiml(customer.connect())
        phone = await there.call()
        media = await customer.stream()
        speech = bytes(range(1, 161)) * 50
        await media.play(b"\x10" * 80_000)
        await media.mark("end")
        for _ in range(10):
            await phone.say(speech)
        await phone.until(MarkReturned)
        await asyncio.sleep(0.1)
        assert speech * 10 in media.heard
        assert len(phone.heard) <= 32_000


async def test_a_callee_who_is_never_called_is_not_waited_for_forever() -> None:
    async with Carrier() as carrier:
        with pytest.raises(NotSeen, match="15550123"):
            await carrier.callee("+15550123", timeout=3)


def test_a_carrier_runs_in_real_time_on_uvloop() -> None:
    async def call() -> float:
        async with world() as there:
            there.customer.pages = {"/voice": twiml(there.customer.connect()), "/next": twiml("<Hangup/>")}
            phone = await there.call()
            media = await there.customer.stream()
            began = time.monotonic()
            await media.play(b"\x10" * 1600)
            await media.mark("played")
            await phone.until(MarkReturned)
            took = time.monotonic() - began
            await media.socket.close()
            await phone.ended()
            assert phone.heard.strip(SILENCE) == b"\x10" * 1600
            return took

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert 0.19 < runner.run(call()) < 1.0
