"""What the carrier knows of a call: the parameters of its webhooks, and the Call resource of its REST API."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

API_VERSION = "2010-04-01"

OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
"""Statuses of a call that is over."""

PLACES = ("City", "State", "Zip", "Country")

Wall = Callable[[float], datetime]
"""The date of a loop time."""


def new_sid(prefix: str) -> str:
    """An identifier such as Twilio's: two letters and 32 hexadecimal digits."""
    return prefix + uuid4().hex


def rfc2822(date: datetime) -> str:
    """A date as in REST answers and status callbacks: ``Sun, 22 Nov 2026 09:00:00 +0000``."""
    return format_datetime(date.astimezone(UTC))


@dataclass(slots=True, kw_only=True)
class CallResource:
    """One call. Times are loop times, in seconds."""

    account_sid: str
    to: str
    from_: str
    direction: str
    """``inbound``, ``outbound-api`` or ``outbound-dial``."""
    wall: Wall
    created: float
    sid: str = field(default_factory=lambda: new_sid("CA"))
    status: str = "queued"
    parent_sid: str | None = None
    answered: float | None = None
    ended: float | None = None
    answered_by: str | None = None
    extra: dict[str, str] = field(default_factory=dict)
    """More parameters of every webhook, or other values for the usual ones."""

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def duration(self) -> int:
        """Seconds since it was answered, rounded up; 0 if it never was, or is not over."""
        if self.answered is None or self.ended is None:
            return 0
        return math.ceil(self.ended - self.answered)

    def params(self) -> dict[str, str]:
        """The standard parameters of a webhook (Twilio: TwiML voice request)."""
        params = {
            "AccountSid": self.account_sid,
            "ApiVersion": API_VERSION,
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Called": self.to,
            "Caller": self.from_,
            "Direction": self.direction,
            "From": self.from_,
            "To": self.to,
        }
        if self.parent_sid:
            params["ParentCallSid"] = self.parent_sid
        if self.direction == "inbound":
            params |= _inbound()
        return params | self.extra

    def as_json(self) -> dict[str, Any]:
        """The Call resource. Numbers in it are strings, as at Twilio."""
        uri = f"/{API_VERSION}/Accounts/{self.account_sid}/Calls/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "parent_call_sid": self.parent_sid,
            "to": self.to,
            "to_formatted": self.to,
            "from": self.from_,
            "from_formatted": self.from_,
            "phone_number_sid": None,
            "status": self.status,
            "direction": self.direction,
            "answered_by": self.answered_by,
            "date_created": self._date(self.created),
            "date_updated": self._date(self.ended or self.answered or self.created),
            "start_time": self._date(self.answered),
            "end_time": self._date(self.ended),
            "duration": str(self.duration) if self.ended is not None else None,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "api_version": API_VERSION,
            "annotation": None,
            "forwarded_from": self.extra.get("ForwardedFrom"),
            "caller_name": self.extra.get("CallerName"),
            "group_sid": None,
            "trunk_sid": None,
            "uri": f"{uri}.json",
            "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
        }

    def _date(self, at: float | None) -> str | None:
        return None if at is None else rfc2822(self.wall(at))


def _inbound() -> dict[str, str]:
    """What the network says of a caller in its own country; nothing of it may be relied on."""
    places = {f"{who}{what}": "" for who in ("From", "To", "Caller", "Called") for what in PLACES}
    countries = {f"{who}Country": "US" for who in ("From", "To", "Caller", "Called")}
    return places | countries | {"StirVerstat": "TN-Validation-Passed-A", "CallToken": _CALL_TOKEN}


_CALL_TOKEN = "%7B%22parentCallInfoToken%22%3A%22sandbox%22%7D"  # noqa: S105
"""Opaque, percent-encoded and odd on purpose: a signature must be checked over the value as it came."""
