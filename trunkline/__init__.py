"""Trunkline: one pipeline file answers each phone line."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from processors.barge_in import first_sentence_protected as first_sentence_protected
    from processors.barge_in import never as never
    from processors.barge_in import vad as vad
    from processors.barge_in import words as words
    from processors.language_wording import Wording as Wording
    from processors.turn_end import endpointing as endpointing
    from processors.turn_end import flux as flux
    from processors.turn_end import smart_turn as smart_turn
    from transports.ambience import Ambience as Ambience
    from transports.ambience import comfort_noise as comfort_noise
    from trunkline.call import Call as Call
    from trunkline.costs.budget import Budget as Budget
    from trunkline.fallback import Voicemail as Voicemail
    from trunkline.idle import Idle as Idle
    from trunkline.line import Line as Line
    from trunkline.line import Stages as Stages
    from trunkline.outbound.hours import Hours as Hours
    from trunkline.outbound.manners import Outbound as Outbound
    from trunkline.overflow import Busy as Busy
    from trunkline.overflow import DialOverflow as DialOverflow
    from trunkline.overflow import Queue as Queue
    from trunkline.overflow import SayAndHangUp as SayAndHangUp
    from trunkline.recording.options import Recording as Recording
    from trunkline.redaction.privacy import Entity as Entity
    from trunkline.redaction.privacy import Privacy as Privacy
    from trunkline.resuming.resume import Resume as Resume
    from trunkline.transfers.transfer import Transfer as Transfer
    from trunkline.transfers.transfer import Transfers as Transfers

    __version__: str

__all__ = [
    "Ambience",
    "Budget",
    "Busy",
    "Call",
    "DialOverflow",
    "Entity",
    "Hours",
    "Idle",
    "Line",
    "Outbound",
    "Privacy",
    "Queue",
    "Recording",
    "Resume",
    "SayAndHangUp",
    "Stages",
    "Transfer",
    "Transfers",
    "Voicemail",
    "Wording",
    "comfort_noise",
    "endpointing",
    "first_sentence_protected",
    "flux",
    "never",
    "smart_turn",
    "vad",
    "words",
]

HOMES = {
    "Ambience": "transports.ambience",
    "Budget": "trunkline.costs.budget",
    "Busy": "trunkline.overflow",
    "Call": "trunkline.call",
    "DialOverflow": "trunkline.overflow",
    "Entity": "trunkline.redaction.privacy",
    "Hours": "trunkline.outbound.hours",
    "Idle": "trunkline.idle",
    "Line": "trunkline.line",
    "Outbound": "trunkline.outbound.manners",
    "Privacy": "trunkline.redaction.privacy",
    "Queue": "trunkline.overflow",
    "Recording": "trunkline.recording.options",
    "Resume": "trunkline.resuming.resume",
    "SayAndHangUp": "trunkline.overflow",
    "Stages": "trunkline.line",
    "Transfer": "trunkline.transfers.transfer",
    "Transfers": "trunkline.transfers.transfer",
    "Voicemail": "trunkline.fallback",
    "Wording": "processors.language_wording",
    "comfort_noise": "transports.ambience",
    "endpointing": "processors.turn_end",
    "first_sentence_protected": "processors.barge_in",
    "flux": "processors.turn_end",
    "never": "processors.barge_in",
    "smart_turn": "processors.turn_end",
    "vad": "processors.barge_in",
    "words": "processors.barge_in",
}
"""The module of each public name; imported when first used: pipecat takes seconds to import."""

if not TYPE_CHECKING:  # else a type checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        """The public names."""
        if name == "__version__":
            from importlib.metadata import version

            return version("trunkline")
        if name not in HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(HOMES[name]), name)
