"""The emulated carrier: Twilio at the wire, for one account.

::

    async with Carrier() as carrier:                    # REST on carrier.base_url: set TWILIO_BASE_URL to it
        phone = await carrier.call("http://127.0.0.1:8080/twilio/voice", to="+15550100")
        await phone.answered()
        await phone.say(mulaw)
        await phone.until(Said)
        await phone.hang_up()
        await phone.ended()

It signs its webhooks, follows TwiML, streams sound in real time, tells status callbacks and answers REST
requests; and it misbehaves on request (:mod:`trunkline.sandbox.telephone.faults`).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

from aiohttp import web

from trunkline.sandbox.telephone.call_log import PATIENCE, NotSeen
from trunkline.sandbox.telephone.callee import Callee, by_number
from trunkline.sandbox.telephone.exchange import CarrierVoice, Exchange, tone
from trunkline.sandbox.telephone.faults import SOUND, Faults
from trunkline.sandbox.telephone.numbers import Number
from trunkline.sandbox.telephone.outbound import Order, place
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.reach import Reach
from trunkline.sandbox.telephone.resource import CallResource
from trunkline.sandbox.telephone.rest import RestApi, RestRequest
from trunkline.sandbox.telephone.rest_answers import RestError
from trunkline.sandbox.telephone.rest_calls import CallRoutes
from trunkline.sandbox.telephone.script import Fallback, Script
from trunkline.sandbox.telephone.signing import Signer
from trunkline.sandbox.telephone.status import StatusCallback
from trunkline.sandbox.telephone.webhooks import Ask

ACCOUNT_SID = "AC" + "5a" * 16
AUTH_TOKEN = "sandbox-auth-token"  # noqa: S105
"""Credentials of the sandbox, for who needs no others."""

CALLER = "+15550199"
"""Who calls, if nothing else is said."""


class Carrier:
    """An account at the carrier, its phone lines and its REST API.

    Args:
        account_sid: ``AC`` and 32 hexadecimal digits.
        auth_token: signs webhooks, and is the account's password.
        api_keys: ``SK...`` to secret of API keys that may use REST.
        numbers: the account's phone numbers. Without any, it may call from every number.
        callees: what a number does when it is called; a mapping, or a function of the number.
        voice: speaks for ``<Say>``.
        faults: of calls for which nothing else is said.
        origins: public origins that are served elsewhere (:class:`Reach`).
        public_url: under which customers reach this carrier; ``base_url`` if not given.
        calls_per_second: at which calls leave the queue of those created over REST; None for at once.
        keep_audio: whether calls remember all that was said and heard; a load test does without.
        host: to listen on.
        port: to listen on; 0 for a free one.
    """

    def __init__(
        self,
        *,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        api_keys: Mapping[str, str] | None = None,
        numbers: Sequence[Number] = (),
        callees: Mapping[str, Callee] | Callable[[str], Callee] | None = None,
        voice: CarrierVoice = tone,
        faults: Faults = SOUND,
        origins: Mapping[str, str] | None = None,
        public_url: str | None = None,
        calls_per_second: float | None = None,
        keep_audio: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.numbers = list(numbers)
        self.calls_per_second = calls_per_second
        self.base_url = ""
        """Of the REST API; known once the carrier is open."""
        callee = callees if callable(callees) else by_number(callees or {})
        self._exchange = Exchange(
            account_sid=account_sid,
            signer=Signer(auth_token),
            reach=Reach(origins or {}),
            voice=voice,
            callee=callee,
            faults=faults,
            keep_audio=keep_audio,
            public_url=public_url or "",
        )
        self._rest = RestApi(
            self._exchange,
            {account_sid: auth_token, **(api_keys or {})},
            self.numbers,
            CallRoutes(self._exchange, self),
        )
        self._listen_on = (host, port)
        self._next_place = 0.0

    async def __aenter__(self) -> Self:
        self._exchange.open()
        self._runner = web.AppRunner(self._rest.app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        host, port = self._listen_on
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.base_url = f"http://{host}:{self._runner.addresses[0][1]}"
        self._exchange.public_url = self._exchange.public_url or self.base_url
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._exchange.close()
        finally:
            await self._runner.cleanup()

    @property
    def requests(self) -> list[RestRequest]:
        """What was asked over REST, in order."""
        return self._rest.requests

    @property
    def phones(self) -> Mapping[str, Phone]:
        """Calls by SID, those that are over too."""
        return self._exchange.phones

    def refuse(self, *errors: RestError) -> None:
        """Answer the next REST requests with these."""
        self._rest.refusals.extend(errors)

    async def call(
        self,
        voice_url: str | None = None,
        *,
        to: str,
        from_: str = CALLER,
        voice_method: str | None = None,
        status_callback: str | None = None,
        fallback_url: str | None = None,
        faults: Faults | None = None,
        **extra_params: str,
    ) -> Phone:
        """Somebody calls one of the account's numbers; it is ringing when this returns.

        Args:
            voice_url: asked what to do; by default the number's.
            to: the number that is called.
            from_: who calls; not always a number ("anonymous").
            voice_method: ``POST`` or ``GET``; by default the number's.
            status_callback: told when the call is over; by default the number's.
            fallback_url: asked if a document cannot be had; by default the number's.
            faults: of this call.
            extra_params: more parameters of its webhooks, or other values for the usual ones.
        """
        number = next((known for known in self.numbers if known.phone_number == to), None)
        number = number or Number(phone_number=to)
        call = self._resource(to, from_, "inbound", extra_params)
        call.status = "ringing"
        tells = StatusCallback(status_callback or number.status_callback, number.status_callback_method)
        phone = Phone(self._exchange, call, tells, self._exchange.faults if faults is None else faults)
        fallback = Fallback(fallback_url or number.voice_fallback_url, number.voice_fallback_method)
        ask = Ask("voice", voice_url or number.voice_url, call.params(), voice_method or number.voice_method)
        phone.spawn(Script(phone, fallback).run(ask))
        if phone.faults.hang_up_while_ringing is not None:
            phone.spawn(_give_up(phone, phone.faults.hang_up_while_ringing))
        return phone

    def place(self, to: str, from_: str, order: Order, status: StatusCallback) -> Phone:
        """The account calls somebody; what REST does."""
        phone = Phone(
            self._exchange, self._resource(to, from_, "outbound-api", {}), status, self._exchange.faults
        )
        phone.spawn(place(phone, order, self._queue_delay()))
        return phone

    def owns(self, number: str) -> bool:
        """Whether the account may call from a number."""
        return not self.numbers or any(known.phone_number == number for known in self.numbers)

    async def callee(self, number: str, *, timeout: float = PATIENCE) -> Phone:
        """The phone of whoever has this number, once the account, or a ``<Dial>``, calls it.

        Raises:
            NotSeen: nobody calls it in time.
        """
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange.arrival(
                    lambda phone: phone.call.to == number and phone.call.direction != "inbound"
                )
        except TimeoutError:
            raise NotSeen(f"nobody called {number} in {timeout:g} s") from None

    def _resource(self, to: str, from_: str, direction: str, extra: dict[str, str]) -> CallResource:
        return CallResource(
            account_sid=self.account_sid,
            to=to,
            from_=from_,
            direction=direction,
            wall=self._exchange.wall,
            created=self._exchange.now,
            extra=extra,
        )

    def _queue_delay(self) -> float:
        """Seconds that a new outbound call waits for its turn."""
        if self.calls_per_second is None:
            return 0.0
        now = self._exchange.now
        turn = max(now, self._next_place)
        self._next_place = turn + 1 / self.calls_per_second
        return turn - now


async def _give_up(phone: Phone, seconds: float) -> None:
    await asyncio.sleep(seconds)
    if not phone.is_answered.is_set():
        await phone.hang_up()
