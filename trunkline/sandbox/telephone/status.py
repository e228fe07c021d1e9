"""Call progress events: what the carrier tells a status callback (Twilio: Call resource, StatusCallback)."""

import math
from dataclasses import dataclass

from trunkline.sandbox.telephone.resource import CallResource, rfc2822
from trunkline.sandbox.telephone.webhooks import Ask

EVENTS = ("initiated", "ringing", "answered", "completed")

SIP_CODES = {"completed": "200", "busy": "486", "no-answer": "487", "canceled": "487", "failed": "404"}
"""``SipResponseCode`` of a call that is over."""


@dataclass(slots=True)
class StatusCallback:
    """Who wants to hear of a call's progress, and how much it has heard."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})
    sequence: int = 0
    """Counts what was sent, from 0. The requests are separate and may arrive out of order."""

    def tell(self, event: str, call: CallResource, at: float, extra: dict[str, str]) -> Ask | None:
        """The request to make for an event; None if nobody wants to hear of it.

        Args:
            event: one of :data:`EVENTS`; ``completed`` is the end of any call, answered or not.
            call: as it is now.
            at: loop time of the event, in seconds.
            extra: parameters of this event, such as a recording's.
        """
        if not self.url or event not in self.events:
            return None
        params = call.params() | {
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self.sequence),
            "Timestamp": rfc2822(call.wall(at)),
        }
        if event == "initiated":
            params["CallStatus"] = "initiated"
        if event == "completed":
            params |= _ending(call)
        self.sequence += 1
        return Ask("status", self.url, params | extra, self.method)


def events(named: list[str]) -> frozenset[str]:
    """The events of a ``StatusCallbackEvent``: repeated, or separated by spaces; ``completed`` if none."""
    return frozenset(" ".join(named).split()) or frozenset({"completed"})


def _ending(call: CallResource) -> dict[str, str]:
    params = {"CallDuration": str(call.duration), "SipResponseCode": SIP_CODES[call.status]}
    if call.status == "completed":
        params["Duration"] = str(math.ceil(call.duration / 60))
    return params
