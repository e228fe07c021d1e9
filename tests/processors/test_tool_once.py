"""Deeds: carried out once, to the end, unless they are called off in time."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pipecat.processors.aggregators.llm_context import LLMContext

from processors import tool_messages as messages
from processors.tool_once import Deeds, End, Ending, Once, Report, Request, fingerprint

DONE = Ending(End.DONE, "booked")


class Office:
    """Where it is done."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.done = 0

    async def at_once(self, once: Once) -> Ending:
        """The commit point is the beginning."""
        self.keys.append(once.key)
        await once.commit()
        await asyncio.sleep(1)
        self.done += 1
        return DONE

    async def after_a_look(self, once: Once) -> Ending:
        self.keys.append(once.key)
        await asyncio.sleep(1)
        await once.commit()
        self.done += 1
        return DONE


@pytest.fixture
def office() -> Office:
    return Office()


def request(call_id: str = "1", context: LLMContext | None = None, *, again: bool = False) -> Request:
    return Request("book", call_id, "half past nine", context or LLMContext(), again)


Work = Callable[[Once], Awaitable[Ending]]


async def broken_off(deeds: Deeds, work: Work, call_id: str = "1", after: float = 0.5) -> None:
    """A request whose caller speaks after a while."""
    asking = asyncio.create_task(deeds.ask(request(call_id), work))
    await asyncio.sleep(after)
    asking.cancel()
    await asyncio.wait([asking])


async def test_two_requests_for_the_same_are_one_deed(office: Office) -> None:
    deeds = Deeds("CA1")
    both = await asyncio.gather(*(deeds.ask(request(name), office.at_once) for name in "12"))
    assert both == [(DONE, False), (DONE, True)]
    assert await deeds.ask(request("3"), office.at_once) == (DONE, True)
    assert office.done == 1


async def test_requests_that_differ_are_two(office: Office) -> None:
    deeds = Deeds("CA1")
    await deeds.ask(request("1"), office.at_once)
    other = Request("book", "2", "ten o'clock", LLMContext())
    assert await deeds.ask(other, office.at_once) == (DONE, False)
    assert office.done == 2
    assert len(set(office.keys)) == 2


async def test_the_key_is_the_same_wherever_the_call_goes_on_and_another_in_another_call(
    office: Office,
) -> None:
    for sid in ("CA1", "CA1", "CA2"):
        await Deeds(sid).ask(request(), office.at_once)
    assert office.keys[0] == office.keys[1] != office.keys[2]


async def test_once_committed_it_ends_without_its_caller_and_is_told(office: Office) -> None:
    deeds, reports, told = Deeds("CA1"), list[Report](), list[tuple[list[Any], bool]]()
    deeds.on_end = reports.append

    async def tell(messages: list[Any], speak: bool) -> None:
        told.append((messages, speak))

    deeds.tell = tell
    context = LLMContext()
    context.add_message({"role": "tool", "tool_call_id": "1", "content": "IN_PROGRESS"})
    asking = asyncio.create_task(deeds.ask(request("1", context), office.at_once))
    await asyncio.sleep(0.5)
    asking.cancel()
    await asyncio.wait([asking])
    assert deeds.are_running
    assert deeds.answer("1") == messages.RUNNING
    await deeds.finished()
    assert office.done == 1
    assert deeds.answer("1") == '"booked"'
    assert reports == [Report("book", "1", End.DONE, "booked")]
    assert told == [([], True)]


async def test_before_the_commit_point_it_is_called_off_and_may_be_tried_again(office: Office) -> None:
    deeds = Deeds("CA1")
    await broken_off(deeds, office.after_a_look)
    await deeds.finished()
    assert (office.done, deeds.answer("1")) == (0, messages.STOPPED)
    assert await deeds.ask(request("2"), office.after_a_look) == (DONE, False)
    assert office.keys[0] == office.keys[1]


async def test_one_of_two_who_wait_may_leave(office: Office) -> None:
    deeds = Deeds("CA1")
    second = asyncio.create_task(deeds.ask(request("2"), office.after_a_look))
    await broken_off(deeds, office.after_a_look)
    assert await second == (DONE, False)
    assert office.done == 1


async def test_what_ignores_that_it_was_called_off_cannot_commit() -> None:
    reached = []

    async def stubborn(once: Once) -> Ending:
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            reached.append("cancelled")
        await once.commit()
        reached.append("committed")
        return DONE

    deeds = Deeds("CA1")
    await broken_off(deeds, stubborn)
    await deeds.finished()
    assert reached == ["cancelled"]


async def test_the_very_same_is_done_again_only_when_the_caller_has_spoken_and_the_model_says_so(
    office: Office,
) -> None:
    deeds, context = Deeds("CA1"), LLMContext()
    await deeds.ask(request("1", context, again=True), office.at_once)
    assert (await deeds.ask(request("2", context, again=True), office.at_once))[1]
    context.add_message({"role": "user", "content": "The same again, please."})
    assert (await deeds.ask(request("3", context), office.at_once))[1]
    assert not (await deeds.ask(request("4", context, again=True), office.at_once))[1]
    assert office.done == 2
    assert len(set(office.keys)) == 2


async def test_what_may_have_been_done_is_never_done_again() -> None:
    runs = []

    async def unsure(once: Once) -> Ending:
        runs.append(once.key)
        return Ending(End.UNKNOWN, {"error": "book took too long"})

    deeds, context = Deeds("CA1"), LLMContext()
    await deeds.ask(request("1", context), unsure)
    context.add_message({"role": "user", "content": "Then try again."})
    await deeds.ask(request("2", context, again=True), unsure)
    assert len(runs) == 1


async def test_a_failing_record_does_not_lose_the_result(office: Office) -> None:
    deeds = Deeds("CA1")
    failures = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context["message"]))

    def broken(_: Report) -> None:
        raise OSError("disk full")

    deeds.on_end = broken
    assert await deeds.ask(request(), office.at_once) == (DONE, False)
    assert len(failures) == 1


async def test_another_process_knows_what_was_done_and_does_it_no_more() -> None:
    first, second = Deeds("CA1"), Deeds("CA1")
    told: list[str] = []
    first.on_commit = lambda: told.append("committed")
    await first.ask(wish("c1"), committed("Booked."))
    assert told == ["committed"]
    second.restore(first.kept())
    ending, again = await second.ask(wish("c2"), committed("Booked twice."))
    assert (ending.end, ending.result, again) == (End.DONE, "Booked.", True)
    assert not second.are_running


async def test_what_runs_has_an_unknown_end_elsewhere_and_what_did_not_commit_none() -> None:
    first, second = Deeds("CA1"), Deeds("CA1")
    forever = asyncio.Event()

    async def never(once: Once) -> Ending:
        await once.commit()
        await forever.wait()
        return Ending(End.DONE, "done")

    async def hesitates(once: Once) -> Ending:
        await forever.wait()
        return Ending(End.UNDONE, "nothing")

    running = [
        asyncio.create_task(first.ask(wish("c1"), never)),
        asyncio.create_task(first.ask(wish("c2", same_as="other"), hesitates)),
    ]
    await asyncio.sleep(0.01)
    (kept,) = json.loads(json.dumps(first.kept()))
    assert (kept["tool_call_id"], kept["runs"], kept["end"]) == ("c1", True, "unknown")
    second.restore([kept])
    ending, _ = await second.ask(wish("c3"), never)
    assert ending.end is End.UNKNOWN
    assert messages.UNKNOWN in str(ending.result)
    forever.set()
    await asyncio.gather(*running)


def wish(name: str, *, same_as: str = "nine") -> Request:
    return Request("book", name, same_as, LLMContext())


def committed(result: str) -> Work:
    async def work(once: Once) -> Ending:
        await once.commit()
        return Ending(End.DONE, result)

    return work


async def test_a_deed_whose_arguments_may_not_be_kept_is_known_by_their_fingerprint() -> None:
    first, second = Deeds("CA1"), Deeds("CA1")
    await first.ask(wish("c1"), committed("Booked."))
    (kept,) = first.kept()
    second.restore([{**kept, "same_as": fingerprint(kept["same_as"])}])
    ending, again = await second.ask(wish("c2"), committed("Booked twice."))
    assert (ending.result, again) == ("Booked.", True)
    ending, again = await second.ask(wish("c3"), committed("Booked thrice."))
    assert (ending.result, again) == ("Booked.", True)
