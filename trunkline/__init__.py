"""Trunkline: one pipeline file answers each phone line."""

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
    from trunkline.idle import Idle as Idle
    from trunkline.line import Line as Line
    from trunkline.line import Stages as Stages
    from trunkline.overflow import Busy as Busy
    from trunkline.overflow import DialOverflow as DialOverflow
    from trunkline.overflow import Queue as Queue
    from trunkline.overflow import SayAndHangUp as SayAndHangUp

    __version__: str

__all__ = [
    "Ambience",
    "Busy",
    "Call",
    "DialOverflow",
    "Idle",
    "Line",
    "Queue",
    "SayAndHangUp",
    "Stages",
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

if not TYPE_CHECKING:  # else a type checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        """The public names, imported when first used: a call needs pipecat, which takes seconds to import."""
        if name == "Call":
            from trunkline.call import Call

            return Call
        if name in ("Ambience", "comfort_noise"):
            from transports import ambience

            return getattr(ambience, name)
        if name == "Idle":
            from trunkline.idle import Idle

            return Idle
        if name in ("Line", "Stages"):
            from trunkline import line

            return getattr(line, name)
        if name in ("Busy", "DialOverflow", "Queue", "SayAndHangUp"):
            from trunkline import overflow

            return getattr(overflow, name)
        if name in ("first_sentence_protected", "never", "vad", "words"):
            from processors import barge_in

            return getattr(barge_in, name)
        if name == "Wording":
            from processors.language_wording import Wording

            return Wording
        if name in ("endpointing", "flux", "smart_turn"):
            from processors import turn_end

            return getattr(turn_end, name)
        if name == "__version__":
            from importlib.metadata import version

            return version("trunkline")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
