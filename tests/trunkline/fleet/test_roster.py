"""What workers say of themselves is seen in all processes, and outlives none of them by mistake."""

import os

import pytest

from trunkline.fleet.roster import STALE, UNLIMITED, Field, Roster, State


def ready(roster: Roster, calls: int = 0, room: int = 10, now: float = 100.0) -> int:
    """A worker that takes calls; its slot."""
    slot = roster.assign()
    roster.publish(slot, calls, room, now)
    roster.write(slot, Field.STATE, State.READY)
    return slot


def test_slots_are_given_out_and_used_again() -> None:
    roster = Roster(2)
    assert [roster.assign(), roster.assign()] == [0, 1]
    with pytest.raises(StopIteration):
        roster.assign()
    roster.vacate(0)
    assert roster.assign() == 0
    assert [standing.generation for standing in roster.standings()] == [2, 1]


def test_another_process_sees_what_is_written() -> None:
    roster = Roster(2)
    slot = roster.assign()
    if (child := os.fork()) == 0:
        roster.write(slot, Field.PID, os.getpid())
        roster.write(slot, Field.STATE, State.READY)
        roster.publish(slot, 3, UNLIMITED + 5, 12.34)
        roster.books(slot).add("CA1")
        os._exit(0)
    os.waitpid(child, 0)
    standing = roster.standing(slot)
    assert (standing.pid, standing.calls, standing.room, standing.beat) == (child, 3, UNLIMITED, 12.3)
    assert roster.owner("CA1") == slot
    assert roster.owner("CA2") is None


def test_a_worker_takes_calls_while_it_is_ready_alive_and_has_room() -> None:
    roster = Roster(1)
    slot = ready(roster, room=1)
    assert roster.standing(slot).takes_calls(100.0 + STALE - 0.1)
    assert not roster.standing(slot).takes_calls(100.0 + STALE)
    roster.publish(slot, 1, 0, 100.0)
    assert not roster.standing(slot).takes_calls(100.0)
    roster.publish(slot, 0, 1, 100.0)
    for state in (State.BOOTING, State.DRAINING, State.LEFT, State.VACANT):
        roster.write(slot, Field.STATE, state)
        assert not roster.standing(slot).takes_calls(100.0)
        assert roster.standing(slot).answers is (state is State.DRAINING)


def test_the_calls_of_a_dead_worker_have_no_owner_and_are_left_in_its_books() -> None:
    roster = Roster(1)
    slot = ready(roster, calls=1)
    roster.books(slot).add("CA1")
    roster.write(slot, Field.WATCHING, 1)
    roster.vacate(slot)
    assert roster.owner("CA1") is None
    standing = roster.standing(slot)
    assert (standing.calls, standing.room, standing.watching, standing.state) == (0, 0, False, State.VACANT)
    assert roster.books(slot).clear() == ["CA1"]


def test_calls_that_are_on_their_way_count() -> None:
    roster = Roster(3)
    here, there, other = ready(roster), ready(roster, calls=5, room=3), ready(roster)
    for sender in (here, here, other):
        roster.sent(sender, there, roster.count(sender, there) + 1)
    assert (roster.standing(there).calls, roster.standing(there).room) == (8, 0)
    assert not roster.standing(there).takes_calls(100.0)
    roster.received(there, here, 2)
    roster.received(there, here, 1)  # its timer comes later
    assert (roster.standing(there).calls, roster.standing(there).room) == (6, 2)
    roster.received(there, other, 2)  # faster than its sender counts
    assert roster.standing(there).calls == 5
    assert roster.standing(here).calls == 0
