"""The carrier's REST API, as far as calls need it: create one, hang it up, send it elsewhere, ask for it.

Built on twilio-python. A request is made once: whoever retries one that may have been carried out calls a
person twice.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

import aiohttp
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.http.async_http_client import AsyncTwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from trunkline.errors import CarrierError
from trunkline.settings import Settings, reveal

EVENTS = ["initiated", "ringing", "answered", "completed"]
"""What a status callback is told of."""

CONNECT_LIMIT = 5.0
"""Seconds to reach the carrier; who does not has asked for nothing."""

ANSWER_LIMIT = 15.0
"""Seconds for a request, connecting included."""

TWIML_LIMIT = 4000
"""Characters of a document that comes with a request (Twilio: Call resource)."""

UNREADABLE = (aiohttp.ClientError, OSError, TimeoutError, ValueError, AttributeError, TypeError)
"""What comes of an answer that is late, cut short, or none of Twilio's."""

TAKEN = ("in-progress", "completed")
"""``status`` of a call that was answered; one that was not ends as ``busy``, ``no-answer``, ..."""

LISTED = 20
"""Calls in a list."""

NOT_FOUND, NOT_IN_PROGRESS = 404, 21220
"""HTTP's status, and Twilio's code, of a call that is over."""

REMEDIES = {
    10001: "the account is not active; see console.twilio.com",
    10004: "the account has as many calls at once as it may; wait, or raise its limit",
    20003: "check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or the API key)",
    20429: "too many requests at once; try again later",
    21210: "the line's number must be one of the account's, or a verified caller ID",
    21211: "check the number that is called",
    21212: "the line's number must be one of the account's, or a verified caller ID",
    21214: "check the number that is called: it cannot be reached",
    21215: "allow calls to that country under Voice geographic permissions in console.twilio.com",
    21216: "the account may not call that number",
    21217: "check the number that is called",
    21219: "a trial account calls verified numbers only; verify this one, or upgrade",
    21220: "the call is over, or nobody has answered it yet",
}
"""What to do, by Twilio's code."""


@dataclass(frozen=True, slots=True)
class Amd:
    """Answering machine detection while the call already goes on (Twilio: asynchronous AMD).

    Args:
        callback: absolute URL that is told the verdict.
        until: whether it is told as soon as it is known, or when a machine's greeting is over.
    """

    callback: str
    until: Literal["start", "message-end"] = "message-end"


class CarrierApi:
    """Asks the carrier in the name of the account.

    Args:
        settings: the account and its keys.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def create_call(
        self,
        *,
        to: str,
        from_: str,
        url: str,
        status_callback: str = "",
        amd: Amd | None = None,
        ring_seconds: int = 30,
        send_digits: str = "",
        fallback_url: str = "",
    ) -> str:
        """Call somebody; the SID of the call, which is queued when this returns.

        Args:
            to: E.164.
            from_: E.164, a number of the account.
            url: asked what to do when the call is answered.
            status_callback: told of the call's progress; empty for nobody.
            amd: who finds out whether a person answered; None for nobody.
            ring_seconds: after which it is given up.
            send_digits: keys that are pressed on answering; the carrier does not detect machines then.
            fallback_url: asked when ``url`` does not answer.

        Raises:
            CarrierError: the call was refused, or it is unknown whether there is one.
            SettingsError: the account's SID or its keys are not set.
        """
        fields: dict[str, Any] = {"to": to, "from_": from_, "url": url, "timeout": ring_seconds}
        if status_callback:
            fields |= {"status_callback": status_callback, "status_callback_event": EVENTS}
        if amd is not None and not send_digits:
            fields |= _detection(amd)
        if send_digits:
            fields["send_digits"] = send_digits
        if fallback_url:
            fields["fallback_url"] = fallback_url
        made = await self._ask("create a call", self._client.calls.create_async(**fields))
        if not made.sid:
            raise CarrierError("create a call: the answer names no call; expected its sid", unknown=True)
        return str(made.sid)

    async def hang_up(self, sid: str) -> None:
        """End a call, also one that still rings; one that is over already is fine.

        Raises:
            CarrierError: the carrier refused, or it is unknown whether the call goes on.
            SettingsError: the account's SID or its keys are not set.
        """
        try:
            await self._ask("hang up", self._client.calls(sid).update_async(status="completed"))
        except CarrierError as error:
            if not error.is_gone:
                raise

    async def redirect(self, sid: str, twiml: str) -> None:
        """Have a call that was answered follow another document; its stream ends.

        Raises:
            CarrierError: the carrier refused (``is_gone``: the call is over), or it is unknown whether it
                did.
            SettingsError: the account's SID or its keys are not set.
        """
        if len(twiml) > TWIML_LIMIT:
            raise CarrierError(f"redirect: the document has {len(twiml)} characters; expected {TWIML_LIMIT}")
        await self._ask("redirect a call", self._client.calls(sid).update_async(twiml=twiml))

    async def status(self, sid: str) -> str:
        """``queued``, ``ringing``, ``in-progress``, ``completed``, ``busy``, ``failed``, ``no-answer`` or
        ``canceled``; some moments late.

        Raises:
            CarrierError: the carrier did not say.
            SettingsError: the account's SID or its keys are not set.
        """
        return str((await self._ask("look up a call", self._client.calls(sid).fetch_async())).status)

    async def calls(self, *, to: str, from_: str, since: datetime) -> list[str]:
        """The latest calls between two numbers, by SID, latest first; some moments late.

        Raises:
            CarrierError: the carrier did not say.
            SettingsError: the account's SID or its keys are not set.
        """
        listed = self._client.calls.list_async(to=to, from_=from_, limit=LISTED)
        return [one.sid for one in await self._ask("list calls", listed) if one.date_created >= since]

    async def was_taken(self, parent: str) -> bool:
        """Whether anybody has answered who was dialled from a call; some moments late.

        Raises:
            CarrierError: the carrier did not say.
            SettingsError: the account's SID or its keys are not set.
        """
        listed = self._client.calls.list_async(parent_call_sid=parent, limit=LISTED)
        return any(str(one.status) in TAKEN for one in await self._ask("list the legs of a call", listed))

    async def close(self) -> None:
        if (client := vars(self).get("_client")) is not None:
            await client.http_client.close()

    @cached_property
    def _client(self) -> Client:
        """Built where a loop runs: it opens a session.

        Raises:
            SettingsError: the account's SID or its keys are not set.
        """
        values = self._settings
        key = values.twilio_api_key_sid, reveal(values.twilio_api_key_secret)
        values.require(["TWILIO_ACCOUNT_SID"] + ([] if all(key) else ["TWILIO_AUTH_TOKEN"]))
        user, password = key if all(key) else (values.twilio_account_sid, reveal(values.twilio_auth_token))
        client = Client(user, password, values.twilio_account_sid, http_client=_http())
        if values.twilio_base_url:
            client.api.base_url = values.twilio_base_url
        return client

    async def _ask(self, what: str, request: Awaitable[Any]) -> Any:
        """The answer to one request.

        Raises:
            CarrierError: there is none that helps.
        """
        try:
            # The client's own limit is not applied (twilio-python 9.13).
            async with asyncio.timeout(ANSWER_LIMIT):
                return await request
        except TwilioException as error:
            raise _refused(what, error) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise CarrierError(
                f"{what}: the carrier cannot be reached ({type(error).__name__}); "
                "check the network, a proxy, and TWILIO_BASE_URL"
            ) from error
        except UNREADABLE as error:
            raise CarrierError(
                f"{what}: no answer that can be read ({type(error).__name__}); it may have been done",
                unknown=True,
            ) from error


def _http() -> AsyncTwilioHttpClient:
    """Without retries, and with a new connection each time: a kept one may be dead when it is asked."""
    http = AsyncTwilioHttpClient(pool_connections=False)
    http.session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_LIMIT),
    )
    return http


def _detection(amd: Amd) -> dict[str, Any]:
    return {
        "machine_detection": "DetectMessageEnd" if amd.until == "message-end" else "Enable",
        "async_amd": "true",  # text, as twilio-python takes it
        "async_amd_status_callback": amd.callback,
        "async_amd_status_callback_method": "POST",
    }


def _refused(what: str, error: TwilioException) -> CarrierError:
    """What the carrier's refusal means. Its own text may name a number, so it is not repeated."""
    status, code = getattr(error, "status", 0) or 0, getattr(error, "code", None)
    code = code if isinstance(code, int) and code != status else None
    found = f"{what}: the carrier answered {status}" + (f", code {code}" if code else "")
    if status >= 500 or not status:
        return CarrierError(f"{found}; it may have been done", status=status, code=code, unknown=True)
    remedy = REMEDIES.get(code or 0) or (
        "see https://www.twilio.com/docs/errors" + (f"/{code}" if code else "")
    )
    gone = status == NOT_FOUND or code == NOT_IN_PROGRESS
    return CarrierError(f"{found}; {remedy}", status=status, code=code, gone=gone)
