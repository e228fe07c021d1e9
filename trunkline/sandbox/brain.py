"""Who answers in place of a language model: a brain takes a request and yields pieces of a reply."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from trunkline.sandbox.chat_request import ChatRequest, Message, text

__all__ = ["Brain", "CallTool", "ChatRequest", "Piece", "Rule", "Say", "ScriptedBrain"]


@dataclass(frozen=True, slots=True)
class Say:
    """Some text of the reply. The server sends it in word-like tokens."""

    text: str


@dataclass(frozen=True, slots=True)
class CallTool:
    """A call of a tool. The server sends the name first, then the arguments in fragments."""

    name: str
    arguments: Mapping[str, Any] | str
    """What the tool is called with; a string is sent as it is, valid JSON or not."""


Piece = Say | CallTool


class Brain(Protocol):
    """Replies to a request, one piece after the other, faster than the server sends them."""

    async def prepare(self, request: ChatRequest) -> None:
        """Do ahead of :meth:`reply` whatever would hold up the event loop."""

    def reply(self, request: ChatRequest) -> Iterator[Piece]: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """If ``when`` is found, say something, call a tool, or both in that order."""

    when: str
    """A regular expression, case ignored: for the user's last words or, after a tool call, the result."""

    say: str | None = None
    """What to say; ``\\1`` or ``\\g<name>`` stand for groups of ``when``."""

    call: tuple[str, Mapping[str, Any]] | None = None
    """Name and arguments of a tool; holds only while that tool is offered and not yet called in this turn."""


class ScriptedBrain:
    """Replies by the first rule that fits; without one it says back what it heard, or what the tool found."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self.rules = list(rules)

    async def prepare(self, request: ChatRequest) -> None:
        """A scripted reply takes no thought."""

    def reply(self, request: ChatRequest) -> Iterator[Piece]:
        turn = request.since_user
        result = _results(turn)
        subject = request.user_text if result is None else result
        callable_now = request.offered - _called(turn)
        for rule in self.rules:
            if rule.call and rule.call[0] not in callable_now:
                continue
            if found := re.search(rule.when, subject, re.IGNORECASE):
                yield from _pieces(rule, found)
                return
        yield Say(f"You said: {subject}" if result is None else subject)


def _pieces(rule: Rule, found: re.Match[str]) -> Iterator[Piece]:
    if rule.say is not None:
        yield Say(found.expand(rule.say))
    if rule.call is not None:
        yield CallTool(*rule.call)


def _called(turn: Sequence[Message]) -> set[str]:
    return {str(call["function"]["name"]) for message in turn for call in message.get("tool_calls") or ()}


def _results(turn: Sequence[Message]) -> str | None:
    """What the tools answered to the last calls; None when the turn does not end with an answer."""
    if not turn or turn[-1]["role"] != "tool":
        return None
    return "; ".join(_plain(text(message)) for message in turn if message["role"] == "tool")


def _plain(result: str) -> str:
    """A result without the quotes that JSON puts around a string."""
    try:
        value = json.loads(result)
    except ValueError:
        return result
    return value if isinstance(value, str) else result
