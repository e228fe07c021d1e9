"""What another process needs to go on with a call, as plain values.

A call writes it down as it goes (:mod:`trunkline.resuming.snapshots`): the column ``state`` of its record.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from trunkline.records import Message, ToolCall, Turn

DROPPED = "The line dropped before there was a result. Call it again if it is still wanted."
"""What the model is told of a tool that changed nothing and was lost with its process."""

IN_PROGRESS = "IN_PROGRESS"
"""What pipecat writes as the answer to a tool call that runs."""

NOT_AGAIN = "It may or may not have been carried out."
"""Begins :data:`processors.tool_messages.UNKNOWN`: what a tool says that may have changed something."""

GO_ON = (
    "The line dropped while you were speaking. The caller has heard what stands above and no more, and was "
    "told that the line dropped. Go on from there: do not greet, apologise or repeat."
)
"""What the model is told when the rest of its reply was lost before it was complete."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """What the agent had to say when the line was lost."""

    texts: tuple[str, ...] = ()
    """In order, those that belong to the conversation; said again when the line is back."""
    is_cut: bool = False
    """Whether there was more to come that nobody knows: the model has to go on."""

    def __bool__(self) -> bool:
        return bool(self.texts) or self.is_cut

    def then(self, later: "Unheard") -> "Unheard":
        """This, and what was said to nobody afterwards."""
        return Unheard(self.texts + later.texts, later.is_cut if later else self.is_cut)


@dataclass(frozen=True, slots=True)
class Left:
    """A call that has not ended, as far as its record knows."""

    sid: str
    line: str
    state: Mapping[str, Any] = field(repr=False)
    """What was written down last."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """A conversation that began elsewhere, at the point where it was lost."""

    messages: tuple[Message, ...] = ()
    """The conversation for the model, without the prompt; every tool call has an answer."""
    turn: Turn = field(default_factory=lambda: Turn(index=0))
    """The last one, which may go on."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """``call.data``, as far as JSON can hold it."""
    stage: str = ""
    language: str = ""
    """Code of the language that it was in; empty for the line's first."""
    deeds: tuple[Mapping[str, Any], ...] = ()
    """Tools with side effects that were begun: see :class:`processors.tool_once.Deeds`."""
    unheard: Unheard = Unheard()
    answer_due: bool = False
    """Whether the model is to speak: what the caller said last, or a tool's result, has no answer."""
    broken_off: str = ""
    """Words of the caller who was speaking; empty if they were silent, or nothing was understood yet."""
    attempts: int = 1
    """Times that the call was connected to a stream so far."""
    sound: Mapping[str, Any] = field(default_factory=dict)
    """Since when there is any, and what is not recorded: :class:`trunkline.recording.recorder.Recorder`."""
    spent: Mapping[str, float] = field(default_factory=dict)
    """US dollars that models and voices have cost: see :meth:`trunkline.costs.meter.Meter.kept`."""
    is_known: bool = True
    """Whether this is all there was; False if the store could not be asked."""
    opening: str | None = None
    """Said first, in place of the line's words for a dropped line."""
    state: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What this was read from."""

    @property
    def has_begun(self) -> bool:
        """Whether the caller has heard anything of us, as far as anybody knows."""
        return not self.is_known or bool(self.messages or self.unheard or self.opening)

    def reopened(self, words: str) -> Self:
        """A conversation that comes back from somebody who did not take the call."""
        return replace(self, opening=words, unheard=Unheard(), answer_due=False, broken_off="")

    def again(self) -> Self:
        """The same, at one more attempt."""
        attempts = self.attempts + 1
        return replace(self, attempts=attempts, state={**self.state, "attempts": attempts})

    @classmethod
    def of(cls, state: Mapping[str, Any], turn: Turn) -> Self:
        """Read what :mod:`trunkline.resuming.snapshots` wrote.

        Args:
            state: the record's column.
            turn: the last one of the record.
        """
        deeds = tuple(state.get("deeds", ()))
        tools = [ToolCall(**tool) for tool in state.get("tools", ())]
        messages = _answered(state.get("messages", ()), tools, deeds)
        if heard := state.get("heard", ""):
            messages.append({"role": "assistant", "content": heard})
            turn = replace(turn, agent=f"{turn.agent} {heard}".strip())
        unheard = Unheard(tuple(state.get("unheard", ())), bool(state.get("is_cut")))
        words = state.get("caller", "")
        broken_off = words if state.get("speaks") else ""
        if words:
            messages.append({"role": "user", "content": words})
            turn = Turn(index=turn.index + 1, caller=words, stage=turn.stage)
            unheard = Unheard()  # the caller has spoken into it
        due = bool(messages) and messages[-1]["role"] in ("user", "tool")
        # A reply that is here already is no answer to a tool that was lost.
        lost = due and any(end in str(messages[-1]["content"]) for end in (DROPPED, NOT_AGAIN))
        return cls(
            messages=tuple(messages),
            turn=turn,
            data=dict(state.get("data", {})),
            stage=state.get("stage", ""),
            language=state.get("language", ""),
            deeds=deeds,
            unheard=unheard,
            answer_due=due and not broken_off and (not unheard.texts or unheard.is_cut or lost),
            broken_off=broken_off,
            attempts=int(state.get("attempts", 1)),
            state=state,
            sound=dict(state.get("sound", {})),
            spent=dict(state.get("spent", {})),
        )

    @classmethod
    def of_turns(cls, turns: Sequence[Turn]) -> Self:
        """What the turns alone tell, for a record without a state."""
        messages: list[Message] = []
        for turn in turns:
            messages += [{"role": "user", "content": turn.caller}] if turn.caller else []
            for tool in turn.tools:
                messages += _called(tool, DROPPED if tool.result is None else _written(tool.result))
            messages += [{"role": "assistant", "content": turn.agent}] if turn.agent else []
        due = bool(messages) and messages[-1]["role"] in ("user", "tool")
        last = turns[-1] if turns else Turn(index=0)
        return cls(messages=tuple(messages), turn=last, stage=last.stage, answer_due=due)


UNKNOWN_PAST = Resumed(turn=Turn(index=1000), is_known=False)
"""A call that goes on although the store does not answer; its turns must not overwrite those before."""


def _answered(
    messages: Sequence[Message], tools: Sequence[ToolCall], deeds: Sequence[Mapping[str, Any]]
) -> list[Message]:
    """The messages with an answer to each tool call, and with the calls that did not get among them."""
    answers = {name: _written(deed["result"]) for deed in deeds for name in _names(deed)}
    lost = {name for deed in deeds if deed["runs"] for name in _names(deed)}
    found = [dict(message) for message in messages]
    for message in found:
        name = message.get("tool_call_id", "")
        if message.get("role") == "tool" and (message.get("content") == IN_PROGRESS or name in lost):
            message["content"] = answers.get(name, DROPPED)
    known = {message.get("tool_call_id") for message in found}
    for tool in tools:
        if tool.id and tool.id not in known:
            found += _called(tool, answers.get(tool.id, DROPPED))
    return found


def _called(tool: ToolCall, answer: str) -> list[Message]:
    """A tool call and its answer, as the model's API has them."""
    name = tool.id or f"call_{tool.name}"
    function = {"name": tool.name, "arguments": json.dumps(tool.arguments, ensure_ascii=False)}
    call = {"id": name, "function": function, "type": "function"}
    return [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "content": answer, "tool_call_id": name},
    ]


def _names(deed: Mapping[str, Any]) -> list[str]:
    """The tool calls that asked for it."""
    return [deed["tool_call_id"], *deed["others"]]


def _written(result: Any) -> str:
    return json.dumps(result, ensure_ascii=False)
