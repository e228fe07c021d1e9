"""Tickets: signed, one-shot, short-lived; each lets one stream of one call in."""

import asyncio
import secrets

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from trunkline.errors import RequestRefused

LIFETIME = 60
"""Seconds. Twilio opens the stream within a second or two of the TwiML; its webhook may take 15."""

PARAMETER = "ticket"
"""The name of the stream's ``<Parameter>``; name and value stay under 500 characters (TwiML, Stream)."""


class Tickets:
    """Issues and punches tickets.

    Args:
        secret: signs them; every process that serves a call must know it.
    """

    def __init__(self, secret: str | None = None) -> None:
        self._signer = URLSafeTimedSerializer(secret or secrets.token_urlsafe(32), salt="stream-ticket")
        self._used: dict[str, float] = {}

    def issue(self, call_sid: str) -> str:
        """A ticket for one stream of that call."""
        token: str | bytes = self._signer.dumps([call_sid, secrets.token_urlsafe(8)])
        return token if isinstance(token, str) else token.decode()

    def punch(self, ticket: str, call_sid: str) -> None:
        """Use a ticket up.

        Raises:
            RequestRefused: it is forged, stale, used before, or another call's; never repeats it.
        """
        try:
            call, nonce = self._signer.loads(ticket, max_age=LIFETIME)
        except SignatureExpired:
            raise RequestRefused(f"the stream's ticket is older than {LIFETIME} s") from None
        except (BadSignature, ValueError, TypeError):
            raise RequestRefused("the stream's ticket is missing or not one of ours") from None
        if call != call_sid:
            raise RequestRefused("the stream's ticket belongs to another call")
        self._forget()
        if nonce in self._used:
            raise RequestRefused("the stream's ticket was used before")
        self._used[nonce] = asyncio.get_running_loop().time()

    def _forget(self) -> None:
        """Drop what could no longer be used anyway; insertion order is age."""
        now = asyncio.get_running_loop().time()
        while self._used and now - next(iter(self._used.values())) > LIFETIME + 1:
            self._used.pop(next(iter(self._used)))
