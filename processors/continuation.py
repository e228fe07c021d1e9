"""A reply that broke off goes on: what was said stands, and the next attempt says the rest of it.

A clause that broke off is taken back, for the splitter holds it until it is whole; and of an attempt that
begins the reply anew, what the caller has heard is left out.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from pipecat.processors.aggregators.llm_context import LLMContext

from processors.boundaries import CLOSERS, DASHES, PAUSES, STOPS, UNSPACED

GO_ON = (
    "The connection broke off here. The words of your last message have been said aloud and stay as they "
    "are. Go on with the very next word, as if nothing had happened: repeat nothing, greet nobody, do not "
    "apologise."
)
"""What a model is told that is to go on."""


SHORTEST = 4
"""Letters that must be the same to be taken for a repetition: "No, no problem" is none."""

EAST_ASIAN = "\u2e80"
"""From here on, scripts put no space between words."""

_ENDINGS = STOPS + PAUSES + DASHES + " \n\t"

_CLAUSE_END = re.compile(
    f"[{STOPS}{PAUSES}{DASHES}][{CLOSERS}]*\\s+|(?<!\\d)[{STOPS}{PAUSES}][{CLOSERS}]*$|[\n{''.join(UNSPACED)}]"
)
"""Behind it a clause begins. A dot behind a digit may be one in a number."""


class Continued(LLMContext):
    """A conversation in the middle of a reply. Whatever is added to it is added to the conversation.

    Args:
        context: the conversation.
        said: the reply so far.
    """

    def __init__(self, context: LLMContext, said: str) -> None:
        super().__init__(tools=context.tools, tool_choice=context.tool_choice)
        self._messages = context._messages
        self._so_far: list[Any] = [
            {"role": "assistant", "content": said.strip()},
            {"role": "system", "content": GO_ON},
        ]

    def get_messages(self, *args: Any, **options: Any) -> list[Any]:
        return [*super().get_messages(*args, **options), *self._so_far]


class Speech:
    """What one reply says, over as many attempts as it takes.

    Args:
        push: takes the words as they come.
        take_back: takes the last words that were pushed, if they are not to be said.
    """

    def __init__(
        self, push: Callable[[str], Awaitable[None]], take_back: Callable[[str], Awaitable[None]]
    ) -> None:
        self.said = ""
        """All that was pushed, and not taken back."""
        self._push = push
        self._take_back = take_back
        self._rest: Rest | None = None

    def context(self, context: LLMContext) -> LLMContext:
        """What the next attempt is to be given."""
        return Continued(context, self.said) if self.said.strip() else context

    async def say(self, piece: str) -> None:
        """Take a piece of the reply as it comes."""
        await self._say(piece if self._rest is None else self._rest.take(piece))

    async def end(self) -> None:
        """The reply is whole."""
        if self._rest is not None:
            await self._say(self._rest.end())

    async def broke_off(self) -> None:
        """The attempt is over, the reply is not: what is in the middle of a clause cannot have been heard."""
        kept = max((mark.end() for mark in _CLAUSE_END.finditer(self.said)), default=0)
        self.said, broken = self.said[:kept], self.said[kept:]
        if broken:
            await self._take_back(broken)
        self._rest = Rest(self.said) if self.said.strip() else None

    async def _say(self, piece: str) -> None:
        if piece:
            self.said += piece
            await self._push(piece)


class Rest:
    """An attempt to go on, less what it says once more of the reply or of the sentence that broke off.

    Args:
        said: the reply so far.
    """

    def __init__(self, said: str) -> None:
        self._said = said
        repeats = {_plain(said), _plain(_last_sentence(said))}
        # The longest first: the whole reply ends with its last sentence.
        self._repeats = sorted((text for text in repeats if len(text) >= SHORTEST), key=len, reverse=True)
        self._buffer = ""
        self._open = False

    def take(self, piece: str) -> str:
        """What is new in a piece, as far as that is known by now."""
        if self._open:
            return piece
        self._buffer += piece
        plain = _plain(self._buffer)
        if not plain or any(repeated.startswith(plain) for repeated in self._repeats):
            return ""
        self._open = True
        return self._joined(self._new())

    def end(self) -> str:
        """What is new in what was left: nothing, if it only repeats."""
        return "" if self._open or _plain(self._buffer) else self._buffer

    def _new(self) -> str:
        for repeated in self._repeats:
            if (rest := _behind(self._buffer, repeated)) is not None:
                ending = self._said[len(self._said.rstrip(_ENDINGS)) :].strip()
                return rest.lstrip().removeprefix(ending) if ending else rest
        return self._buffer

    def _joined(self, text: str) -> str:
        """With a space where the two belong to different words."""
        before, behind = self._said[-1:], text[:1]
        if before.isspace():
            return text.lstrip()
        spaced = not behind.isalnum()
        return text if spaced or before >= EAST_ASIAN or behind >= EAST_ASIAN else f" {text}"


def _plain(text: str) -> str:
    """A text as it is compared: by its letters and digits."""
    return "".join(filter(str.isalnum, text.casefold()))


def _behind(text: str, repeated: str) -> str | None:
    """What follows a repetition, which ends with a word; None if the text does not begin with one."""
    for at in range(1, len(text)):
        if _plain(text[:at]) == repeated and not text[at].isalnum():
            return text[at:]
    return None


def _last_sentence(said: str) -> str:
    """What stands behind the last end of a sentence; nothing if that is where it broke off."""
    return said[max(said.rfind(end) for end in STOPS) + 1 :]
