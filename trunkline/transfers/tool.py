"""``transfer_call``: the tool by which the model puts a caller through to one of the line's transfers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from processors.tool_options import tool
from trunkline.transfers.transfer import Result, Transfers

if TYPE_CHECKING:
    from processors.tool_once import Once
    from trunkline.call import Call

LONGEST = 240.0
"""Seconds: the announcement, the longest ring, and a human's decision."""

MANUAL = """Put the caller through to somebody else, and leave the call. The announcement is made for you.

Args:
    to: {who}
"""

TOLD = "; the caller was told: {words}"


NAME = "transfer_call"


def transfer_tool(transfers: Transfers) -> Callable[..., Any]:
    """The tool.

    Not one with side effects, which are done once in a call: who was busy may be called again.
    """

    async def transfer_call(call: Call, once: Once, to: str) -> Any:
        from processors.tool_run import Quiet  # imports pipecat, which a line must not

        result = await call.transferring.transfer(to, {}, once)
        if result.is_unanswered:
            return Quiet(f"{result}{TOLD.format(words=transfers.to[to].unanswered)}")
        return Quiet(str(result)) if result is Result.GONE else str(result)

    names = tuple(transfers.to)
    transfer_call.__doc__ = MANUAL.format(who=_described(transfers))
    transfer_call.__annotations__["to"] = Literal[names]
    return tool(interruptible=False, timeout=LONGEST, filler="")(transfer_call)


def _described(transfers: Transfers) -> str:
    """Each name, and what it is for, in one line."""
    texts = {name: " ".join(transfer.description.split()) for name, transfer in transfers.to.items()}
    return "; ".join(f"{name}: {text}" if text else name for name, text in texts.items())
