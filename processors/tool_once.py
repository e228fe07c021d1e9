"""Tools that change something: carried out once, to the end, whatever the caller does meanwhile.

A *deed* is one run of such a tool. Until its commit point it can be called off, and nothing has happened.
From there on it ends by itself: done, or with an unknown outcome if it failed or took too long. Whoever asks
for the same again in the call gets the deed that there is.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from loguru import logger
from pipecat.processors.aggregators.llm_context import LLMContext

from processors import tool_messages as messages


class End(Enum):
    """How a deed ended."""

    DONE = "done"
    UNDONE = "not done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Request:
    """A model's call of a tool that changes something."""

    tool: str
    tool_call_id: str
    same_as: str
    """Equal for what is the same deed: see :func:`processors.tool_run.sameness`."""
    context: LLMContext
    again: bool = False
    """Whether the model says that the caller wants the very same once more."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What came of a deed."""

    end: End
    result: Any
    """What the function returned, or what the model is to know instead, as JSON can hold it."""
    is_quiet: bool = False
    """Whether it needs no words."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is told to whoever keeps records: a deed has ended."""

    tool: str
    tool_call_id: str
    end: End
    result: Any


class Once:
    """What a tool with side effects may ask for, as a parameter named ``once``.

    Without it, the beginning of the function is its commit point.
    """

    def __init__(self, key: str, on_commit: Callable[[], None] = lambda: None) -> None:
        self._on_commit = on_commit
        self.key = key
        """The same for the same deed, also when it is tried again: hand it on as an idempotency key."""
        self.is_committed = False
        self.is_stopped = False
        """Whether it was called off in time."""

    async def commit(self) -> None:
        """From here on the function runs to its end, and is not run again. Call it right before the effect.

        Raises:
            asyncio.CancelledError: it has been called off.
        """
        if self.is_stopped:
            raise asyncio.CancelledError
        if not self.is_committed:
            self.is_committed = True
            self._on_commit()


Work = Callable[[Once], Awaitable[Ending]]
"""Runs a function, to an ending whatever it does."""


@dataclass(eq=False, slots=True)
class Deed:
    """One run."""

    once: Once
    asked: list[str] = field(default_factory=list)
    """Tool calls that asked for it."""
    turns: int = 0
    """How often the caller had spoken when it ended."""
    ending: Ending | None = None
    task: asyncio.Future[Ending] | None = None
    waiting: set[str] = field(default_factory=set)
    """Tool calls that wait for it."""
    left: list[Request] = field(default_factory=list)
    """Those whose caller spoke while it ran."""

    @property
    def came_to_nothing(self) -> bool:
        """Whether nothing has happened, and nothing will."""
        return self.once.is_stopped or (self.ending is not None and self.ending.end is End.UNDONE)


class Deeds:
    """Those of one call.

    Args:
        call: the call's SID: a part of every key.
    """

    def __init__(self, call: str = "") -> None:
        self.on_end: Callable[[Report], None] = lambda _: None
        """Told of every deed that ends, also after the caller has hung up."""
        self.on_commit: Callable[[], None] = lambda: None
        """Told right before the effect of each."""
        self.tell: Callable[[list[Any], bool], Awaitable[None]] | None = None
        """Puts messages into the context, and has the model speak or not."""
        self._call = call
        self._deeds: dict[tuple[str, str], list[Deed]] = {}
        self._running: set[asyncio.Future[Ending]] = set()
        self._settled: dict[str, str] = {}

    @property
    def are_running(self) -> bool:
        return bool(self._running)

    async def finished(self) -> None:
        """Return when nothing runs any more."""
        while self._running:
            await asyncio.wait(self._running)

    def answer(self, tool_call_id: str) -> str:
        """What the context says of a tool call that was broken off."""
        return self._settled.get(tool_call_id, messages.STOPPED)

    def kept(self) -> list[dict[str, Any]]:
        """What another process has to know of them, as JSON can hold it.

        One that runs has an unknown end: whoever reads this does so because nobody will tell.
        """
        everything = [(key, deed) for key, deeds in self._deeds.items() for deed in deeds]
        return [_plain(key, deed) for key, deed in everything if deed.once.is_committed]

    def restore(self, kept: Iterable[Mapping[str, Any]]) -> None:
        """Take over what another process has begun for the call: it is not done again."""
        for one in kept:
            ending = Ending(End(one["end"]), one["result"], bool(one["is_quiet"]))
            deed = Deed(Once(""), [one["tool_call_id"]], int(one["turns"]), ending)
            deed.once.is_committed = True
            deed.task = asyncio.get_running_loop().create_future()
            deed.task.set_result(ending)
            self._deeds.setdefault((one["tool"], one["same_as"]), []).append(deed)

    async def ask(self, request: Request, work: Work) -> tuple[Ending, bool]:
        """What comes of a request, and whether it had been asked for before.

        Cancelling this calls the deed off if it can be, or else leaves it to itself: what comes of it is then
        written into the context, and spoken if the caller still waits for it.
        """
        deed, is_new = self._deed(request)
        if deed.task is None:
            deed.task = asyncio.get_running_loop().create_task(self._carry_out(deed, request, work))
            self._running.add(deed.task)
            deed.task.add_done_callback(self._running.discard)
        deed.asked.append(request.tool_call_id)
        deed.waiting.add(request.tool_call_id)
        try:
            return await asyncio.shield(deed.task), not is_new
        except asyncio.CancelledError:
            self._leave(deed, request)
            raise
        finally:
            deed.waiting.discard(request.tool_call_id)

    def _deed(self, request: Request) -> tuple[Deed, bool]:
        """The deed that is asked for, and whether it is a new one."""
        unsaid = self._deeds.pop((request.tool, fingerprint(request.same_as)), [])
        deeds = self._deeds.setdefault((request.tool, request.same_as), unsaid)
        last = deeds[-1] if deeds else None
        if last is not None and last.came_to_nothing:
            deeds.pop()
        elif last is not None and not _is_another(request, last):
            return last, False
        deeds.append(Deed(Once(self._key(request, len(deeds)), lambda: self.on_commit())))
        return deeds[-1], True

    def _key(self, request: Request, before: int) -> str:
        """The same for the same deed in another process too, which may have taken over the call."""
        whole = "\n".join((self._call, request.tool, request.same_as, str(before)))
        return hashlib.sha256(whole.encode()).hexdigest()[:32]

    async def _carry_out(self, deed: Deed, request: Request, work: Work) -> Ending:
        ending = await work(deed.once)
        deed.ending = ending
        deed.turns = messages.turns_of_caller(request.context)
        report = Report(request.tool, request.tool_call_id, ending.end, ending.result)
        asyncio.get_running_loop().call_soon(self.on_end, report)  # whose failures are its own
        for left in deed.left:
            self._settle(left, messages.write(ending.result))
        if deed.left and not deed.waiting and not ending.is_quiet:
            await self._tell(deed.left[-1])
        return ending

    def _leave(self, deed: Deed, request: Request) -> None:
        """The caller spoke, or is gone."""
        if deed.ending is not None:
            self._settle(request, messages.write(deed.ending.result))
        elif deed.once.is_committed:
            logger.info("Tool {} goes on without its caller", request.tool)
            deed.left.append(request)
            self._settle(request, messages.RUNNING)
        elif deed.waiting <= {request.tool_call_id} and deed.task is not None:
            deed.once.is_stopped = True
            deed.task.cancel()

    def _settle(self, request: Request, content: str) -> None:
        self._settled[request.tool_call_id] = content
        messages.settle(request.context, request.tool_call_id, content)

    async def _tell(self, request: Request) -> None:
        """Have the model speak of it if the caller waits for it; else it finds it when it speaks next."""
        if self.tell is None:
            return
        said = messages.said_since(request.context, request.tool_call_id)
        await self.tell([messages.note(request.tool)] if said != [] else [], not messages.has_moved_on(said))


def fingerprint(same_as: str) -> str:
    """What stands for arguments that must not be kept.

    Too short to find them by trying, and long enough to tell those of one call apart (one in a million).
    """
    return f"~{hashlib.sha256(same_as.encode()).hexdigest()[:5]}"


def _plain(key: tuple[str, str], deed: Deed) -> dict[str, Any]:
    tool, same_as = key
    lost = Ending(End.UNKNOWN, {"error": f"{tool} was cut off", "note": messages.UNKNOWN})
    ending = deed.ending or lost
    return {
        "tool": tool,
        "same_as": same_as,
        "tool_call_id": deed.asked[0],
        "others": deed.asked[1:],
        "turns": deed.turns,
        "end": ending.end.value,
        "result": ending.result,
        "is_quiet": ending.is_quiet,
        "runs": deed.ending is None,
    }


def _is_another(request: Request, last: Deed) -> bool:
    """Whether the caller wants the very same once more: they spoke since it was done, and the model says so.

    What may or may not have been done is never done again.
    """
    if not request.again or last.ending is None or last.ending.end is not End.DONE:
        return False
    return messages.turns_of_caller(request.context) > last.turns
