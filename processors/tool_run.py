"""One run of a tool's function: in time, never raising, with a result that JSON can hold."""

import asyncio
import inspect
import json
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loguru import logger
from pydantic_core import to_jsonable_python

from processors.tool_messages import UNKNOWN
from processors.tool_once import End, Ending, Once
from processors.tool_options import options_of
from processors.tool_signature import Signature


@dataclass(frozen=True, slots=True)
class Quiet:
    """Returned by a tool whose result needs no words: the model sees it, but is not asked to reply to it."""

    result: Any = "done"


Run = Callable[[Once], Awaitable[Any]]
"""A function with its arguments."""


def bound(signature: Signature, call: Any, given: Mapping[str, Any]) -> Run:
    """The function with its arguments.

    Raises:
        WrongArguments: they do not fit.
    """
    arguments = signature.bind(given)

    async def run(once: Once) -> Any:
        if signature.takes_once:
            arguments["once"] = once
        elif options_of(signature.function).is_kept:
            await once.commit()
        result = signature.function(*([call] if signature.takes_call else []), **arguments)
        return await result if inspect.isawaitable(result) else result

    return run


async def carried_out(signature: Signature, run: Run, once: Once) -> Ending:
    """What came of it: the result, or what the model should know about why there is none."""
    options = options_of(signature.function)
    deadline = asyncio.timeout(options.timeout)
    try:
        async with deadline:
            result = await run(once)
    except Exception as error:
        problem = _problem(signature.name, error, options.timeout if deadline.expired() else None)
        if once.is_committed and options.side_effects:
            return Ending(End.UNKNOWN, {"error": problem, "note": UNKNOWN})
        return Ending(End.UNDONE, {"error": problem})
    end = End.DONE if once.is_committed else End.UNDONE
    quiet = isinstance(result, Quiet)
    return Ending(end, reportable(result.result if quiet else result), quiet)


def _problem(tool: str, error: Exception, timeout: float | None) -> str:
    if timeout is not None:
        logger.warning("Tool {} took longer than {:g} s", tool, timeout)
        return f"{tool} took too long and was stopped"
    logger.warning("Tool {} raised {} {}", tool, type(error).__name__, _place(error))
    return f"{tool} failed"


def sameness(signature: Signature, given: Mapping[str, Any], same: Iterable[str] = ()) -> str:
    """A text that is equal for arguments that mean the same: in any order, case and spacing.

    Args:
        signature: of the function.
        given: the arguments, which fit.
        same: the parameters that count; all of them if empty.
    """
    arguments = signature.bind(given)
    parameters = inspect.signature(signature.function).parameters
    names = [parameter.name for parameter in signature.parameters]
    values = {name: arguments.get(name, parameters[name].default) for name in same or names}
    plain = to_jsonable_python(values, serialize_unknown=True)
    return json.dumps(_even(plain), sort_keys=True, ensure_ascii=False)


def _even(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, list):
        return [_even(item) for item in value]
    return {key: _even(item) for key, item in value.items()} if isinstance(value, dict) else value


def reportable(result: Any) -> Any:
    """A result as JSON can hold it. pipecat takes a false one for none at all, and never runs the model."""
    if result is None:
        return "done"
    plain = to_jsonable_python(result, serialize_unknown=True)
    return plain or json.dumps(plain)


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
