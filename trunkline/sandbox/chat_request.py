"""A chat completions request as OpenAI reads it: parsed once, or refused in OpenAI's words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openai.types.chat.completion_create_params import CompletionCreateParamsBase

ROLES = ("system", "assistant", "user", "function", "tool", "developer")

PARAMETERS = {*CompletionCreateParamsBase.__annotations__, "stream"}

RANGES = {"temperature": (0, 2), "top_p": (0, 1), "frequency_penalty": (-2, 2), "presence_penalty": (-2, 2)}
"""The least and the greatest value of a decimal parameter."""

TOOL_NAME = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")

Message = Mapping[str, Any]


class InvalidRequest(Exception):
    """The request breaks a rule of the API; becomes a 400 with these fields in its body."""

    def __init__(self, message: str, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One valid request."""

    model: str
    messages: tuple[Message, ...]
    tools: tuple[Mapping[str, Any], ...] = ()
    """The offered functions: name, description, parameters."""

    stream: bool = False
    include_usage: bool = False
    body: Mapping[str, Any] = field(default_factory=dict)
    """Everything that was sent."""

    @property
    def offered(self) -> set[str]:
        """The names of the tools that the model may call."""
        return {str(tool["name"]) for tool in self.tools}

    @property
    def user_text(self) -> str:
        """What the user said last; empty when nobody has spoken."""
        return next((text(m) for m in reversed(self.messages) if m["role"] == "user"), "")

    @property
    def since_user(self) -> tuple[Message, ...]:
        """The messages after the user's last one: the calls and results of this turn so far."""
        start = max((i for i, m in enumerate(self.messages) if m["role"] == "user"), default=-1)
        return self.messages[start + 1 :]


def text(message: Message) -> str:
    """The text of a message, whether its content is a string or a list of parts."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return " ".join(str(part.get("text", "")) for part in content)


def parse(body: Any) -> ChatRequest:
    """Read a request's JSON body.

    Raises:
        InvalidRequest: it breaks a rule of the API.
    """
    if not isinstance(body, dict):
        raise InvalidRequest("We expected a JSON object as the body of your request.")
    for name in body:
        if name not in PARAMETERS:
            raise InvalidRequest(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise InvalidRequest("you must provide a model parameter")
    _check_ranges(body)
    return ChatRequest(
        model=model,
        messages=_messages(body),
        tools=_tools(body),
        stream=bool(body.get("stream")),
        include_usage=_include_usage(body),
        body=body,
    )


def _check_ranges(body: Mapping[str, Any]) -> None:
    for name, (low, high) in RANGES.items():
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, int | float):
            raise _wrong_type(name, "a decimal", value)
        if value < low:
            message = f"Invalid '{name}': decimal below minimum value. Expected a value >= {low}."
            raise InvalidRequest(message, name, "decimal_below_min_value")
        if value > high:
            message = f"Invalid '{name}': decimal above maximum value. Expected a value <= {high}."
            raise InvalidRequest(message, name, "decimal_above_max_value")


def _include_usage(body: Mapping[str, Any]) -> bool:
    options = body.get("stream_options")
    if options is None:
        return False
    if not body.get("stream"):
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise InvalidRequest(message, "stream_options")
    return bool(options.get("include_usage"))


def _messages(body: Mapping[str, Any]) -> tuple[Message, ...]:
    if "messages" not in body:
        raise _missing("messages")
    messages = body["messages"]
    if not isinstance(messages, list):
        raise _wrong_type("messages", "an array of objects", messages)
    if not messages:
        raise _empty("messages")
    for at, message in enumerate(messages):
        _check_message(message, f"messages[{at}]")
    _check_tool_order(messages)
    return tuple(messages)


def _check_message(message: Any, where: str) -> None:
    if not isinstance(message, dict):
        raise _wrong_type(where, "an object", message)
    role = message.get("role")
    if role is None:
        raise _missing(f"{where}.role")
    if role not in ROLES:
        supported = ", ".join(f"'{name}'" for name in ROLES)
        found = f"Invalid value: '{role}'. Supported values are: {supported}."
        raise InvalidRequest(found, f"{where}.role", "invalid_value")
    if role == "tool" and not message.get("tool_call_id"):
        raise _missing(f"{where}.tool_call_id")
    calls = role == "assistant" and message.get("tool_calls")
    if not isinstance(message.get("content"), str | list) and not calls:
        raise _wrong_type(f"{where}.content", "a string or an array of objects", message.get("content"))


def _check_tool_order(messages: Sequence[Message]) -> None:
    """Each tool call is answered, by the tool messages that follow it, and nothing else is."""
    owed: list[str] = []
    open_at = 0
    for at, message in enumerate([*messages, {"role": "end"}]):
        if message["role"] == "tool":
            if message["tool_call_id"] not in owed:
                raise InvalidRequest(
                    "Invalid parameter: messages with role 'tool' must be a response to a preceding"
                    " message with 'tool_calls'.",
                    f"messages.[{at}].role",
                )
            owed.remove(message["tool_call_id"])
            continue
        if owed:
            raise InvalidRequest(
                "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
                f" 'tool_call_id'. These had no response: {', '.join(owed)}",
                f"messages.[{open_at}].role",
            )
        owed = [str(call.get("id")) for call in message.get("tool_calls") or ()]
        open_at = at


def _tools(body: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    tools = body.get("tools")
    if tools is None:
        if body.get("tool_choice") is not None:
            message = "Invalid value for 'tool_choice': it is only allowed when 'tools' are specified."
            raise InvalidRequest(message, "tool_choice")
        return ()
    if not isinstance(tools, list):
        raise _wrong_type("tools", "an array of objects", tools)
    if not tools:
        raise _empty("tools")
    return tuple(_function(tool, f"tools[{at}]") for at, tool in enumerate(tools))


def _function(tool: Any, where: str) -> Mapping[str, Any]:
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict):
        raise _missing(f"{where}.function")
    if not TOOL_NAME.match(str(function.get("name", ""))):
        raise InvalidRequest(
            f"Invalid '{where}.function.name': expected a string that matches the pattern"
            " '^[a-zA-Z0-9_-]+$' and has at most 64 characters.",
            f"{where}.function.name",
            "invalid_value",
        )
    parameters = function.get("parameters", {"type": "object"})
    if not isinstance(parameters, dict) or parameters.get("type", "object") != "object":
        message = f"Invalid schema for function '{function['name']}': expected a schema of type 'object'."
        raise InvalidRequest(message, f"{where}.function.parameters", "invalid_function_parameters")
    return function


def _missing(param: str) -> InvalidRequest:
    return InvalidRequest(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")


def _empty(param: str) -> InvalidRequest:
    message = f"Invalid '{param}': empty array. Expected an array with minimum length 1."
    return InvalidRequest(message, param, "empty_array")


def _wrong_type(param: str, expected: str, found: Any) -> InvalidRequest:
    kind = {dict: "an object", list: "an array", str: "a string", type(None): "null"}.get(
        type(found), "a number"
    )
    message = f"Invalid type for '{param}': expected {expected}, but got {kind} instead."
    return InvalidRequest(message, param, "invalid_type")
