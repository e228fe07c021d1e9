"""What the carrier asks its customer over HTTP: signed, within limits, again if the connection fails."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode, urljoin
from uuid import uuid4

import aiohttp
from multidict import CIMultiDict

from trunkline.sandbox.telephone.call_log import CallLog
from trunkline.sandbox.telephone.faults import SOUND, Faults
from trunkline.sandbox.telephone.limits import Limits, split
from trunkline.sandbox.telephone.reach import Reach
from trunkline.sandbox.telephone.records import WebhookAnswered, WebhookSent
from trunkline.sandbox.telephone.signing import Signer

INVALID_URL, RETRIEVAL_FAILURE, CONNECTION_FAILURE, BAD_HOST, TLS_FAILURE = 11100, 11200, 11205, 11210, 11220

MAX_REDIRECTS = 10


class WebhookFailed(Exception):
    """The customer did not answer as a web server should.

    Args:
        code: the number in Twilio's error dictionary.
        message: what was found.
        kind: what a retry policy calls it: ``ct``, ``rt``, ``4xx`` or ``5xx``.
    """

    def __init__(self, code: int, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to be made."""

    why: str
    """As in :class:`~trunkline.sandbox.telephone.records.WebhookSent`."""
    url: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    url: str
    """Where it came from, after redirects."""
    status: int
    content_type: str
    """Empty if the customer did not say."""
    text: str = field(repr=False)
    location: str = ""


class Webhooks:
    """Asks in the name of one account."""

    def __init__(self, session: aiohttp.ClientSession, signer: Signer, reach: Reach) -> None:
        self._session = session
        self._signer = signer
        self._reach = reach

    async def ask(self, ask: Ask, log: CallLog, faults: Faults = SOUND) -> Answer:
        """The customer's answer, a 2xx.

        Raises:
            WebhookFailed: there was none within the limits, or it was an error.
        """
        address, limits = split(ask.url)
        try:
            async with asyncio.timeout(limits.total):
                return await self._attempt_until_answered(replace(ask, url=address), limits, log, faults)
        except TimeoutError as error:
            raise WebhookFailed(CONNECTION_FAILURE, f"no answer within {limits.total:g} s") from error

    async def _attempt_until_answered(self, ask: Ask, limits: Limits, log: CallLog, faults: Faults) -> Answer:
        token = str(uuid4())
        attempt = 0
        while True:
            attempt += 1
            _note_sent(log, ask, attempt)
            try:
                answer = await self._follow(ask, limits, faults, token)
                _note_answered(log, ask, answer)
                if faults.webhook_twice and attempt == 1:
                    continue
                return _accepted(answer)
            except WebhookFailed as failure:
                if not limits.retry(failure.kind, attempt):
                    raise

    async def _follow(self, ask: Ask, limits: Limits, faults: Faults, token: str) -> Answer:
        """Redirects are followed as by a browser; each hop is signed."""
        for _ in range(MAX_REDIRECTS):
            answer = await self._deliver(ask, limits, faults, token)
            if not (answer.location and 300 <= answer.status < 400):
                return answer
            method = ask.method if answer.status in (307, 308) else "GET"
            ask = replace(ask, url=urljoin(ask.url, answer.location), method=method)
        raise WebhookFailed(RETRIEVAL_FAILURE, f"more than {MAX_REDIRECTS} redirects")

    async def _deliver(self, ask: Ask, limits: Limits, faults: Faults, token: str) -> Answer:
        url, signed, body = _laid_out(ask)
        headers = CIMultiDict(
            {"Accept": "*/*", "User-Agent": "TwilioProxy/1.1", "I-Twilio-Idempotency-Token": token}
        )
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        signature = self._signer.sign(url, signed, faults.webhook_signature)
        if signature is not None:
            headers["X-Twilio-Signature"] = signature
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=limits.connect, sock_read=limits.read)
        try:
            where, more = self._reach.find(url)
            headers.update(more)
            async with self._session.request(
                ask.method, where, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                return Answer(
                    url,
                    response.status,
                    response.headers.get("Content-Type", ""),
                    await response.text(errors="replace"),
                    response.headers.get("Location", ""),
                )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _failure(error, url) from error


def _laid_out(ask: Ask) -> tuple[str, Mapping[str, str], str | None]:
    """The URL to request, the parameters to sign beside it, and the body.

    With GET the parameters are part of the URL (Twilio: Webhooks security).
    """
    if ask.method != "GET":
        return ask.url, ask.params, urlencode(ask.params)
    query = urlencode(ask.params)
    joint = "&" if "?" in ask.url else "?"
    return (ask.url + joint + query if query else ask.url), {}, None


def _accepted(answer: Answer) -> Answer:
    if answer.status < 400:
        return answer
    raise WebhookFailed(
        RETRIEVAL_FAILURE, f"{answer.url} answered {answer.status}", f"{answer.status // 100}xx"
    )


def _failure(error: Exception, url: str) -> WebhookFailed:
    found = f"{url}: {type(error).__name__}"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return WebhookFailed(BAD_HOST, found, "ct")
    if isinstance(error, aiohttp.ClientSSLError):
        return WebhookFailed(TLS_FAILURE, found)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return WebhookFailed(CONNECTION_FAILURE, found, "ct")
    if isinstance(error, ValueError):
        return WebhookFailed(INVALID_URL, found)
    return WebhookFailed(CONNECTION_FAILURE, found, "rt")


def _note_sent(log: CallLog, ask: Ask, attempt: int) -> None:
    log.add(
        WebhookSent(
            at=_now(), why=ask.why, method=ask.method, url=ask.url, params=dict(ask.params), attempt=attempt
        )
    )


def _note_answered(log: CallLog, ask: Ask, answer: Answer) -> None:
    log.add(
        WebhookAnswered(
            at=_now(),
            why=ask.why,
            url=answer.url,
            status=answer.status,
            content_type=answer.content_type,
            body=answer.text,
        )
    )


def _now() -> float:
    return asyncio.get_running_loop().time()
