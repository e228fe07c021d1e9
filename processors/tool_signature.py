"""What a function's signature and docstring tell a language model, and how its arguments are checked."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, get_type_hints

import docstring_parser
from pydantic import ConfigDict, PydanticUserError, TypeAdapter, ValidationError

# What OpenAI takes for a function's name.
_NAME = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")

_LAX = ConfigDict(coerce_numbers_to_str=True)


class BadTool(Exception):
    """A function cannot be offered to a model as it is written.

    Args:
        name: the function's name.
        problem: what is wrong with it and what to do.
    """

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name = name
        self.problem = problem

    def __str__(self) -> str:
        return f"tool {self.name}: {self.problem}"


class WrongArguments(Exception):
    """The model called a tool with arguments that do not fit; the message is for the model."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter that the model fills in."""

    name: str
    schema: Mapping[str, Any]
    """JSON schema, with the description."""

    adapter: TypeAdapter[Any]
    required: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """A function as a model sees it."""

    function: Callable[..., Any]
    name: str
    description: str
    parameters: tuple[Parameter, ...]
    takes_call: bool
    takes_once: bool = False

    def bind(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments for the function, in its types.

        Raises:
            WrongArguments: some are missing, unknown or of the wrong type; names them all.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        problems = [
            f"{name}: unknown; {self.name} takes {_names(known)}" for name in given if name not in known
        ]
        bound: dict[str, Any] = {}
        for name, parameter in known.items():
            if name not in given:
                problems += [f"{name}: missing"] if parameter.required else []
                continue
            try:
                bound[name] = parameter.adapter.validate_python(given[name])
            except ValidationError as error:
                # Some models send null for what they leave out.
                if given[name] is not None or parameter.required:
                    problems += _problems(name, error)
        if problems:
            raise WrongArguments("; ".join(problems))
        return bound


@lru_cache(maxsize=256)
def read(function: Callable[..., Any]) -> Signature:
    """Read a function once.

    Raises:
        BadTool: it cannot be offered to a model as it is written; says what to do.
    """
    name = getattr(function, "__name__", "") or repr(function)
    if not _NAME.match(name):
        raise BadTool(name, "a tool is a named function: letters, digits and _ only, 64 at most")
    docstring = docstring_parser.parse(inspect.getdoc(function) or "")
    if not docstring.description:
        raise BadTool(name, "has no docstring; say in one what it does, for the model to read")
    given = list(inspect.signature(function).parameters.values())
    takes_call = bool(given) and given[0].name == "call"
    given = given[1:] if takes_call else given
    takes_once = any(parameter.name == "once" for parameter in given)
    given = [parameter for parameter in given if parameter.name != "once"]
    described = {entry.arg_name: " ".join((entry.description or "").split()) for entry in docstring.params}
    for stray in described.keys() - {parameter.name for parameter in given} - {"call", "once"}:
        raise BadTool(name, f"its docstring describes {stray!r}, but it has no such parameter")
    hints = _hints(function, name, given)
    parameters = [_parameter(name, p, hints, described.get(p.name, "")) for p in given]
    return Signature(function, name, docstring.description.strip(), tuple(parameters), takes_call, takes_once)


def _hints(function: Callable[..., Any], name: str, given: list[inspect.Parameter]) -> dict[str, Any]:
    """The annotations of what the model fills in; those of ``call`` may only exist for type checkers."""
    for parameter in given:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise BadTool(name, f"{parameter}: a model names its arguments; give each one a name of its own")
        if parameter.name == "call":
            raise BadTool(name, "parameter 'call' must be the first one")
        if parameter.annotation is parameter.empty:
            raise BadTool(name, f"parameter {parameter.name!r} has no type; annotate it, as in 'day: str'")
    annotations = {parameter.name: parameter.annotation for parameter in given}
    namespace = getattr(inspect.unwrap(function), "__globals__", {})
    try:
        return get_type_hints(SimpleNamespace(__annotations__=annotations), namespace, include_extras=True)
    except NameError as error:
        raise BadTool(name, f"the type {error.name!r} is not known where the function stands") from error


def _parameter(
    tool: str, parameter: inspect.Parameter, hints: Mapping[str, Any], description: str
) -> Parameter:
    hint = hints[parameter.name]
    try:
        adapter = _adapter(hint)
        schema = _plain(adapter.json_schema())
    except Exception as error:
        problem = f"parameter {parameter.name!r} has type {hint}, which JSON cannot hold"
        raise BadTool(
            tool, f"{problem}; use str, int, float, bool, date, Literal, list or the like"
        ) from error
    if description:
        schema["description"] = description
    if isinstance(parameter.default, str | int | float):
        schema["default"] = parameter.default
    return Parameter(parameter.name, schema, adapter, parameter.default is parameter.empty)


def _adapter(hint: Any) -> TypeAdapter[Any]:
    try:
        return TypeAdapter(hint, config=_LAX)
    except PydanticUserError:
        # Models, dataclasses and typed dicts bring their own configuration.
        return TypeAdapter(hint)


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without titles, and without references: a parameter's schema has no root to refer to."""
    definitions = schema.pop("$defs", {})
    return dict(_resolved(schema, definitions, ()))


def _resolved(node: Any, definitions: Mapping[str, Any], seen: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_resolved(item, definitions, seen) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name in seen:
            raise ValueError(f"{name} contains itself")
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return _resolved({**definitions[name], **beside}, definitions, (*seen, name))
    return {
        key: _resolved(value, definitions, seen)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }


def _problems(name: str, error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        where = ".".join(str(part) for part in (name, *problem["loc"]))
        yield f"{where}: {problem['msg']}"


def _names(known: Mapping[str, Any]) -> str:
    return ", ".join(known) or "no arguments"
