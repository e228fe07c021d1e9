"""A call's state without what its line leaves out: what :mod:`trunkline.resuming.snapshots` writes."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from processors.tool_once import fingerprint
from trunkline.redaction.findings import Speaker
from trunkline.redaction.redact import Known, Redactor

LATEST = 16
"""Messages that are judged together; those before them, each alone."""

SPEAKERS: Mapping[str, Speaker] = {"user": "caller", "assistant": "agent"}

WORDED = ("unheard", "tools", "data")
"""Parts of the state that hold words, beside the conversation and the results of deeds."""

Spoken: TypeAlias = tuple[Speaker, str]


def without(
    state: Mapping[str, Any],
    redactor: Redactor,
    known: Known,
    conversation: Callable[[Sequence[Spoken]], list[str]],
) -> dict[str, Any]:
    """The state as it may be kept.

    Args:
        state: of a call that goes on.
        redactor: the line's.
        known: of the call.
        conversation: redacts what was said in turns, as one.
    """
    messages = [dict(message) for message in state.get("messages", ())]
    spoken = [place for place, message in enumerate(messages) if _speech(message)][-LATEST:]
    said = [_speech(messages[place]) for place in spoken]
    rest: list[tuple[str, Spoken]] = [
        (name, (who, text))
        for name, who in (("heard", SPEAKERS["assistant"]), ("caller", SPEAKERS["user"]))
        if (text := state.get(name))
    ]
    texts = conversation([*filter(None, said), *(each for _, each in rest)])
    for place in set(range(len(messages))) - set(spoken):
        messages[place] = _message(messages[place], redactor, known)
    for place, text in zip(spoken, texts, strict=False):
        messages[place] = {**_message({**messages[place], "content": ""}, redactor, known), "content": text}
    now = dict(zip((name for name, _ in rest), texts[len(spoken) :], strict=True))
    words = {name: redactor.plain(state[name], known) for name in WORDED if name in state}
    deeds = [_deed(deed, redactor, known) for deed in state.get("deeds", ())]
    return {**state, **words, "deeds": deeds, "messages": messages, **now}


def _speech(message: Mapping[str, Any]) -> Spoken | None:
    who, text = SPEAKERS.get(message.get("role", "")), message.get("content")
    return (who, text) if who and isinstance(text, str) and text else None


def _message(message: Mapping[str, Any], redactor: Redactor, known: Known) -> dict[str, Any]:
    """One message for the model, judged alone; tools' arguments and results are JSON in it."""
    found = dict(message)
    if found.get("role") == "tool":
        found["content"] = _json(found.get("content"), redactor, known)
    elif isinstance(found.get("content"), str):
        found["content"] = redactor.text(found["content"], known)
    if calls := found.get("tool_calls"):
        found["tool_calls"] = [
            {**call, "function": {**call["function"], "arguments": _json(arguments, redactor, known)}}
            if (arguments := call.get("function", {}).get("arguments")) is not None
            else call
            for call in calls
        ]
    return found


def _deed(deed: Mapping[str, Any], redactor: Redactor, known: Known) -> dict[str, Any]:
    """What a tool has done, and for what; arguments that are left out can still be told from others."""
    same_as = deed.get("same_as", "")
    if _json(same_as, redactor, known) != same_as:
        same_as = fingerprint(same_as)
    return {**deed, "same_as": same_as, "result": redactor.plain(deed.get("result"), known)}


def _json(text: Any, redactor: Redactor, known: Known) -> Any:
    try:
        value = json.loads(text)
    except (TypeError, ValueError):
        return redactor.plain(text, known)
    redacted = redactor.plain(value, known)
    return text if redacted == value else json.dumps(redacted, ensure_ascii=False)
