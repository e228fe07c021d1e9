"""What Twilio asks us: who answers this call, what comes next, and what became of it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import web
from loguru import logger
from multidict import MultiDict

from trunkline.admission import Waits
from trunkline.errors import RequestRefused
from trunkline.life import Outcome
from trunkline.line import Line
from trunkline.outbound.news import DialNews
from trunkline.records import Facts
from trunkline.resuming.resume import respite
from trunkline.resuming.resumption import Resumed
from trunkline.server import last_resort, twiml
from trunkline.server.consult import Consult
from trunkline.server.onward import TERMINAL, onward
from trunkline.server.signature import Gatekeeper
from trunkline.server.tickets import Tickets
from trunkline.session import Session
from trunkline.switchboard import Switchboard
from trunkline.transfers.transferring import CONSULT, CONSULT_STATUS

DIAL = "dial"
"""The part of a query that names an attempt of ours to call somebody."""

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
        dial_news: takes what concerns calls that we make; None where none are made.
    """

    def __init__(
        self,
        switchboard: Switchboard,
        gatekeeper: Gatekeeper,
        tickets: Tickets,
        address: str = "",
        dial_news: DialNews | None = None,
    ) -> None:
        self._switchboard = switchboard
        self._gatekeeper = gatekeeper
        self._tickets = tickets
        self._address = address
        self._dial_news = dial_news
        self._consult = Consult(switchboard)

    def routes(self) -> list[web.RouteDef]:
        return [
            *(web.post(path, self._signed(self._voice)) for path in twiml.paths(twiml.VOICE)),
            *(web.post(path, self._signed(self._next)) for path in twiml.paths(twiml.NEXT)),
            *(web.post(path, self._signed(self._status)) for path in twiml.paths(twiml.STATUS)),
            *(web.post(path, self._signed(self._answered_by)) for path in twiml.paths(twiml.AMD)),
            *(web.post(path, self._signed(self._consult.ask)) for path in twiml.paths(CONSULT)),
            *(web.post(path, self._signed(self._consult.told)) for path in twiml.paths(CONSULT_STATUS)),
        ]

    def _signed(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def check(request: web.Request) -> web.Response:
            form = await _form(request)
            self._gatekeeper.check(request, form)
            return await handler(request, form)

        return check

    async def _voice(self, request: web.Request, form: Form) -> web.Response:
        """A call, or one that waits. Twilio may ask twice; the answer is the same call."""
        facts, answered_by = await self._dialled(request, self._facts(request, form))
        line = self._switchboard.line_of(facts)
        if line is None:
            logger.warning("call {} is for a number that no line answers", facts.sid)
            return _xml(twiml.hang_up(twiml.NOT_IN_SERVICE))
        if (outcome := self._switchboard.decided(facts.sid)) is not None:
            return _xml(twiml.hang_up(outcome.last_words, line.language))
        answered = form.get("CallStatus", "ringing") != "ringing"
        if spent := await self._switchboard.over_budget(facts, line, answered=answered):
            return _xml(twiml.refuse(spent, line.language))
        turned_away = self._switchboard.turns_away(facts, line, answered=answered)
        if isinstance(turned_away, Waits):
            return _xml(twiml.wait(turned_away.words, turned_away.queue, line.language, self._address))
        if turned_away is not None:
            return _xml(twiml.refuse(turned_away.answer, line.language))
        if (session := self._ring(facts, line)) is None:
            return _xml(last_resort.fall_back(line))
        if who := form.get("AnsweredBy", answered_by):
            await session.answered_by(who)
        return self._connect(request, session)

    async def _next(self, request: web.Request, form: Form) -> web.Response:
        """A stream has ended: a call without an outcome goes on. Or a dial has ended, or a voicemail."""
        facts = self._facts(request, form)
        line = self._switchboard.line_of(facts)
        if url := form.get("RecordingUrl"):  # also of a caller who has hung up: that ends a message too
            self._switchboard.left_message(facts.sid, url)
            return _xml(last_resort.thank(line))
        further = await onward(self._switchboard, facts.sid, form, self._address)
        if isinstance(further, str):
            return _xml(further)
        if form.get("CallStatus") in TERMINAL:
            await self._switchboard.hung_up(facts.sid)
            return _xml(twiml.hang_up())
        outcome = None if further else await self._switchboard.outcome(facts.sid)
        if outcome is not None:
            return _xml(last_resort.ended(outcome, line, form))
        if line is None:
            return _xml(twiml.hang_up(twiml.NOT_IN_SERVICE))
        if "DialCallStatus" in form and further is None and facts.sid not in self._switchboard.calls:
            return _xml(last_resort.after_overflow(form, line))
        if self._switchboard.closing and not self._switchboard.carries(facts.sid):
            return _xml(twiml.come_back(RESTART))
        return await self._resume(request, facts, line, further.words if further else None)

    async def _resume(
        self, request: web.Request, facts: Facts, line: Line, opening: str | None = None
    ) -> web.Response:
        """Connect the call once more, to the session that it has or to a new one."""
        board, session = self._switchboard, self._switchboard.calls.get(facts.sid)
        if session is not None and session.outcome is None:
            if session.try_again():
                return self._connect(request, session)
        else:
            resumed = await board.resumed(facts.sid)
            # A transfer that failed is no line that dropped.
            resumed = resumed.reopened(opening) if opening else resumed.again()
            if resumed.attempts <= line.resume.attempts:
                rung = self._ring(facts, line, resumed)
                return self._connect(request, rung) if rung else _xml(last_resort.fall_back(line))
        board.give_up(facts.sid, Outcome("failed", "the stream was lost too often"))
        return _xml(last_resort.fall_back(line))

    def _ring(self, facts: Facts, line: Line, resumed: Resumed | None = None) -> Session | None:
        """The call's session; None if the line's file raises, and the call is over for us."""
        try:
            return self._switchboard.ring(facts, line, resumed)
        except Exception as error:
            logger.opt(exception=error).error("call {} cannot be answered by {}", facts.sid, line.name)
            return None

    async def _status(self, request: web.Request, form: Form) -> web.Response:
        """A status callback; a terminal one ends what a lost socket left behind."""
        if form.get("CallStatus") in TERMINAL:
            await self._switchboard.hung_up(form.get("CallSid", ""))
        if self._dial_news is not None and DIAL in request.query:
            await self._dial_news.progress(request.query[DIAL], form)
        return web.Response(status=204)

    async def _answered_by(self, request: web.Request, form: Form) -> web.Response:
        """The verdict of answering machine detection."""
        if self._dial_news is not None and DIAL in request.query:
            await self._dial_news.verdict(request.query[DIAL], form)
        return web.Response(status=204)

    async def _dialled(self, request: web.Request, facts: Facts) -> tuple[Facts, str]:
        """What we wanted of the call, if we made it; and who has answered, as far as that is known."""
        if self._dial_news is None or DIAL not in request.query or not facts.is_outbound:
            return facts, ""
        dial, who = await self._dial_news.answered(request.query[DIAL], facts.sid)
        return replace(facts, dial=dial), who

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

    def _connect(self, request: web.Request, session: Session) -> web.Response:
        call, url = session.call, self._gatekeeper.stream_url(request, twiml.MEDIA + self._address)
        document = twiml.connect(
            url,
            self._tickets.issue(call.sid),
            self._address,
            words=session.awaited.announce(),
            language=call.language,
            after=respite(call.attempts),
        )
        return _xml(document)


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
