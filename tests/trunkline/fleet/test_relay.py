"""Whoever watches in one worker sees the calls of all; while nobody does, nothing is made or sent."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from trunkline.events import (
    AgentSaid,
    CallEnded,
    CallerSaid,
    CallStarted,
    Event,
    Played,
    Replied,
    ToolCalled,
)
from trunkline.fleet.letters import Look, Told, pack, unpack
from trunkline.fleet.mailboxes import Mailbox, Mailboxes
from trunkline.fleet.relay import KINDS, Relay, decode, encode
from trunkline.fleet.roster import Field, Roster, State
from trunkline.waterfall import Piece, Waterfall

EVENTS = [
    CallStarted(call="CA1", at=1.5, line="desk"),
    AgentSaid(call="CA1", at=2.0, text="Hällo.", interrupted=True),
    ToolCalled(call="CA1", at=3.0, name="look_up", arguments={"day": ["Monday", 1]}),
    Replied(
        call="CA1",
        at=4.0,
        latency=Waterfall(vad=200, model=120, played=20),
        pieces=(Piece("vad", 3.0, 3.2), Piece("model", 3.2, 3.32)),
    ),
    Played(call="CA1", at=4.5, played=20.5),
    CallEnded(call="CA1", at=5.0, outcome="completed", reason=""),
]


@pytest.fixture
def mailboxes() -> Iterator[Mailboxes]:
    made = Mailboxes(3)
    yield made
    made.close()


class Crew:
    """Three workers' relays."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self.letters: list[bytes] = []
        self.roster = Roster(3)
        self.relays = [Relay(slot, self.roster) for slot in range(3)]
        self.boxes = [Mailbox(mailboxes, slot, self._receiver(slot)) for slot in range(3)]
        for slot, (relay, box) in enumerate(zip(self.relays, self.boxes, strict=True)):
            self.roster.write(slot, Field.STATE, State.READY)
            relay.open(box)
            box.open()

    def _receiver(self, slot: int) -> "Receiver":
        return Receiver(self, slot)

    def close(self) -> None:
        for box in self.boxes:
            box.close()


class Receiver:
    def __init__(self, crew: Crew, slot: int) -> None:
        self.crew, self.slot = crew, slot

    def __call__(self, data: bytes, connection: socket.socket | None) -> None:
        self.crew.letters.append(data)
        letter = unpack(data)
        if isinstance(letter, Told):
            self.crew.relays[self.slot].hear(letter)
        else:
            self.crew.relays[self.slot].look()


@pytest.fixture
async def crew(mailboxes: Mailboxes) -> Crew:
    return Crew(mailboxes)


async def soon() -> None:
    for _ in range(20):
        await asyncio.sleep(0.001)


async def test_who_watches_sees_the_calls_of_all(crew: Crew) -> None:
    first, second, third = crew.relays
    with first.watching() as seen:
        await soon()
        assert all(crew.relays)
        for relay, event in zip((second, third, first), EVENTS, strict=False):
            relay.tell(event)
            assert await anext(seen) == event
        assert crew.letters.count(pack(Look())) == 2
    crew.close()


async def test_two_who_watch_see_each_event_once(crew: Crew) -> None:
    first, second, third = crew.relays
    with first.watching() as here, second.watching() as there:
        await soon()
        for event in EVENTS:
            third.tell(event)
        await soon()
        second.tell(EVENTS[0])
        for seen in (here, there):
            assert [await anext(seen) for _ in range(len(EVENTS) + 1)] == [*EVENTS, EVENTS[0]]
    crew.close()


async def test_a_tap_is_told_of_this_worker_s_calls_alone(crew: Crew) -> None:
    first, second, _ = crew.relays
    told: list[Event] = []
    first.tap(told.append)
    assert not first
    assert first.wanted
    with first.watching() as seen:
        await soon()
        second.tell(EVENTS[0])
        first.tell(EVENTS[1])
        assert [await anext(seen) for _ in range(2)] == [EVENTS[1], EVENTS[0]]
    assert told == [EVENTS[1]]
    crew.close()


async def test_nothing_is_sent_while_nobody_watches(crew: Crew) -> None:
    with crew.relays[0].watching():
        await soon()
    await soon()
    assert not any(crew.relays)
    crew.letters.clear()
    crew.relays[1].tell(EVENTS[0])
    await soon()
    assert crew.letters == []
    crew.close()


async def test_a_worker_that_comes_later_knows_who_watches(crew: Crew) -> None:
    with crew.relays[0].watching() as seen:
        successor = Relay(1, crew.roster)
        assert not successor
        successor.open(crew.boxes[1])
        assert successor
        successor.tell(EVENTS[0])
        assert await anext(seen) == EVENTS[0]
    crew.close()


async def test_who_watched_in_a_worker_that_died_watches_no_more(crew: Crew) -> None:
    with crew.relays[0].watching():
        await soon()
        crew.roster.vacate(0)
        crew.relays[1].look()
        assert not crew.relays[1]
    crew.close()


@pytest.mark.asyncio(loop_factories=["virtual"])
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
async def test_an_event_is_read_as_it_was_written(event: Event) -> None:
    assert decode(encode(event)) == event


def test_all_kinds_are_known() -> None:
    assert set(KINDS) >= {"CallStarted", "CallerSpeaking", "CallerSaid", "Failed", "CallEnded"}
    assert KINDS["CallerSaid"] is CallerSaid
    with pytest.raises(ValueError, match="expected one of"):
        decode(b'["Nothing",{}]')
