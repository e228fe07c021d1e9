"""The carrier's REST API: who may ask, what went wrong, and the account itself (Twilio: REST API)."""

import base64
import binascii
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from trunkline.sandbox.telephone.exchange import Exchange
from trunkline.sandbox.telephone.numbers import Number
from trunkline.sandbox.telephone.resource import API_VERSION
from trunkline.sandbox.telephone.rest_answers import NOT_AUTHENTICATED, RestError, not_found, page
from trunkline.sandbox.telephone.rest_calls import CallRoutes
from trunkline.sandbox.telephone.rest_recordings import RecordingRoutes

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestRequest:
    """A request that came in, whatever became of it."""

    at: float
    """Loop time, in seconds."""
    method: str
    path: str
    user: str
    """The account's SID or an API key's; empty if there were no credentials."""
    params: Mapping[str, Sequence[str]] = field(repr=False)
    """Query and form; a parameter may be repeated."""


class RestApi:
    """Answers as the account's REST API.

    Args:
        exchange: whose calls these are.
        keys: user name to password of everybody who may ask: account SID to auth token, API keys.
        numbers: the account's phone numbers; may change.
        calls: creates and changes calls.
    """

    def __init__(
        self, exchange: Exchange, keys: Mapping[str, str], numbers: list[Number], calls: CallRoutes
    ) -> None:
        self.requests: list[RestRequest] = []
        self.refusals: deque[RestError] = deque()
        """Answers to the next requests instead of the right ones."""
        self._exchange = exchange
        self._keys = keys
        self._numbers = numbers
        self._calls = calls
        self._recordings = RecordingRoutes(exchange)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        account = f"/{API_VERSION}/Accounts/{self._exchange.account_sid}"
        app.add_routes(
            [
                web.get(f"{account}.json", self._account),
                web.get(f"{account}/IncomingPhoneNumbers.json", self._list_numbers),
                web.get(account + "/IncomingPhoneNumbers/{sid}.json", self._number),
                web.post(account + "/IncomingPhoneNumbers/{sid}.json", self._update_number),
                *self._calls.routes(account),
                *self._recordings.routes(account),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Notes the request, asks who it is, and tells errors as JSON."""
        user, password = _credentials(request)
        await self._note(request, user)
        try:
            if self.refusals:
                raise self.refusals.popleft()
            if not user or self._keys.get(user) != password:
                raise NOT_AUTHENTICATED
            return await handler(request)
        except RestError as error:
            return web.json_response(error.as_json(), status=error.status)
        except web.HTTPNotFound:
            return web.json_response(not_found(request.path).as_json(), status=404)

    async def _note(self, request: web.Request, user: str) -> None:
        form = await request.post()
        params: dict[str, list[str]] = {}
        for name, value in [*request.query.items(), *form.items()]:
            params.setdefault(name, []).append(str(value))
        self.requests.append(
            RestRequest(
                at=self._exchange.now, method=request.method, path=request.path, user=user, params=params
            )
        )

    async def _account(self, request: web.Request) -> web.Response:
        sid = self._exchange.account_sid
        body: dict[str, Any] = {
            "sid": sid,
            "friendly_name": "Sandbox",
            "status": "active",
            "type": "Full",
            "owner_account_sid": sid,
            "auth_token": self._exchange.signer.auth_token,
            "date_created": None,
            "date_updated": None,
            "uri": f"{request.path}",
            "subresource_uris": {},
        }
        return web.json_response(body)

    async def _list_numbers(self, request: web.Request) -> web.Response:
        wanted = request.query.get("PhoneNumber", "")
        found = [number for number in self._numbers if wanted in number.phone_number]
        sid = self._exchange.account_sid
        return page(request, "incoming_phone_numbers", [number.as_json(sid) for number in found])

    async def _number(self, request: web.Request) -> web.Response:
        return web.json_response(self._find_number(request).as_json(self._exchange.account_sid))

    async def _update_number(self, request: web.Request) -> web.Response:
        form = await request.post()
        self._find_number(request).update({name: str(value) for name, value in form.items()})
        return await self._number(request)

    def _find_number(self, request: web.Request) -> Number:
        for number in self._numbers:
            if number.sid == request.match_info["sid"]:
                return number
        raise not_found(request.path)


def _credentials(request: web.Request) -> tuple[str, str]:
    """User and password of HTTP Basic; empty if there are none."""
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (user, password) if kind.lower() == "basic" else ("", "")
