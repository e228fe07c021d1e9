"""Plain functions as tools of a language model.

::

    async def opening_hours(call: Call, day: date) -> str:
        \"\"\"When the practice is open.

        Args:
            day: the day that is asked about.
        \"\"\"

The docstring is what the model reads, the annotations are what it has to send. A first parameter named
``call`` is ours: the model never sees it. Functions that are not async must return at once. What changes
something in the world says so, and is carried out once, to the end::

    @tool(side_effects=True)
    async def order(call: Call, once: Once, dish: str) -> str:
        \"\"\"Order a dish.\"\"\"
        price = await kitchen.price(dish)  # up to here the caller may call it off by speaking
        await once.commit()
        return await kitchen.order(dish, price, idempotency_key=once.key)
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import FunctionCallResultProperties
from pipecat.services.llm_service import FunctionCallHandler, FunctionCallParams, LLMService

from processors.tool_once import Deeds, End, Ending, Once, Request
from processors.tool_options import options_of, tool
from processors.tool_run import Quiet, bound, carried_out, sameness
from processors.tool_signature import BadTool, Signature, WrongArguments, read

__all__ = ["BadTool", "Once", "Quiet", "handler", "register", "schema", "tool"]

AGAIN = {
    "type": "boolean",
    "description": "Leave it out. True only if the caller knows that this was done and asked for the very "
    "same once more.",
}
"""A parameter of every tool with side effects: two equal orders may be one order or two, and only the model
knows what the caller said."""

REPEATED = (
    "This was asked for before in this call. It was done once, with this result, and not again. Only if the "
    "caller wants the very same once more, call it with again=true."
)


def schema(functions: Iterable[Callable[..., Any]]) -> ToolsSchema:
    """The tools as ``LLMContext(tools=...)`` takes them.

    Raises:
        BadTool: a function cannot be offered as it is; names it and says what to do.
    """
    return ToolsSchema(standard_tools=[_schema(signature) for signature in _read_all(functions)])


def register(
    llm: LLMService[Any], functions: Iterable[Callable[..., Any]], call: Any, deeds: Deeds | None = None
) -> None:
    """Let a model service run the functions.

    Args:
        llm: the service.
        functions: the tools that its contexts offer.
        call: what a first parameter named ``call`` is given.
        deeds: what was done in the call so far.

    Raises:
        BadTool: a function cannot be offered as it is; names it and says what to do.
    """
    deeds = deeds or Deeds()
    for signature in _read_all(functions):
        llm.register_function(signature.name, handler(signature, call, deeds), cancel_on_interruption=True)


def handler(signature: Signature, call: Any, deeds: Deeds) -> FunctionCallHandler:
    """What pipecat calls when the model does: always reports a result, never raises."""
    run = _once if options_of(signature.function).is_kept else _plain

    async def handle(params: FunctionCallParams) -> None:
        # All calls of one reply have to be known to the context before the first of them has a result.
        await asyncio.sleep(0)
        try:
            ending = await run(signature, call, params, deeds)
        except WrongArguments as wrong:
            ending = Ending(End.UNDONE, {"error": str(wrong)})
        properties = FunctionCallResultProperties(run_llm=False) if ending.is_quiet else None
        await params.result_callback(ending.result, properties=properties)

    return handle


async def _plain(signature: Signature, call: Any, params: FunctionCallParams, _: Deeds) -> Ending:
    """Run the function; the caller stops it by speaking."""
    return await carried_out(signature, bound(signature, call, params.arguments), Once(""))


async def _once(signature: Signature, call: Any, params: FunctionCallParams, deeds: Deeds) -> Ending:
    """Run the function to its end, or take what came of it when it was run for the same request."""
    given, options = dict(params.arguments), options_of(signature.function)
    again = options.side_effects and bool(given.pop("again", False))
    run = bound(signature, call, given)
    same_as = sameness(signature, given, options.same) if options.side_effects else params.tool_call_id
    request = Request(signature.name, params.tool_call_id, same_as, params.context, again)
    ending, is_repeated = await deeds.ask(request, lambda once: carried_out(signature, run, once))
    if is_repeated and ending.end is End.DONE:
        return Ending(End.DONE, {"result": ending.result, "note": REPEATED}, ending.is_quiet)
    return ending


def _read_all(functions: Iterable[Callable[..., Any]]) -> list[Signature]:
    signatures = [read(function) for function in functions]
    names = [signature.name for signature in signatures]
    for signature in signatures:
        if names.count(signature.name) > 1:
            raise BadTool(signature.name, "stands in the list twice; rename or remove one of them")
        _check(signature)
    return signatures


def _check(signature: Signature) -> None:
    options, names = options_of(signature.function), {parameter.name for parameter in signature.parameters}
    if signature.takes_once and not options.is_kept:
        raise BadTool(
            signature.name, "takes 'once'; say @tool(side_effects=True), or leave the parameter out"
        )
    if options.side_effects and "again" in names:
        raise BadTool(signature.name, "parameter 'again' is ours in a tool with side effects; rename it")
    for stray in [name for name in options.same if name not in names]:
        raise BadTool(signature.name, f"same={stray!r} is not one of its parameters")


def _schema(signature: Signature) -> FunctionSchema:
    again = {"again": AGAIN} if options_of(signature.function).side_effects else {}
    return FunctionSchema(
        name=signature.name,
        description=signature.description,
        properties={parameter.name: parameter.schema for parameter in signature.parameters} | again,
        required=[parameter.name for parameter in signature.parameters if parameter.required],
    )
