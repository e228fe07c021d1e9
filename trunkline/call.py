"""A call, as a pipeline file and its tools see it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

from pipecat.frames.frames import TTSSpeakFrame

from processors.frames import HangUpFrame, LanguageFrame
from processors.patience import Expectation, Kind
from trunkline.call_stages import NEW, CallStages
from trunkline.holding import HOLD, STILL, holding
from trunkline.line import Line
from trunkline.records import Facts
from trunkline.resuming.resumption import Resumed
from trunkline.transfers.destinations import Destination
from trunkline.transfers.transfer import Result, Transfer
from trunkline.transfers.transferring import Transferring
from trunkline.vendors import Vendors


class Call(CallStages):
    """One phone call. Supplies the stages that depend on the process, and acts on the call from tools.

    Args:
        facts: what Twilio says of it.
        line: the line that answers.
        vendors: what the calls of this process share.
        resumed: what is known of a call that another process has begun.
    """

    def __init__(self, facts: Facts, line: Line, vendors: Vendors, resumed: Resumed = NEW) -> None:
        super().__init__(facts, line, vendors, resumed)
        self.transferring = Transferring(self, vendors)

    @property
    def language(self) -> str:
        """Code of the language that the call is in: ``en``."""
        return self.languages.current

    async def speak_language(self, language: str) -> None:
        """Go on in another language of the line; what is being said is said to its end.

        Raises:
            ValueError: the line does not speak it.
        """
        if (code := self.languages.choose(language)) is not None:
            await self._push(LanguageFrame(code))

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        """Speak a text when what is being said is over.

        Args:
            text: what to say.
            interruptible: False for what must be heard on any line; what the caller says into it is answered
                after it.
        """
        frame = TTSSpeakFrame(text)
        frame.interruptible = interruptible
        await self._push(frame)

    def expect(self, kind: Kind | None, n: int | None = None) -> None:
        """Have patience with what the caller was asked for: a pause in it does not end the turn.

        It holds until the caller has answered.

        Args:
            kind: "digits", "name" (spelled letter by letter) or "email"; None for nothing in particular.
            n: how many digits; all of them there, the turn is over at once. None for any number.

        Raises:
            ValueError: nobody can be expected to say that.
        """
        self.patience.expected = None if kind is None else Expectation(kind, n)

    async def hang_up(self, farewell: str | None = None, *, reason: str = "completed") -> None:
        """End the call once the farewell, and all said before it, was heard. A barge-in keeps the call.

        Args:
            farewell: the last words.
            reason: what the outcome of the call is called.
        """
        if farewell:
            await self.say(farewell)
        await self._push(HangUpFrame(reason))

    async def transfer(self, to: str | Destination | Transfer, **manner: Any) -> Result:
        """Put the caller through to somebody else, once the announcement was heard.

        A caller who speaks into it keeps the conversation. Where nobody takes the call it goes on too: after
        a warm transfer when this returns, after a cold one in a new :class:`Call` with all that was said.

        Args:
            to: ``+15550123``, ``sip:desk@example.com``, ``queue:support``, or a name of ``Line.transfers``.
            manner: fields of :class:`~trunkline.transfers.transfer.Transfer`, such as ``words`` and ``warm``.

        Raises:
            ValueError: a destination that cannot be called, or a manner that does not fit it.
        """
        return await self.transferring.transfer(to, manner)

    def hold(
        self, text: str = HOLD, *, again: str | None = STILL, every: float = 12.0
    ) -> AbstractAsyncContextManager[None]:
        """``async with call.hold():`` the caller waits, and is not asked whether they are still there.

        Args:
            text: said at once; the model does not learn of it.
            again: said whenever ``every`` seconds of silence have passed; None for silence.
            every: seconds.
        """
        return holding(self.floor, self.asides, text, again, every)

    async def digits(
        self, n: int, terminator: str = "#", timeout: float = 5.0, *, interrupts: bool = True
    ) -> str | None:
        """Wait for keys, also while the agent speaks. A tool that does needs ``@tool(timeout=60)``, or so.

        Args:
            n: keys that are enough.
            terminator: the key that says "that was all"; empty for none.
            timeout: seconds without a key after which no more are expected; the time in which somebody speaks
                does not count.
            interrupts: whether the first key stops what the agent is saying, if the line's policy lets it.

        Returns:
            The keys without the terminator, fewer than ``n`` (or none) if the time was up or the caller said
            something instead, which then becomes the next turn. None if the call is over.

        Raises:
            ValueError: two gathers at once, or arguments that no gather can have.
        """
        return await self.keypad.digits(n, terminator, timeout, cuts=interrupts)

    def recording_paused(self) -> AbstractAsyncContextManager[None]:
        """``async with call.recording_paused():`` nothing is recorded inside, say of a card's number.

        The recording is silent there, on both channels. The recogniser and the model hear it nevertheless.
        """
        return self.recorder.paused()

    def stop_recording(self, *, discard: bool = False) -> None:
        """Record nothing more of the call; what was recorded is kept, or deleted (``discard``)."""
        self.recorder.stop(discard=discard)
