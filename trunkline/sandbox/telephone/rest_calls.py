"""The Call resource over REST: create, change, look up."""

import re
from typing import Protocol

from aiohttp import web
from multidict import MultiMapping

from trunkline.sandbox.telephone.exchange import Exchange
from trunkline.sandbox.telephone.interruption import Source
from trunkline.sandbox.telephone.outbound import Detection, Order
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.rest_answers import NOT_IN_PROGRESS, invalid, not_found, page
from trunkline.sandbox.telephone.script import Fallback
from trunkline.sandbox.telephone.status import StatusCallback, events
from trunkline.sandbox.telephone.twiml import Inline
from trunkline.sandbox.telephone.webhooks import Ask

TWIML_LIMIT = 4000
"""Characters."""

NO_TO, NO_URL, BAD_TO, NO_FROM, UNVERIFIED_FROM, BAD_PARAMETER = 21201, 21205, 21211, 21213, 21210, 20001

ADDRESS = re.compile(r"\+[1-9]\d{1,14}|(client|sip):.+")
"""An E.164 number, or a client or SIP address."""

Form = MultiMapping[str]


class Placer(Protocol):
    """Makes outbound calls."""

    def place(self, to: str, from_: str, order: Order, status: StatusCallback) -> Phone: ...

    def owns(self, number: str) -> bool:
        """Whether calls may come from this number."""
        ...


class CallRoutes:
    """``/Calls`` of an account."""

    def __init__(self, exchange: Exchange, placer: Placer) -> None:
        self._exchange = exchange
        self._placer = placer

    def routes(self, account: str) -> list[web.RouteDef]:
        return [
            web.post(f"{account}/Calls.json", self._create),
            web.get(f"{account}/Calls.json", self._list),
            web.get(account + "/Calls/{sid}.json", self._fetch),
            web.post(account + "/Calls/{sid}.json", self._update),
        ]

    async def _create(self, request: web.Request) -> web.Response:
        form = await _form(request)
        to, from_ = form.get("To", ""), form.get("From", "")
        if not to:
            raise invalid(NO_TO, "No 'To' number is specified")
        if not ADDRESS.fullmatch(to):
            raise invalid(BAD_TO, f"Invalid 'To' Phone Number: {to}")
        if not from_:
            raise invalid(NO_FROM, "No 'From' number is specified")
        if not self._placer.owns(from_):
            raise invalid(UNVERIFIED_FROM, f"The source phone number provided, {from_}, is not yet verified")
        phone = self._placer.place(to, from_, _order(form), _status(form))
        return web.json_response(phone.call.as_json(), status=201)

    async def _list(self, request: web.Request) -> web.Response:
        query = request.query
        calls = [phone.call for phone in self._exchange.phones.values()]
        found = [
            call.as_json()
            for call in reversed(calls)
            if query.get("Status", call.status) == call.status
            and query.get("To", call.to) == call.to
            and query.get("From", call.from_) == call.from_
            and query.get("ParentCallSid", call.parent_sid) == call.parent_sid
        ]
        return page(request, "calls", found)

    async def _fetch(self, request: web.Request) -> web.Response:
        return web.json_response(self._find(request).call.as_json())

    async def _update(self, request: web.Request) -> web.Response:
        phone, form = self._find(request), await _form(request)
        if phone.call.is_over:
            raise NOT_IN_PROGRESS
        if "StatusCallback" in form:
            phone.status_callback = _status(form)
        if "Status" in form:
            _end(phone, form["Status"])
        elif "Url" in form or "Twiml" in form:
            if phone.status != "in-progress":
                raise NOT_IN_PROGRESS
            phone.replace(_source(phone, form))
        return web.json_response(phone.call.as_json())

    def _find(self, request: web.Request) -> Phone:
        phone = self._exchange.phones.get(request.match_info["sid"])
        if phone is None:
            raise not_found(request.path)
        return phone


def _end(phone: Phone, wanted: str) -> None:
    """``canceled`` ends a call that nobody has answered, ``completed`` any."""
    if wanted not in ("canceled", "completed"):
        raise invalid(BAD_PARAMETER, f"Invalid Status {wanted!r}: expected canceled or completed")
    if not phone.is_answered.is_set():
        phone.over("canceled")
    elif wanted == "completed":
        phone.over("completed")


def _source(phone: Phone, form: Form) -> Source:
    _check_document(form)
    if "Url" in form:
        return Ask("update", form["Url"], phone.call.params(), form.get("Method", "POST"))
    return Inline(form["Twiml"])


def _check_document(form: Form) -> None:
    """The URL wins if there is TwiML beside it."""
    if "Url" in form:
        if not form["Url"].startswith(("http://", "https://")):
            raise invalid(NO_URL, f"Url is not a valid URL: {form['Url']}")
    elif len(form.get("Twiml", "")) > TWIML_LIMIT:
        raise invalid(BAD_PARAMETER, f"Twiml is longer than {TWIML_LIMIT} characters")


def _order(form: Form) -> Order:
    if "Url" not in form and "Twiml" not in form:
        raise invalid(NO_URL, "Url parameter is required")
    _check_document(form)
    return Order(
        url=form.get("Url", ""),
        method=form.get("Method", "POST"),
        twiml=form.get("Twiml", ""),
        fallback=Fallback(form.get("FallbackUrl", ""), form.get("FallbackMethod", "POST")),
        timeout=_seconds(form, "Timeout", 60),
        time_limit=_seconds(form, "TimeLimit", 14_400),
        send_digits=form.get("SendDigits", ""),
        record=form.get("Record", "false") == "true",
        recording={
            "channels": form.get("RecordingChannels", "mono"),
            "track": form.get("RecordingTrack", "both"),
            "callback": form.get("RecordingStatusCallback", ""),
            "callback_method": form.get("RecordingStatusCallbackMethod", "POST"),
        },
        detection=_detection(form),
    )


def _seconds(form: Form, name: str, default: int) -> float:
    value = form.get(name, str(default))
    if not value.isdecimal():
        raise invalid(BAD_PARAMETER, f"{name} is {value!r}, expected seconds")
    return float(value)


def _detection(form: Form) -> Detection | None:
    wanted = form.get("MachineDetection", "")
    if wanted not in ("Enable", "DetectMessageEnd"):
        return None
    return Detection(
        "start" if wanted == "Enable" else "message-end",
        form.get("AsyncAmd", "false").lower() == "true",
        form.get("AsyncAmdStatusCallback", ""),
        form.get("AsyncAmdStatusCallbackMethod", "POST"),
    )


def _status(form: Form) -> StatusCallback:
    return StatusCallback(
        form.get("StatusCallback", ""),
        form.get("StatusCallbackMethod", "POST"),
        events(form.getall("StatusCallbackEvent", [])),
    )


async def _form(request: web.Request) -> Form:
    form: Form = await request.post()  # type: ignore[assignment]
    return form
