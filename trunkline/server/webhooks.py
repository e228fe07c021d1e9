"""What Twilio asks us: who answers this call, what comes next, and what became of it."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from loguru import logger
from multidict import MultiDict

from trunkline.admission import Waits
from trunkline.errors import RequestRefused
from trunkline.life import Outcome
from trunkline.line import Line
from trunkline.overflow import overflow_number
from trunkline.records import Facts
from trunkline.server import twiml
from trunkline.server.signature import Gatekeeper
from trunkline.server.tickets import Tickets
from trunkline.switchboard import Switchboard

TERMINAL = {"completed", "busy", "failed", "no-answer", "canceled"}
"""``CallStatus`` of a call that is over (Twilio: Call resource)."""

TALKED = {"completed", "answered"}
"""``DialCallStatus`` of a number that answered (Twilio: TwiML Dial)."""

RESTART = 4
"""Seconds after which the successor of a server that stops should be there."""

Form = MultiDict[str]
Handler = Callable[[web.Request, Form], Awaitable[web.Response]]


class Webhooks:
    """The URLs that Twilio calls.

    Args:
        switchboard: the lines and the calls.
        gatekeeper: tells Twilio's requests from others.
        tickets: let streams in.
        address: what paths end with that name this worker; empty if it is the only one.
    """

    def __init__(
        self, switchboard: Switchboard, gatekeeper: Gatekeeper, tickets: Tickets, address: str = ""
    ) -> None:
        self._switchboard = switchboard
        self._gatekeeper = gatekeeper
        self._tickets = tickets
        self._address = address

    def routes(self) -> list[web.RouteDef]:
        return [
            *(web.post(path, self._signed(self._voice)) for path in twiml.paths(twiml.VOICE)),
            *(web.post(path, self._signed(self._next)) for path in twiml.paths(twiml.NEXT)),
            web.post("/twilio/status", self._signed(self._status)),
        ]

    def _signed(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def check(request: web.Request) -> web.Response:
            form = await _form(request)
            self._gatekeeper.check(request, form)
            return await handler(request, form)

        return check

    async def _voice(self, request: web.Request, form: Form) -> web.Response:
        """An incoming call, or one that waits. Twilio may ask twice; the answer is the same call."""
        facts = self._facts(request, form)
        line = self._switchboard.line(facts.called)
        if line is None:
            logger.warning("call {} is for a number that no line answers", facts.sid)
            return _xml(twiml.hang_up(twiml.NOT_IN_SERVICE))
        if (outcome := self._switchboard.decided(facts.sid)) is not None:
            return _xml(twiml.hang_up(outcome.last_words, line.language))
        answered = form.get("CallStatus", "ringing") != "ringing"
        turned_away = self._switchboard.turns_away(facts, line, answered=answered)
        if isinstance(turned_away, Waits):
            return _xml(twiml.wait(turned_away.words, turned_away.queue, line.language, self._address))
        if turned_away is not None:
            return _xml(twiml.refuse(turned_away.answer, line.language))
        self._switchboard.ring(facts, line)
        return self._connect(request, facts)

    async def _next(self, request: web.Request, form: Form) -> web.Response:
        """A stream has ended. A call with an outcome is hung up; one without goes on. Or a dial has ended."""
        facts = self._facts(request, form)
        if form.get("CallStatus") in TERMINAL:
            await self._switchboard.hung_up(facts.sid)
            return _xml(twiml.hang_up())
        line = self._switchboard.line(facts.called)
        if (outcome := await self._switchboard.outcome(facts.sid)) is not None:
            return _xml(twiml.hang_up(outcome.last_words, line.language if line else "en"))
        if line is None:
            return _xml(twiml.hang_up(twiml.NOT_IN_SERVICE))
        if "DialCallStatus" in form and facts.sid not in self._switchboard.calls:
            return _xml(twiml.hang_up(_after_dial(form, line), line.language))
        if self._switchboard.closing and not self._switchboard.carries(facts.sid):
            return _xml(twiml.come_back(RESTART))
        return await self._resume(request, facts, line)

    async def _resume(self, request: web.Request, facts: Facts, line: Line) -> web.Response:
        board = self._switchboard
        session = board.calls.get(facts.sid)
        if session is None:
            board.ring(facts, line, await board.archive.history(facts.sid))
        elif not session.try_again():
            session.end(Outcome("failed", "the stream was lost too often"))
            return _xml(twiml.hang_up(line.apology, line.language))
        return self._connect(request, facts)

    async def _status(self, request: web.Request, form: Form) -> web.Response:
        """A status callback; a terminal one ends what a lost socket left behind."""
        if form.get("CallStatus") in TERMINAL:
            await self._switchboard.hung_up(form.get("CallSid", ""))
        return web.Response(status=204)

    def _facts(self, request: web.Request, form: Form) -> Facts:
        """Raises:
        RequestRefused: the request names no call.
        """
        sid = form.get("CallSid", "")
        if not sid:
            raise RequestRefused("the request names no CallSid; expected Twilio's voice request", status=400)
        return Facts(
            sid=sid,
            caller=form.get("From", ""),
            called=form.get("To", ""),
            direction=form.get("Direction", "inbound"),
            origin=self._gatekeeper.origin(request),
        )

    def _connect(self, request: web.Request, facts: Facts) -> web.Response:
        url = self._gatekeeper.stream_url(request, twiml.MEDIA + self._address)
        return _xml(twiml.connect(url, self._tickets.issue(facts.sid), self._address))


def _after_dial(form: Form, line: Line) -> str:
    """Last words for a caller who was put through to the overflow number; none for one who was answered."""
    if form["DialCallStatus"] in TALKED:
        return ""
    overflow = overflow_number(line.when_full)
    return overflow.unanswered if overflow else line.apology


async def _form(request: web.Request) -> Form:
    """Raises:
    RequestRefused: the body is not a form.
    """
    try:
        fields = await request.post()
    except (ValueError, LookupError, AssertionError) as error:
        found = f"the request's body is not a form ({type(error).__name__})"
        raise RequestRefused(f"{found}; expected application/x-www-form-urlencoded", status=400) from error
    return MultiDict((name, str(value)) for name, value in fields.items())


def _xml(document: str) -> web.Response:
    # text/xml with a length: Twilio refuses other types (12300) and has failed on chunked bodies (12100).
    return web.Response(text=document, content_type="text/xml")
