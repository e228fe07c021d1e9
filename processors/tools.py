"""Plain functions as tools of a language model.

::

    async def opening_hours(call: Call, day: date) -> str:
        \"\"\"When the practice is open.

        Args:
            day: the day that is asked about.
        \"\"\"

The docstring is what the model reads, the annotations are what it has to send. A first parameter named
``call`` is ours: the model never sees it. Functions that are not async must return at once.
"""

import asyncio
import inspect
import json
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from loguru import logger
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import FunctionCallResultProperties
from pipecat.services.llm_service import FunctionCallHandler, FunctionCallParams, LLMService
from pydantic_core import to_jsonable_python

from processors.tool_signature import BadTool, Signature, WrongArguments, read

__all__ = ["BadTool", "Quiet", "handler", "register", "schema", "tool"]

F = TypeVar("F", bound=Callable[..., Any])

TIMEOUT = 10.0
"""Seconds that a tool may take unless it says otherwise; the caller is waiting."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Returned by a tool whose result needs no words: the model sees it, but is not asked to reply to it."""

    result: Any = "done"


@dataclass(frozen=True, slots=True)
class Options:
    """How a tool is run."""

    timeout: float = TIMEOUT
    """Seconds."""

    interruptible: bool = True
    """Whether the caller stops it by speaking."""


def tool(*, timeout: float = TIMEOUT, interruptible: bool = True) -> Callable[[F], F]:
    """Say how a function is run as a tool; without it the defaults hold.

    Args:
        timeout: seconds after which the model is told that it took too long.
        interruptible: False for what must not be left half done, such as a booking. The conversation goes on
            meanwhile, and the model learns the result when it is there.
    """

    def decorate(function: F) -> F:
        vars(function)["__tool_options__"] = Options(timeout, interruptible)
        return function

    return decorate


def schema(functions: Iterable[Callable[..., Any]]) -> ToolsSchema:
    """The tools as ``LLMContext(tools=...)`` takes them.

    Raises:
        BadTool: a function cannot be offered as it is; names it and says what to do.
    """
    return ToolsSchema(standard_tools=[_schema(signature) for signature in _read_all(functions)])


def register(llm: LLMService[Any], functions: Iterable[Callable[..., Any]], call: Any) -> None:
    """Let a model service run the functions.

    Args:
        llm: the service.
        functions: the tools that its contexts offer.
        call: what a first parameter named ``call`` is given.

    Raises:
        BadTool: a function cannot be offered as it is; names it and says what to do.
    """
    for signature in _read_all(functions):
        llm.register_function(
            signature.name,
            handler(signature, call),
            cancel_on_interruption=_options(signature).interruptible,
        )


def handler(signature: Signature, call: Any) -> FunctionCallHandler:
    """What pipecat calls when the model does: always reports a result, never raises."""

    async def handle(params: FunctionCallParams) -> None:
        # All calls of one reply have to be known to the context before the first of them has a result.
        await asyncio.sleep(0)
        found = await _outcome(signature, call, params.arguments)
        if isinstance(found, Quiet):
            properties = FunctionCallResultProperties(run_llm=False)
            await params.result_callback(_reportable(found.result), properties=properties)
        else:
            await params.result_callback(_reportable(found))

    return handle


async def _outcome(signature: Signature, call: Any, given: Mapping[str, Any]) -> Any:
    """What the function returns, or what the model should know about why it did not."""
    try:
        arguments = signature.bind(given)
    except WrongArguments as wrong:
        return {"error": str(wrong)}
    seconds = _options(signature).timeout
    deadline = asyncio.timeout(seconds)
    try:
        async with deadline:
            result = signature.function(*([call] if signature.takes_call else []), **arguments)
            return await result if inspect.isawaitable(result) else result
    except Exception as error:
        if deadline.expired():
            logger.warning("Tool {} took longer than {:g} s", signature.name, seconds)
            return {"error": f"{signature.name} took too long and was stopped"}
        logger.warning("Tool {} raised {} {}", signature.name, type(error).__name__, _place(error))
        return {"error": f"{signature.name} failed"}


def _reportable(result: Any) -> Any:
    """A result as JSON can hold it. pipecat takes a false one for none at all, and never runs the model."""
    if result is None:
        return "done"
    plain = to_jsonable_python(result, serialize_unknown=True)
    return plain or json.dumps(plain)


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _read_all(functions: Iterable[Callable[..., Any]]) -> list[Signature]:
    signatures = [read(function) for function in functions]
    names = [signature.name for signature in signatures]
    for name in names:
        if names.count(name) > 1:
            raise BadTool(name, "stands in the list twice; rename or remove one of them")
    return signatures


def _schema(signature: Signature) -> FunctionSchema:
    return FunctionSchema(
        name=signature.name,
        description=signature.description,
        properties={parameter.name: parameter.schema for parameter in signature.parameters},
        required=[parameter.name for parameter in signature.parameters if parameter.required],
    )


def _options(signature: Signature) -> Options:
    options = getattr(signature.function, "__tool_options__", None)
    return options if isinstance(options, Options) else Options()
