"""What is said first when a lost stream is back: the way back into a conversation."""

from typing import cast

from pipecat.frames.frames import Frame, LLMMessagesAppendFrame, LLMRunFrame, TTSSpeakFrame

from processors.conversation import UserContext
from processors.frames import LanguageFrame
from processors.language_wording import said_in
from processors.tool_messages import RUNNING, STOPPED
from trunkline.call import Call
from trunkline.resuming.resume import WORDS
from trunkline.resuming.resumption import GO_ON, Resumed

LAST_WORDS = 12
"""Words of the caller that are repeated to them at most."""


class WayBack:
    """Of one call.

    Args:
        call: what is said goes into its conversation.
        resumed: what another process has left behind; None where this one knows all of it.
    """

    def __init__(self, call: Call, resumed: Resumed | None) -> None:
        self._call = call
        self._resumed = resumed
        self._spoke = False
        self._is_urgent = False
        self._is_announced = False

    def hurry(self) -> None:
        """The caller has heard nothing for a while: the carrier says the first words, before any stream."""
        self._is_urgent, self._is_announced = True, False

    def announcement(self) -> str:
        """What the carrier is to say now, in the conversation's language; empty for nothing."""
        words = self._call.line.resume.words
        return said_in(words, self._call.language) if self._is_urgent and not self._is_announced else ""

    def announced(self) -> None:
        """It says that, whatever comes after."""
        self._is_announced = self._is_urgent

    def lost(self) -> None:
        """Nobody hears the call any more: learn what is left to be said, before it is dropped."""
        self._call.owed = self._call.unheard()
        self._spoke = self._spoke or self._call.floor.hears_voice

    def frames(self) -> list[Frame]:
        """What to put into the pipeline now that somebody hears it again."""
        resumed, self._resumed = self._resumed, None
        spoke, self._spoke = self._spoke, False
        opening = resumed.opening if resumed else None
        first: list[Frame] = [TTSSpeakFrame(opening)] if opening else []
        if not (opening or self._is_announced):
            first = [_aside(self._call.line.resume.words)]
        self._is_urgent = self._is_announced = False
        if self._call.language != next(iter(self._call.languages.tags)):
            first.insert(0, LanguageFrame(self._call.language))
        words = self._words()
        if broken_off := (resumed.broken_off if resumed else "") or (words if spoke else ""):
            return [*first, *self._ask_to_go_on(broken_off)]
        if words:
            return first  # their turn is about to end here, and is answered then
        is_due = resumed.answer_due if resumed else self._answer_is_due()
        rest = self._go_on(is_due)
        return [*first, *(rest or ([] if opening else self._ask_to_go_on("")))]

    def _go_on(self, is_due: bool) -> list[Frame]:
        owed = self._call.owed
        if owed.is_cut and is_due:
            return [LLMRunFrame()]  # nothing of the reply was heard
        if owed.is_cut:
            return [LLMMessagesAppendFrame([{"role": "developer", "content": GO_ON}], run_llm=True)]
        rest: list[Frame] = [TTSSpeakFrame(" ".join(owed.texts))] if owed.texts else []
        return [*rest, LLMRunFrame()] if is_due else rest

    def _answer_is_due(self) -> bool:
        """Whether the model's turn has come, and nobody has heard of it."""
        messages = self._call.llm_context.messages
        last = messages[-1] if messages else None
        if not isinstance(last, dict) or last.get("role") not in ("user", "tool"):
            return False
        owed = self._call.owed
        # A reply that is here already is no answer to a tool that was stopped.
        return not owed.texts or owed.is_cut or last.get("content") in (STOPPED, RUNNING)

    def _ask_to_go_on(self, words: str) -> list[Frame]:
        resume = self._call.line.resume
        if words:
            last = " ".join(words.split()[-LAST_WORDS:])
            text = said_in(resume.broken_off, self._call.language).replace(WORDS, last)
            return [_aside(text)]
        return [_aside(resume.going_on)] if resume.going_on.strip() else []

    def _words(self) -> str:
        """What the caller has said in this process that is no turn yet."""
        aggregators = self._call.aggregators
        user = aggregators.user() if aggregators is not None else None
        return user.words if isinstance(user, UserContext) else ""


def _aside(text: str) -> Frame:
    """Words that the model need not know."""
    return cast(Frame, TTSSpeakFrame(text, append_to_context=False))
