"""What a verb works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from trunkline.sandbox.telephone.interruption import Source
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.twiml import Document, Verb
from trunkline.sandbox.telephone.webhooks import Ask

SCHEMA_WARNING = 12200
"""Twilio's number for TwiML that is not in its schema; it goes on without the part in question."""

Follow = Callable[[Phone, Source], Awaitable[None]]
"""Lets a call follow documents until there are none; raises an interruption like any verb."""


@dataclass(frozen=True, slots=True)
class Step:
    """One verb of one document on one call."""

    phone: Phone
    verb: Verb
    document: Document
    is_first: bool
    follow: Follow

    def of(self, verb: Verb) -> "Step":
        """The same for a verb within this one."""
        return replace(self, verb=verb)

    def url(self, attribute: str, default: str = "") -> str:
        """An attribute's URL, made absolute; empty if it is not given."""
        url = self.verb.get(attribute, default)
        return self.document.resolve(url) if url else ""

    def action(self, params: dict[str, str], default: str = "") -> Ask | None:
        """The request to the ``action`` URL, with the standard parameters; None if there is no such URL."""
        url = self.url("action", default)
        if not url:
            return None
        method = self.verb.get("method", "POST").upper()
        return Ask("action", url, self.phone.call.params() | params, method)


Run = Callable[[Step], Awaitable[Source | None]]
"""A verb's meaning."""
