"""A session lives from the webhook to the outcome: it waits for a stream, but not for ever."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from pipecat.processors.frame_processor import FrameProcessor, FrameProcessorSetup

from tests.transports.playout import START
from tests.trunkline.office import Archive, bare_line, facts, no_vendors
from transports.media_streams import Event, MediaStream, Start
from trunkline.events import Watchers
from trunkline.life import CALLER_HUNG_UP, COMPLETED, Outcome, State
from trunkline.line import Line
from trunkline.minutes import Minutes
from trunkline.resuming.awaited_stream import ASK_AGAIN, FIRST_LIMIT, ORDER_LIMIT
from trunkline.resuming.fetch_back import Told
from trunkline.resuming.resumption import Resumed
from trunkline.session import START_LIMIT, Session
from trunkline.vendors import Vendors


class Socket:
    """A carrier's socket, as a session knows it: open until told otherwise."""

    is_silent = False

    def __init__(self) -> None:
        self.protocol = MediaStream()
        start = self.protocol.receive(START)
        assert isinstance(start, Start)
        self.begin = start
        self.ended: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.closed: list[tuple[int, str]] = []

    async def read(self, receive: Callable[[Event], Awaitable[None]]) -> bool:
        return await self.ended

    async def send(self, text: str) -> None:
        pass

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.closed.append((code, reason))
        self.end(stopped=False)

    def end(self, *, stopped: bool) -> None:
        if not self.ended.done():
            self.ended.set_result(stopped)


class Office:
    """Makes sessions and knows what became of them."""

    def __init__(self, vendors: Vendors) -> None:
        self.archive = Archive()
        self.over: list[Session] = []
        self._vendors = vendors

    def session(self, line: Line | None = None, **options: Any) -> Session:
        line = line or bare_line()
        minutes = Minutes(facts(), line, self.archive, Watchers())
        return Session(facts(), line, self._vendors, minutes, on_over=self.over.append, **options)


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    vendors = no_vendors()
    yield Office(vendors)
    await vendors.close()


async def carried(session: Session) -> tuple[Socket, asyncio.Task[None]]:
    """The session on a stream."""
    socket: Any = Socket()
    task = asyncio.create_task(session.carry(socket, socket.begin))
    await asyncio.sleep(0.01)
    return socket, task


def state(session: Session) -> State:
    """The state now; a type checker takes an attribute for what it was."""
    return session.state


async def test_a_call_without_a_stream_is_abandoned(office: Office) -> None:
    session = office.session()
    assert session.state is State.RINGING
    await asyncio.sleep(FIRST_LIMIT - 0.1)
    assert session.outcome is None
    await session.over()
    assert session.outcome is not None
    assert session.outcome.kind == "abandoned"
    assert session.outcome.last_words == session.line.apology
    assert office.archive.outcomes[facts().sid] == session.outcome
    assert office.over == [session]


async def test_a_stop_is_the_caller_hanging_up(office: Office) -> None:
    session = office.session()
    socket, task = await carried(session)
    assert session.state is State.LIVE
    socket.end(stopped=True)
    await asyncio.gather(task, session.over())
    assert session.outcome is not None
    assert session.outcome.kind == "caller-hung-up"
    assert state(session) is State.ENDED


async def test_a_stream_that_our_own_order_ended_is_a_lost_one(office: Office) -> None:
    async def ask(_: Session) -> Told:
        return Told.DONE

    session = office.session(ask=ask)
    socket, task = await carried(session)
    socket.end(stopped=False)
    await task
    await asyncio.sleep(ASK_AGAIN + 0.1)
    second, task = await carried(session)  # at the same time, the carrier had asked by itself
    second.end(stopped=True)
    await task
    assert (session.outcome, session.state) == (None, State.RESUMING)
    await asyncio.sleep(ORDER_LIMIT)
    third, task = await carried(session)
    third.end(stopped=True)
    await asyncio.gather(task, session.over())
    assert session.outcome is CALLER_HUNG_UP


async def test_a_lost_stream_is_waited_for_again(office: Office) -> None:
    session = office.session()
    socket, task = await carried(session)
    await asyncio.sleep(FIRST_LIMIT + 1)
    socket.end(stopped=False)
    await task
    await asyncio.sleep(ASK_AGAIN - 1)
    assert session.state is State.RESUMING
    second, task = await carried(session)
    assert state(session) is State.LIVE
    second.end(stopped=False)
    await asyncio.gather(task, session.over())
    assert session.outcome is not None
    assert session.outcome.kind == "abandoned"


async def test_a_second_stream_closes_the_first_and_is_not_ended_by_it(office: Office) -> None:
    session = office.session()
    first, first_task = await carried(session)
    second, second_task = await carried(session)
    await first_task
    assert first.closed == [(1000, "superseded by another stream of the call")]
    assert session.state is State.LIVE
    session.end(COMPLETED)
    await asyncio.gather(second_task, session.over())
    assert second.closed == [(1000, "the call is over")]


async def test_the_first_outcome_counts(office: Office) -> None:
    session = office.session()
    first = Outcome("failed", "this and that")
    session.end(first)
    session.end(COMPLETED)
    await session.over()
    assert session.outcome == first
    assert office.archive.outcomes == {facts().sid: first}
    assert office.over == [session]


async def test_a_call_may_last_so_long_and_no_longer(office: Office) -> None:
    session = office.session(bare_line(max_seconds=30))
    _, task = await carried(session)
    await asyncio.sleep(29)
    assert session.outcome is None
    await asyncio.gather(task, session.over())
    assert session.outcome == Outcome("too-long")


async def test_twilio_is_told_to_connect_so_often_and_no_more(office: Office) -> None:
    session = office.session()
    attempts = session.line.resume.attempts
    assert [session.try_again() for _ in range(attempts)] == [*[True] * (attempts - 1), False]
    session.end(COMPLETED)
    await session.over()


class NeverReady(FrameProcessor):
    """Connects to something that does not answer."""

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        await asyncio.sleep(3600)


async def test_a_pipeline_that_does_not_start_is_apologised_for(office: Office) -> None:
    session = office.session(bare_line(NeverReady))
    _, task = await carried(session)
    await asyncio.sleep(START_LIMIT)
    await asyncio.gather(task, session.over())
    assert session.outcome is not None
    assert "did not start" in session.outcome.reason
    assert session.outcome.last_words == session.line.apology


async def test_a_call_of_another_process_is_resumed(office: Office) -> None:
    history = ({"role": "user", "content": "When?"},)
    session = office.session(resumed=Resumed(messages=history))
    assert session.state is State.RESUMING
    assert tuple(session.call.llm_context.get_messages()[1:]) == history
    session.end(COMPLETED)
    await session.over()
