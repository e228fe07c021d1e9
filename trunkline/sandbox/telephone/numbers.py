"""The account's phone numbers: the IncomingPhoneNumber resource."""

from dataclasses import dataclass, field
from typing import Any

from trunkline.sandbox.telephone.resource import API_VERSION, new_sid


@dataclass(slots=True, kw_only=True)
class Number:
    """A number, and whom the carrier asks when it is called."""

    phone_number: str
    """``+15550100``."""
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    friendly_name: str = ""
    sid: str = field(default_factory=lambda: new_sid("PN"))

    def update(self, form: dict[str, str]) -> None:
        """Change what a REST update names, such as ``VoiceUrl``."""
        for field_name, parameter in PARAMETERS.items():
            if parameter in form:
                setattr(self, field_name, form[parameter])

    def as_json(self, account_sid: str) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "account_sid": account_sid,
            "phone_number": self.phone_number,
            "friendly_name": self.friendly_name or self.phone_number,
            "api_version": API_VERSION,
            "capabilities": {"voice": True, "sms": False, "mms": False, "fax": False},
            "voice_url": self.voice_url,
            "voice_method": self.voice_method,
            "voice_fallback_url": self.voice_fallback_url,
            "voice_fallback_method": self.voice_fallback_method,
            "voice_application_sid": "",
            "status_callback": self.status_callback,
            "status_callback_method": self.status_callback_method,
            "status": "in-use",
            "trunk_sid": None,
            "uri": f"/{API_VERSION}/Accounts/{account_sid}/IncomingPhoneNumbers/{self.sid}.json",
        }


PARAMETERS = {
    "voice_url": "VoiceUrl",
    "voice_method": "VoiceMethod",
    "voice_fallback_url": "VoiceFallbackUrl",
    "voice_fallback_method": "VoiceFallbackMethod",
    "status_callback": "StatusCallback",
    "status_callback_method": "StatusCallbackMethod",
    "friendly_name": "FriendlyName",
}
"""Field to the REST parameter that sets it."""
