"""What another process would need to go on with a call, written down whenever it has changed."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from pipecat.processors.aggregators.llm_context import LLMContext

from processors.conversation import UserContext
from trunkline.call import Call
from trunkline.records import Message, ToolCall
from trunkline.resuming.call_data import Keepable

GATHER = 0.25
"""Seconds for which changes are gathered: a busy turn has ten a second, and each state is a whole one."""


BEAT = 5.0
"""Seconds after which one is taken anyway: it tells that the process still lives."""


class Snapshots:
    """Of one call. The last one is what :meth:`trunkline.resuming.resumption.Resumed.of` reads.

    Args:
        call: whose state.
        write: given the state, and whether another process may ask for it at once; must not wait.
        tools: those that the model has asked for in the turn that goes on.
    """

    def __init__(
        self,
        call: Call,
        write: Callable[[dict[str, Any], bool], None],
        tools: Callable[[], Sequence[ToolCall]],
    ) -> None:
        self._call = call
        self._write = write
        self._tools = tools
        self._keepable = Keepable(call.sid)
        self._timer: asyncio.TimerHandle | None = None
        self._beat: asyncio.TimerHandle | None = None
        self._closed = self._paused = False

    def changed(self) -> None:
        """Take one in a moment."""
        if self._timer is None and not self._closed:
            self._timer = asyncio.get_running_loop().call_later(GATHER, self.take)

    def pause(self) -> None:
        """Take none until the caller is here again: another process may have the call, and know better."""
        self._paused = True

    def go_on(self) -> None:
        """The caller is here."""
        self._paused = False

    def take(self, *, urgent: bool = False) -> None:
        """Take one now.

        Args:
            urgent: whether another process may ask for it at once.
        """
        self._forget_timers()
        if not (self._closed or self._paused):
            self._beat = asyncio.get_running_loop().call_later(BEAT, self.take)
            state = {**_state_of(self._call, self._tools()), "data": self._keepable.of(self._call.data)}
            self._write(state, urgent)

    def close(self) -> None:
        """Take no more: the call is over, or goes on elsewhere."""
        self._forget_timers()
        self._closed = True

    def _forget_timers(self) -> None:
        for timer in (self._timer, self._beat):
            if timer is not None:
                timer.cancel()
        self._timer = self._beat = None


def _state_of(call: Call, tools: Sequence[ToolCall]) -> dict[str, Any]:
    user, heard = call.aggregators and call.aggregators.user(), ""
    if call.aggregators is not None and call.aggregators.assistant()._aggregation:
        heard = call.aggregators.assistant().aggregation_string()
    unheard = call.unheard(whole=True)
    return {
        "messages": messages_of(call.llm_context),
        "heard": heard,
        "unheard": list(unheard.texts),
        "is_cut": unheard.is_cut,
        "caller": user.words if isinstance(user, UserContext) else "",
        "speaks": call.floor.hears_voice,
        "tools": [{"name": tool.name, "arguments": tool.arguments, "id": tool.id} for tool in tools],
        "deeds": call.deeds.kept(),
        "stage": call.stage,
        "language": call.language,
        "attempts": call.attempts,
        "sound": call.recorder.state(),
        "place": call.place,
        "written_at": time.time(),
    }


def messages_of(context: LLMContext) -> list[Message]:
    """The conversation without the prompt, which another process writes anew."""
    plain = [dict(message) for message in cast(list[Any], context.messages) if isinstance(message, dict)]
    return plain[1:] if plain and plain[0].get("role") == "system" else plain
