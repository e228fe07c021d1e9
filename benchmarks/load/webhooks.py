"""What the carrier asks the subject over HTTP: who answers this call, and what comes after its stream."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin

import aiohttp
from multidict import CIMultiDict

from trunkline.sandbox.carrier import ACCOUNT_SID, AUTH_TOKEN
from trunkline.sandbox.telephone import twiml
from trunkline.sandbox.telephone.limits import split
from trunkline.sandbox.telephone.signing import Signer

CALLED, CALLER = "+15550100", "+15550199"

PATIENCE = aiohttp.ClientTimeout(total=15)
"""Twilio's own limit on a webhook."""


class Refused(Exception):
    """The subject did not answer as a customer of Twilio should; the text says how, without names."""


@dataclass(frozen=True, slots=True)
class Connect:
    """The stream that the subject asks for."""

    url: str
    parameters: Mapping[str, str]
    action: str
    """Asked when the stream is over; empty if nothing is."""


class Webhooks:
    """Asks one subject.

    Args:
        session: where requests are made.
        url: of the subject's voice webhook.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._signer = Signer(AUTH_TOKEN)

    async def ring(self, call_sid: str) -> Connect:
        """A call comes in; raises :class:`Refused` if it is not connected to a stream."""
        kind, text = await self._post(self._url, _form(call_sid, "ringing"))
        try:
            return _connection(twiml.read(kind, text, self._url))
        except twiml.TwimlError as error:
            raise Refused(f"TwiML: {error}") from error

    async def over(self, call_sid: str, connect: Connect) -> None:
        """The caller has hung up; raises :class:`Refused`."""
        if connect.action:
            await self._post(connect.action, _form(call_sid, "completed"))

    def handshake(self, url: str) -> dict[str, str]:
        """Headers with which a stream is opened."""
        signature = self._signer.sign(url, {})
        return {"User-Agent": "Twilio.TmeWs/1.0", "x-twilio-signature": signature or ""}

    async def _post(self, url: str, form: Mapping[str, str]) -> tuple[str, str]:
        url, _ = split(url)  # what limits are asked for, no server that is measured may come near
        headers = CIMultiDict({"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"})
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        headers["X-Twilio-Signature"] = self._signer.sign(url, form) or ""
        request = self._session.post(url, data=urlencode(form), headers=headers, timeout=PATIENCE)
        try:
            async with request as response:
                text = await response.text()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Refused(f"webhook: {type(error).__name__}") from error
        if response.status >= 400:
            raise Refused(f"webhook answered {response.status}")
        return response.headers.get("Content-Type", ""), text


def _connection(document: twiml.Document) -> Connect:
    verb = document.verbs[0] if document.verbs else None
    if verb is None or verb.name != "Connect" or not verb.all("Stream"):
        raise Refused(f"TwiML connects no stream: {[verb.name for verb in document.verbs]}")
    stream = verb.all("Stream")[0]
    parameters = {noun.get("name"): noun.get("value") for noun in stream.all("Parameter")}
    action = verb.get("action")
    return Connect(stream.get("url"), parameters, urljoin(document.url, action) if action else "")


def _form(call_sid: str, status: str) -> dict[str, str]:
    parties = {"From": CALLER, "Caller": CALLER, "To": CALLED, "Called": CALLED}
    about = {"CallSid": call_sid, "AccountSid": ACCOUNT_SID, "ApiVersion": "2010-04-01"}
    return {**about, **parties, "CallStatus": status, "Direction": "inbound"}
