"""A streamed chat completion, put together from its events; pure, and lenient with other people's servers."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from processors.errors import VendorProtocolError
from processors.openai_errors import stream_failure
from processors.server_sent_events import Event


@dataclass(slots=True)
class ToolRequest:
    """A tool that the model wants called."""

    id: str
    name: str
    arguments: str = ""
    """JSON, as the model wrote it: not necessarily valid."""


class Reply:
    """What has come of one reply so far.

    Args:
        vendor: the vendor's name, for errors.
    """

    def __init__(self, vendor: str) -> None:
        self.calls: list[ToolRequest] = []
        self.spoke = False
        """Whether any words have come."""
        self.finish_reason = ""
        self.model = ""
        self.usage: Mapping[str, Any] = {}
        self._vendor = vendor
        self._by_index: dict[int, ToolRequest] = {}
        self._done = False

    @property
    def started(self) -> bool:
        """Whether the first token has come: a word, or the beginning of a tool call."""
        return self.spoke or bool(self.calls)

    @property
    def complete(self) -> bool:
        """Whether the vendor said that it is done. Some servers leave out one of the two signs."""
        return self._done or bool(self.finish_reason)

    def take(self, event: Event) -> str:
        """Add one event; returns the words in it, which may be none.

        Raises:
            VendorError: it is an error object, or not what the protocol allows.
        """
        if event.data.startswith("[DONE]"):
            self._done = True
            return ""
        chunk = self._parse(event)
        self.model = chunk.get("model") or self.model
        self.usage = chunk.get("usage") or self.usage
        choices = chunk.get("choices")
        return self._choice(choices[0]) if choices else ""

    def _parse(self, event: Event) -> dict[str, Any]:
        try:
            chunk = orjson.loads(event.data)
        except ValueError as error:
            raise VendorProtocolError(self._vendor, "sent a chunk that is not JSON") from error
        if not isinstance(chunk, dict):
            raise VendorProtocolError(self._vendor, f"sent a chunk of type {type(chunk).__name__}")
        if chunk.get("error") or event.name == "error":
            raise stream_failure(self._vendor, chunk.get("error") or chunk)
        return chunk

    def _choice(self, choice: Mapping[str, Any]) -> str:
        try:
            self.finish_reason = choice.get("finish_reason") or self.finish_reason
            delta = choice.get("delta") or {}
            for call in delta.get("tool_calls") or ():
                self._add(call)
            words = delta.get("content") or delta.get("refusal") or ""
        except (AttributeError, TypeError, ValueError) as error:
            raise VendorProtocolError(self._vendor, "sent a chunk of an unknown shape") from error
        self.spoke = self.spoke or bool(words)
        return str(words)

    def _add(self, delta: Mapping[str, Any]) -> None:
        function = delta.get("function") or {}
        name = function.get("name") or ""
        call = self._call(delta.get("index"), delta.get("id") or "", name)
        call.name = call.name or name
        arguments = function.get("arguments") or ""
        call.arguments += arguments if isinstance(arguments, str) else json.dumps(arguments)

    def _call(self, index: int | None, call_id: str, name: str) -> ToolRequest:
        """The call that a delta belongs to.

        OpenAI goes by index alone. Others leave it out, or give 0 to every call, or give no id.
        """
        if index is not None:
            call = self._by_index.get(index)
        else:
            same = (call for call in self.calls if call.id == call_id)
            call = next(same, self.calls[-1] if self.calls else None)
        if call is None or _is_another(call, call_id, name):
            call = ToolRequest(call_id or f"call_{uuid.uuid4().hex[:24]}", name)
            self.calls.append(call)
        if index is not None:
            self._by_index[index] = call
        return call


def _is_another(call: ToolRequest, call_id: str, name: str) -> bool:
    """Whether a delta with this id and name opens a new call, and does not go on with the known one."""
    if not name:
        return False
    return call_id != call.id if call_id else _is_json(call.arguments)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
