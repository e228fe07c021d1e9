"""Trunkline: one pipeline file answers each phone line."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trunkline.call import Call as Call
    from trunkline.line import Line as Line
    from trunkline.line import Stages as Stages
    from trunkline.overflow import Busy as Busy
    from trunkline.overflow import DialOverflow as DialOverflow
    from trunkline.overflow import Queue as Queue
    from trunkline.overflow import SayAndHangUp as SayAndHangUp

    __version__: str

__all__ = ["Busy", "Call", "DialOverflow", "Line", "Queue", "SayAndHangUp", "Stages"]

if not TYPE_CHECKING:  # else a type checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        """The public names, imported when first used: a call needs pipecat, which takes seconds to import."""
        if name == "Call":
            from trunkline.call import Call

            return Call
        if name in ("Line", "Stages"):
            from trunkline import line

            return getattr(line, name)
        if name in ("Busy", "DialOverflow", "Queue", "SayAndHangUp"):
            from trunkline import overflow

            return getattr(overflow, name)
        if name == "__version__":
            from importlib.metadata import version

            return version("trunkline")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
