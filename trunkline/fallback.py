"""The last resort: what a caller hears when nothing of ours can go on with the call."""

from dataclasses import dataclass
from typing import TypeAlias

from processors.language_wording import wording
from trunkline.overflow import DialOverflow, SayAndHangUp

LONGEST = 14_400
"""Seconds. Twilio records no longer than that (Twilio: TwiML Record)."""


@dataclass(frozen=True, slots=True)
class Voicemail:
    """The caller leaves a message with the carrier; its URL is kept in the record of the call.

    Raises:
        ValueError: no message can be left like that.
    """

    text: str = "I am sorry, we have a technical problem. Please leave a message after the tone."
    """Said before the tone, in the carrier's own voice."""
    max_seconds: int = 120
    """Length of the message, in seconds."""
    silence_seconds: int = 5
    """Seconds of silence that end it."""
    thanks: str = "Thank you. Goodbye!"
    """Said when it is there; a caller who hangs up has left it too."""

    def __post_init__(self) -> None:
        for name in ("text", "thanks"):
            object.__setattr__(self, name, wording(getattr(self, name)))
        if not self.text.strip():
            raise ValueError("Voicemail(text) is empty; expected words for the caller")
        if not 1 <= self.max_seconds <= LONGEST:
            raise ValueError(f"Voicemail(max_seconds={self.max_seconds}); expected 1 to {LONGEST}")
        if self.silence_seconds < 1:
            raise ValueError(f"Voicemail(silence_seconds={self.silence_seconds}); expected 1 or more")


Fallback: TypeAlias = SayAndHangUp | DialOverflow | Voicemail

NAMES = "SayAndHangUp(text), DialOverflow(number), Voicemail(text)"
