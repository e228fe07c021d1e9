"""What went wrong with an OpenAI-compatible server, as the errors of :mod:`processors.errors`."""

import re
from collections.abc import Mapping
from typing import Any

import aiohttp
import httpx2
import openai

from processors.errors import (
    VendorBusy,
    VendorError,
    VendorProtocolError,
    VendorRefused,
    VendorUnavailable,
    refusal,
)

FAILURES = (openai.OpenAIError, httpx2.HTTPError, aiohttp.ClientError, OSError)
"""What the SDK and the HTTP layers below it raise. A stream is read past the SDK, so all can surface."""

LONGEST_WAIT = 3.0
"""Seconds of ``Retry-After`` for which a caller can be kept waiting."""

UNNAMED_WAIT = 0.5
"""Seconds to wait for a busy vendor that does not say how long: what OpenAI's own SDK begins with."""

BILLING = "add credit to the account, or raise its monthly limit"

_LASTING = {401, 403, 404}
"""Statuses that a next turn meets again. 400 and 422 are about what this one turn said."""

_PASSING = {408, 409}
"""Statuses below 500 that a new attempt may get past: a timeout, a lock."""

_BUSY = {"429", "rate_limit_exceeded", "rate_limit_error", "insufficient_quota"}
"""Codes and types of an error object that mean: come back later."""

_EXHAUSTED = "insufficient_quota"
"""Code and type of a 429 that no waiting mends: the account's credit is used up."""

_TOKEN = re.compile(r"^[\w.-]{1,64}$")


def failure(vendor: str, error: BaseException) -> VendorError:
    """The vendor's error for one of :data:`FAILURES`.

    Of what the vendor says only its code is kept: its sentences may quote the conversation.
    """
    if isinstance(error, openai.APIStatusError):
        return _status(vendor, error)
    if isinstance(error, openai.APIConnectionError):
        return VendorUnavailable(vendor, f"cannot be reached ({_root(error)})")
    if isinstance(error, httpx2.HTTPError | aiohttp.ClientError | OSError):
        return VendorUnavailable(vendor, f"broke off its reply ({_root(error)})")
    return VendorProtocolError(vendor, f"sent what its SDK cannot read ({type(error).__name__})")


def stream_failure(vendor: str, error: Any) -> VendorError:
    """The vendor's error for an error object inside a stream."""
    fields = error if isinstance(error, Mapping) else {}
    busy = {str(fields.get("code")), str(fields.get("type"))} & _BUSY
    kind = VendorBusy if busy else VendorUnavailable
    reason = _reason(fields)
    found = kind(vendor, "broke off its reply with an error" + (f" ({reason})" if reason else ""))
    found.permanent = _EXHAUSTED in busy
    return found


def withheld(vendor: str) -> VendorError:
    """The vendor's error for a reply that its content filter has swallowed whole."""
    found = VendorRefused(vendor, "withheld its reply (content_filter)")
    found.permanent = False
    return found


def retry_delay(error: VendorError) -> float | None:
    """Seconds until another attempt makes sense while a caller waits; None if it makes none."""
    if isinstance(error, VendorRefused) or error.permanent:
        return None
    if isinstance(error, VendorBusy):
        delay = _retry_after(error.__cause__)
        return delay if delay is not None and delay <= LONGEST_WAIT else None
    return 0.0


def _status(vendor: str, error: openai.APIStatusError) -> VendorError:
    reason = _reason({"code": error.code, "type": error.type})
    if error.status_code in _PASSING:
        return VendorUnavailable(vendor, f"answered {error.status_code}" + (f" ({reason})" if reason else ""))
    if _EXHAUSTED in (error.code, error.type):
        found: VendorError = VendorBusy(vendor, f"answered {error.status_code} ({_EXHAUSTED})", BILLING)
        found.permanent = True
        return found
    remedy = "check OPENAI_API_KEY, OPENAI_BASE_URL and the model" if error.status_code in _LASTING else ""
    found = refusal(vendor, error.status_code, reason, remedy)
    found.permanent = error.status_code in _LASTING
    wait = _retry_after(error) if isinstance(found, VendorBusy) else None
    found.retry_after = wait if wait is not None and wait > LONGEST_WAIT else None
    return found


def _retry_after(error: BaseException | None) -> float | None:
    if not isinstance(error, openai.APIStatusError):
        return None
    for header, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return float(error.response.headers[header]) / unit
        except (KeyError, ValueError):
            continue
    return None if "retry-after" in error.response.headers else UNNAMED_WAIT


def _reason(fields: Mapping[str, Any]) -> str:
    found = (str(fields.get(key) or "") for key in ("code", "type"))
    return next((word for word in found if _TOKEN.match(word)), "")


def _root(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return type(error).__name__
