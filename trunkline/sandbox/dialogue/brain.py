"""The dialogue engine as the sandbox's language model."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from loguru import logger

from trunkline.sandbox.brain import Piece, Say
from trunkline.sandbox.chat_request import ChatRequest
from trunkline.sandbox.dialogue import questions, transcript
from trunkline.sandbox.dialogue.dates import iso_day
from trunkline.sandbox.dialogue.similarity import Letters, Similarity
from trunkline.sandbox.dialogue.state import State
from trunkline.sandbox.dialogue.talk import Talk
from trunkline.sandbox.dialogue.tools import Tool, read
from trunkline.sandbox.dialogue.transcript import Returned
from trunkline.sandbox.errors import EnginesMissing
from trunkline.sandbox.speech.worker import compute


class Dialogue:
    """Replies by rules and similarity; each reply follows from its request alone.

    Args:
        similarity: compares texts; by default the ``spoken`` extra's model, or letters without it.
        today: the date, for a line whose prompt does not say it.
    """

    def __init__(self, similarity: Similarity | None = None, today: Callable[[], date] = date.today) -> None:
        self._similarity = similarity
        self._today = today

    def reply(self, request: ChatRequest) -> Iterator[Piece]:
        course = transcript.events(request.messages)
        if not course:
            yield Say(questions.HELLO)
            return
        talk = Talk(_tools(request), self._meaning(), self._date(request))
        state, pieces = State(), list[Piece]()
        for at, event in enumerate(course):
            together = at and isinstance(event, Returned) and isinstance(course[at - 1], Returned)
            state, found = talk.take(state, event)
            pieces = [*pieces, *found] if together else found
        yield from pieces

    async def prepare(self, request: ChatRequest) -> None:
        """Think off the event loop; :meth:`reply` then takes no time worth mentioning.

        Without it a reply takes some 6 ms for each sentence that has not been seen before, and the first of a
        line's replies for each sentence of its tools' descriptions.
        """
        await compute(list, self.reply(request))

    def _meaning(self) -> Similarity:
        if self._similarity is None:
            self._similarity = best_similarity()
        return self._similarity

    def _date(self, request: ChatRequest) -> date:
        """The date that the prompt says it is."""
        said = re.search(r"(?i)\btoday\b.{0,40}?(\d{4}-\d\d-\d\d)", transcript.system(request.messages))
        return (iso_day(said[1]) if said else None) or self._today()


def best_similarity() -> Similarity:
    """By meaning, or by letters where the engines are missing."""
    try:
        from trunkline.sandbox.speech.intents import meaning

        return meaning()
    except EnginesMissing as missing:
        logger.warning("The dialogue compares letters instead of meanings: {}", missing)
        return Letters()


def _tools(request: ChatRequest) -> Sequence[Tool]:
    """The tools that may be called, as ``tool_choice`` says."""
    choice: Any = request.body.get("tool_choice")
    if choice == "none":
        return ()
    only = choice.get("function", {}).get("name") if isinstance(choice, Mapping) else None
    return [read(tool) for tool in request.tools if only in (None, tool["name"])]
