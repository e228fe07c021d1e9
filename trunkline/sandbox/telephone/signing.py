"""Twilio's signature, made as by Twilio (Webhooks security), or spoilt on request."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from trunkline.sandbox.telephone.faults import Signature

FORGERY = "not the auth token"
"""What a forged signature is signed with."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for one account with its primary auth token."""

    auth_token: str = field(repr=False)

    def sign(self, url: str, params: Mapping[str, str], quality: Signature = "good") -> str | None:
        """The value of ``X-Twilio-Signature``, or None if there is to be none.

        Args:
            url: byte for byte as it is requested; for a media stream as it stands in the TwiML.
            params: the form's fields; none for GET and for a media stream.
            quality: whether it is valid.
        """
        if quality == "missing":
            return None
        token = self.auth_token if quality == "good" else FORGERY
        return str(RequestValidator(token).compute_signature(url, params))
