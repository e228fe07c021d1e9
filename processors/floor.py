"""Who has the floor: the caller, the agent, a tool that the caller waits for, or nobody.

pipecat's own idle controller is armed by nothing but the end of the agent's speech, so it sleeps for ever
after a tool whose result needs no words or a key that nobody answers, and it takes a television for a caller.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    EndFrame,
    Frame,
    FunctionCallCancelFrame,
    FunctionCallResultFrame,
    FunctionCallsStartedFrame,
    InputDTMFFrame,
    InterruptionFrame,
    LLMContextUserTurnFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection

from processors.direct import DirectStage
from processors.frames import HeardTextFrame

REPLY_LIMIT = 12.0
"""Seconds that a reply may be awaited before it counts as none; a model has two attempts of 4 s each."""


class Floor(DirectStage):
    """Stands first in a pipeline, where the upstream half of all that is broadcast arrives.

    The caller's audio begins behind it and costs it nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.agent_speaks = False
        self.tools: dict[str, str] = {}
        """Id to name of each tool that runs and whose result the caller waits for."""
        self.turns = 0
        """Turns of the caller, with words."""
        self.hears_aside = False
        """Whether what the agent says next, or is saying, is not the reply: that is due all the same."""
        self.keys = 0
        """Keys that the caller has pressed."""
        self._has_voice = False
        self._has_turn = False
        self._claims = 0
        self._owed: asyncio.TimerHandle | None = None
        self._watchers: list[Callable[[], None]] = []

    @property
    def caller_speaks(self) -> bool:
        """Whether there is sound of the caller, or a turn that is not over."""
        return self._has_voice or self._has_turn

    @property
    def hears_voice(self) -> bool:
        """Whether there is sound of the caller."""
        return self._has_voice

    @property
    def caller_sounds(self) -> bool:
        """Whether there is sound of the caller."""
        return self._has_voice

    @property
    def is_claimed(self) -> bool:
        """Whether somebody has asked for patience: a hold, or keys that are waited for."""
        return self._claims > 0

    @property
    def reply_is_due(self) -> bool:
        """Whether the model, or the voice, is at work on what comes next."""
        return self._owed is not None

    @property
    def is_quiet(self) -> bool:
        """Whether neither speaks."""
        return not (self.agent_speaks or self.caller_speaks)

    @property
    def is_silent(self) -> bool:
        """Whether neither speaks, and no reply is due."""
        return self.is_quiet and not self.reply_is_due

    @property
    def is_callers_move(self) -> bool:
        """Whether nothing is to be expected but what the caller says next, or is saying."""
        return not (self.agent_speaks or self.reply_is_due or self.tools or self.is_claimed)

    @property
    def is_free(self) -> bool:
        """Whether it is the caller's move, and the caller is silent."""
        return self.is_callers_move and not self.caller_speaks

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have ``changed`` called after each change; returns what ends that."""
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed) if changed in self._watchers else None

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Ask for patience: the caller is not idle meanwhile."""
        self._claims += 1
        self._tell()
        try:
            yield
        finally:
            self._claims -= 1
            self._tell()

    async def silence(self, patience: float) -> bool:
        """Wait until neither speaks and no reply is due; False if it takes more than so many seconds."""
        return await self._becomes(lambda: self.is_silent, patience)

    async def stays_quiet(self, seconds: float) -> bool:
        """Wait until neither speaks, then for so long; False as soon as somebody does."""
        await self._becomes(lambda: self.is_quiet, None)
        return not await self._becomes(lambda: not self.is_quiet, seconds)

    async def _becomes(self, true: Callable[[], bool], limit: float | None) -> bool:
        """Wait until something is true; False if it takes more than so many seconds."""
        changed = asyncio.Event()
        unwatch = self.watch(changed.set)
        try:
            async with asyncio.timeout(limit):
                while not true():
                    changed.clear()
                    await changed.wait()
            return True
        except TimeoutError:
            return False
        finally:
            unwatch()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            self.hears_aside = False
            self._reply_is_over()
            self._tell()
        elif isinstance(frame, (EndFrame, CancelFrame)):
            self._reply_is_over()
        elif direction is FrameDirection.UPSTREAM and self._take(frame):
            self._tell()
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        self._reply_is_over()
        self._watchers.clear()
        await super().cleanup()  # type: ignore[no-untyped-call]

    def _take(self, frame: Frame) -> bool:
        """Learn from a frame; whether there was anything to learn."""
        match frame:
            case VADUserStartedSpeakingFrame() | VADUserStoppedSpeakingFrame():
                self._has_voice = isinstance(frame, VADUserStartedSpeakingFrame)
            case UserStartedSpeakingFrame() | UserStoppedSpeakingFrame():
                self._has_turn = isinstance(frame, UserStartedSpeakingFrame)
            case BotStartedSpeakingFrame() | BotStoppedSpeakingFrame():
                self.agent_speaks = isinstance(frame, BotStartedSpeakingFrame)
                self._agent_turned()
            case HeardTextFrame() if frame.append_to_context:
                self._reply_is_over()
                return False
            case LLMContextUserTurnFrame():
                self.turns += 1
                self.tools.clear()  # what still runs is no longer what the caller waits for
                self._expect_reply()
            case InputDTMFFrame():
                self.keys += 1
            case _:
                return self._take_tool(frame)
        return True

    def _agent_turned(self) -> None:
        """The agent begins to speak, or has ended; what it said beside the conversation is no reply."""
        if not self.hears_aside:
            self._reply_is_over()
        elif not self.agent_speaks:
            self.hears_aside = False
            if self.reply_is_due:
                self._expect_reply()

    def _take_tool(self, frame: Frame) -> bool:
        match frame:
            case FunctionCallsStartedFrame():
                self.tools.update({call.tool_call_id: call.function_name for call in frame.function_calls})
                self._reply_is_over()
            case FunctionCallResultFrame():
                properties = frame.properties
                if properties is not None and not properties.is_final:
                    return False
                was_awaited = self.tools.pop(frame.tool_call_id, None) is not None
                if was_awaited and (properties is None or properties.run_llm is not False):
                    self._expect_reply()
            case FunctionCallCancelFrame():
                self.tools.pop(frame.tool_call_id, None)
            case _:
                return False
        return True

    def _expect_reply(self) -> None:
        self._reply_is_over()
        self._owed = self.get_event_loop().call_later(REPLY_LIMIT, self._give_up)

    def _give_up(self) -> None:
        self._owed = None
        self._tell()

    def _reply_is_over(self) -> None:
        if self._owed is not None:
            self._owed.cancel()
            self._owed = None

    def _tell(self) -> None:
        for changed in tuple(self._watchers):
            changed()
