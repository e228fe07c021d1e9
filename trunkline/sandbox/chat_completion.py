"""A reply as OpenAI writes it: tokens, the chunks of a stream, a whole completion, an error body."""

import json
import random
import re
import string
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trunkline.sandbox.brain import CallTool, Piece, Say
from trunkline.sandbox.chat_request import ChatRequest

FRAGMENT = 8
"""Characters of a tool call's arguments in one chunk."""

Chunk = dict[str, Any]


def tokens(words: str) -> list[str]:
    """Cut a text into word-like tokens, each with the space before it; joined they are the text again."""
    return re.findall(r"\s?[^\s]+|\s", words)


@dataclass
class Completion:
    """One reply: what its chunks have in common, and what has been said so far."""

    request: ChatRequest
    id: str = field(default_factory=lambda: "chatcmpl-" + identifier(29))
    created: int = field(default_factory=lambda: int(time.time()))
    words: list[str] = field(default_factory=list)
    calls: list[Chunk] = field(default_factory=list)
    spent: int = 0
    """Completion tokens so far."""

    def opening(self) -> Chunk:
        return self._chunk({"role": "assistant", "content": "", "refusal": None})

    def tokens(self, pieces: Iterable[Piece]) -> Iterator[Chunk]:
        """One chunk a token."""
        for piece in pieces:
            for delta in self._say(piece) if isinstance(piece, Say) else self._call(piece):
                self.spent += 1
                yield self._chunk(delta)

    def closing(self) -> Iterator[Chunk]:
        """The finish reason and, if asked for, the usage."""
        yield self._chunk({}, self.finish_reason)
        if self.request.include_usage:
            yield {**self._frame("chat.completion.chunk"), "choices": [], "usage": self.usage()}

    def whole(self) -> Chunk:
        """The reply in one piece, for a request that does not stream."""
        message: Chunk = {"role": "assistant", "content": "".join(self.words) or None, "refusal": None}
        if self.calls:
            message["tool_calls"] = self.calls
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.finish_reason}
        return {**self._frame("chat.completion"), "choices": [choice], "usage": self.usage()}

    @property
    def finish_reason(self) -> str:
        return "tool_calls" if self.calls else "stop"

    def usage(self) -> Chunk:
        """Token counts as a model with four characters a token would have them."""
        prompt = 3 + sum(4 + len(json.dumps(m, ensure_ascii=False)) // 4 for m in self.request.messages)
        prompt += sum(len(json.dumps(tool, ensure_ascii=False)) // 4 for tool in self.request.tools)
        return {
            "prompt_tokens": prompt,
            "completion_tokens": self.spent,
            "total_tokens": prompt + self.spent,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }

    def _say(self, piece: Say) -> Iterator[Chunk]:
        for token in tokens(piece.text):
            self.words.append(token)
            yield {"content": token}

    def _call(self, piece: CallTool) -> Iterator[Chunk]:
        given = piece.arguments
        arguments = given if isinstance(given, str) else json.dumps(given, separators=(",", ":"))
        call = {"id": "call_" + identifier(24), "type": "function"}
        index = len(self.calls)
        self.calls.append({**call, "function": {"name": piece.name, "arguments": arguments}})
        yield _tool_delta({"index": index, **call, "function": {"name": piece.name, "arguments": ""}})
        for at in range(0, len(arguments), FRAGMENT):
            fragment = arguments[at : at + FRAGMENT]
            yield _tool_delta({"index": index, "function": {"arguments": fragment}})

    def _chunk(self, delta: Mapping[str, Any], finish_reason: str | None = None) -> Chunk:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        chunk: Chunk = {**self._frame("chat.completion.chunk"), "choices": [choice]}
        if self.request.include_usage:
            chunk["usage"] = None
        return chunk

    def _frame(self, kind: str) -> Chunk:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.request.model,
            "service_tier": "default",
            "system_fingerprint": "fp_sandbox",
        }


def _tool_delta(call: Chunk) -> Chunk:
    return {"tool_calls": [call]}


def event(data: Mapping[str, Any] | str) -> bytes:
    """One server-sent event."""
    payload = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"data: {payload}\n\n".encode()


def error(message: str, kind: str, param: str | None = None, code: str | None = None) -> Chunk:
    """The body of a failure."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def identifier(length: int) -> str:
    return "".join(random.choices(string.ascii_letters + string.digits, k=length))


def model(name: str) -> Chunk:
    """A model as ``GET /models`` lists it."""
    return {"id": name, "object": "model", "created": 1721172741, "owned_by": "system"}


def listing(names: Sequence[str]) -> Chunk:
    """The answer to ``GET /models``."""
    return {"object": "list", "data": [model(name) for name in names]}
