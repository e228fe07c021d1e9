"""Who waits is told so, keeps the place, and is forgotten after hanging up."""

import pytest

from tests.trunkline.office import bare_line
from trunkline.overflow import Queue
from trunkline.waiting import CHARACTERS_A_SECOND, GRACE, WaitingRoom

DESK = bare_line()
SHOP = bare_line(name="shop", number="+15550101")
QUEUE = Queue("Please wait.", place="Number {place}.", ask_seconds=5, remind_seconds=30)


@pytest.fixture
def room() -> WaitingRoom:
    made = WaitingRoom()
    for sid, line in (("a", DESK), ("b", SHOP), ("c", DESK)):
        made.join(sid, line, 0.0)
    return made


def tell(room: WaitingRoom, sid: str, now: float, queue: Queue = QUEUE) -> str:
    waiter = room.find(sid)
    assert waiter is not None
    return room.tell(waiter, queue, now)


def test_who_came_first_is_ahead(room: WaitingRoom) -> None:
    assert room.ahead("a") == []
    assert room.ahead("c") == [DESK, SHOP]
    assert room.ahead("nobody") == [DESK, SHOP, DESK]
    assert [room.place(*who) for who in (("a", DESK), ("b", SHOP), ("c", DESK), ("new", DESK))] == [
        1,
        1,
        2,
        3,
    ]


def test_who_asks_again_keeps_the_place(room: WaitingRoom) -> None:
    assert room.join("a", DESK, 9.0).since == 0.0
    assert room.place("a", DESK) == 1
    assert len(room) == 3


def test_the_message_is_said_at_first_and_from_time_to_time(room: WaitingRoom) -> None:
    said = [tell(room, "c", now) for now in (0.0, 5.0, 25.0, 30.0, 35.0)]
    assert said == ["Please wait. Number 2.", "", "", "Please wait. Number 2.", ""]


def test_a_new_place_is_said_at_once(room: WaitingRoom) -> None:
    tell(room, "c", 0.0)
    room.leave("b")
    assert tell(room, "c", 5.0) == ""
    room.leave("a")
    assert tell(room, "c", 10.0) == "Number 1."


def test_a_place_need_not_be_said(room: WaitingRoom) -> None:
    assert tell(room, "c", 0.0, Queue("Please wait.", place="")) == "Please wait."
    room.leave("a")
    assert tell(room, "c", 5.0, Queue("Please wait.", place="")) == ""


def test_who_does_not_ask_again_has_hung_up(room: WaitingRoom) -> None:
    heard = tell(room, "c", 0.0)
    until = len(heard) / CHARACTERS_A_SECOND + QUEUE.ask_seconds + GRACE
    room.sweep(until - 0.1)
    assert room.find("c") is not None
    tell(room, "c", until - 0.1)
    room.sweep(until + 1)
    assert room.find("c") is not None
    room.sweep(2 * until)
    assert room.find("c") is None
    room.leave("c")
    assert len(room) == 2
