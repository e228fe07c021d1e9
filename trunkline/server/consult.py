"""What the carrier asks and tells of the call to a human who is to take over a caller."""

from collections.abc import Mapping

from aiohttp import web

from trunkline.errors import RequestRefused
from trunkline.life import TRANSFERRING
from trunkline.server.transfer_twiml import DECLINE, TAKE, THANKS, TOO_LATE, ask, meet, part
from trunkline.switchboard import Switchboard

CALL = "call"
"""Names the caller's call in a URL; the carrier's form names the human's."""


class Consult:
    """Answers for one process.

    Args:
        switchboard: the calls, and who is asked about them.
    """

    def __init__(self, switchboard: Switchboard) -> None:
        self._switchboard = switchboard

    async def ask(self, request: web.Request, form: Mapping[str, str]) -> web.Response:
        """The human has answered, or pressed a key."""
        return web.Response(text=await self._answer(request, form), content_type="text/xml")

    async def told(self, request: web.Request, form: Mapping[str, str]) -> web.Response:
        """How the human's call goes."""
        sid = _sid(request)
        consultation = self._switchboard.consultations.get(sid)
        if consultation is not None:
            consultation.told(form.get("CallStatus", ""))
            if consultation.is_deserted:
                consultation.fetch_back(lambda: self._is_waiting(sid))
        return web.Response(status=204)

    async def _answer(self, request: web.Request, form: Mapping[str, str]) -> str:
        consultation, key = self._switchboard.consultations.get(_sid(request)), form.get("Digits", "")
        if consultation is None:
            return part(TOO_LATE)
        if key == TAKE:
            return meet(consultation.room) if consultation.accept() else part(TOO_LATE, consultation.language)
        if key == DECLINE:
            consultation.decline()
            return part(THANKS, consultation.language)
        words = await consultation.summary()
        return ask(words, consultation.menu, str(request.rel_url), consultation.language)

    async def _is_waiting(self, sid: str) -> bool:
        """Whether a caller was put through, and nobody knows yet what came of it."""
        outcome = await self._switchboard.outcome(sid)
        return outcome is not None and outcome.kind == TRANSFERRING


def _sid(request: web.Request) -> str:
    """Of the caller's call.

    Raises:
        RequestRefused: the URL names none.
    """
    sid = request.query.get(CALL, "")
    if not sid:
        raise RequestRefused("the URL names no call; expected ?call=CA…", status=400)
    return sid
