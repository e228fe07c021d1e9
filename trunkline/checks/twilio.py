"""Twilio's side: the account, and where it sends the calls of our numbers."""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException  # type: ignore[import-untyped]
from twilio.http.async_http_client import AsyncTwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from trunkline.checks.finding import LIMIT, SILENT, Finding, fine, odd, skipped, wrong
from trunkline.line import Line
from trunkline.settings import Settings, reveal

NAME = "Twilio"

HOSTED = (
    "set `Primary handler fails` to a TwiML Bin with the document that `trunkline doctor --fallback` prints"
)

VOICE = "/twilio/voice"
STATUS = "/twilio/status"

OWNED = 3
"""Numbers of the account that are named when a line's number is none of them."""

FAILURES = (TwilioException, aiohttp.ClientError, OSError, ValueError, TimeoutError)
"""What asking Twilio raises; a ValueError when what answers is no Twilio."""


async def twilio(settings: Settings, lines: Sequence[Line]) -> list[Finding]:
    """The account, then the numbers of the lines, all at once."""
    sid, token = settings.twilio_account_sid, reveal(settings.twilio_auth_token)
    if not sid or not token:
        return [skipped(NAME, "not asked: needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")]
    async with AsyncTwilioHttpClient() as http:
        # The token, not an API key: it is the one that signs what Twilio asks us.
        client = Client(sid, token, http_client=http)
        if settings.twilio_base_url:
            client.api.base_url = settings.twilio_base_url
        account = await _account(client, sid)
        if account.remedy:
            return [account]
        return [
            account,
            *await asyncio.gather(*(_number(client, line, settings.public_url) for line in lines)),
        ]


async def _account(client: Client, sid: str) -> Finding:
    try:
        async with asyncio.timeout(LIMIT):
            account = await client.api.v2010.accounts(sid).fetch_async()
    except FAILURES as error:
        return _failed(NAME, error)
    if account.status not in (None, "active"):
        return wrong(NAME, f"the account is {account.status}", "see console.twilio.com")
    trial = "; a trial, so callers hear Twilio's notice first" if account.type == "Trial" else ""
    return fine(NAME, f"reached, token accepted{trial}")


async def _number(client: Client, line: Line, public_url: str | None) -> Finding:
    """Where Twilio sends the calls to a line."""
    name = f"number of {line.name}"
    try:
        async with asyncio.timeout(LIMIT):
            listed = await client.incoming_phone_numbers.list_async(phone_number=line.number, limit=20)
            found = [number for number in listed if number.phone_number == line.number]
            if not found:
                owned = await client.incoming_phone_numbers.list_async(limit=OWNED)
                return _not_owned(name, line, [number.phone_number or "" for number in owned])
    except FAILURES as error:
        return _failed(name, error)
    return judge(name, found[0], public_url)


def judge(name: str, number: Any, public_url: str | None) -> Finding:
    """What to think of a number's configuration.

    Args:
        name: of the finding.
        number: Twilio's ``IncomingPhoneNumber``.
        public_url: where calls should go; None when only the path is known.
    """
    expected = f"{public_url or 'https://YOUR-HOST'}{VOICE}"
    remedy = f"in its voice configuration set `A call comes in` to {expected}, POST"
    for elsewhere, what in ((number.trunk_sid, "SIP trunk"), (number.voice_application_sid, "TwiML app")):
        if elsewhere:
            return odd(name, f"its calls go to the {what} {elsewhere}, whatever its voice URL is", remedy)
    url = number.voice_url or ""
    if not url:
        return wrong(name, "has no voice URL", remedy)
    if not _same(url, expected, public_url):
        return wrong(name, f"its calls go to {url}", remedy)
    if (number.voice_method or "POST").upper() != "POST":
        return wrong(name, f"its voice URL is asked with {number.voice_method}", remedy)
    return _extras(name, number, public_url)


def _extras(name: str, number: Any, public_url: str | None) -> Finding:
    """What a number can do without, and should not."""
    if not number.voice_fallback_url:
        return odd(
            name,
            "comes to us; no fallback URL, so callers hear Twilio's error message when we are down",
            HOSTED,
        )
    if public_url is not None and _host(number.voice_fallback_url) == _host(public_url):
        return odd(
            name,
            f"comes to us; its fallback URL is {number.voice_fallback_url}, which is down when we are",
            HOSTED,
        )
    expected = f"{public_url or 'https://YOUR-HOST'}{STATUS}"
    if not _same(number.status_callback or "", expected, public_url):
        return odd(name, "comes to us; status changes do not", f"set `Call status changes` to {expected}")
    return fine(name, "comes to us, with a fallback")


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()


def _same(url: str, expected: str, public_url: str | None) -> bool:
    """Whether a URL is the expected one; its host is anyone's guess while ours is not known."""
    # Behind '#' Twilio keeps timeouts and retries of a webhook.
    one, other = (urlsplit(text.partition("#")[0].rstrip("/")) for text in (url, expected))
    if public_url is None:
        return one.path.endswith(other.path)
    return (one.scheme, one.netloc.lower(), one.path) == (other.scheme, other.netloc.lower(), other.path)


def _not_owned(name: str, line: Line, owned: Sequence[str]) -> Finding:
    has = f"it has {', '.join(owned)}" if owned else "it has none"
    return wrong(
        name,
        f"{line.number} is not a number of this account; {has}",
        "write one of its numbers into the file",
    )


def _failed(name: str, error: BaseException) -> Finding:
    network = "check the network, a proxy, and TWILIO_BASE_URL"
    if isinstance(error, TimeoutError):
        return wrong(name, SILENT, network)
    if isinstance(error, TwilioRestException):
        code = f", code {error.code}" if error.code not in (None, error.status) else ""
        keys = "check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (the primary one)"
        return wrong(
            name, f"answered {error.status}{code}", keys if error.status in (401, 403, 404) else network
        )
    if isinstance(error, aiohttp.ClientError | OSError):
        return wrong(name, f"cannot be reached ({type(error).__name__})", network)
    return wrong(name, "answers, but not as Twilio does", "check TWILIO_BASE_URL")
