"""A request finds the worker that has its call, and a new call the worker with the fewest."""

from dataclasses import replace

import pytest

from trunkline.fleet.roster import Standing, State
from trunkline.fleet.routing import Destination, address, call_sid, destination, is_carriers

READY = Standing(slot=0, state=State.READY, pid=1, generation=1, calls=0, room=9, beat=100.0, watching=False)


def standings(*calls: int) -> list[Standing]:
    """Workers with so many calls and ten places each."""
    return [replace(READY, slot=slot, calls=n, room=10 - n) for slot, n in enumerate(calls)]


def to(path: str, *calls: int, here: int = 0, owner: int | None = None) -> Destination:
    return destination(here, path, owner, standings(*calls), now=100.0)


@pytest.mark.parametrize("path", ["/twilio/voice", "/twilio/next/1", "/twilio/status", "/twilio/media/1"])
def test_whoever_has_the_call_answers(path: str) -> None:
    assert to(path, 5, 5, 0, owner=0, here=2) == Destination(0)


def test_a_new_call_goes_where_the_fewest_are() -> None:
    assert to("/twilio/voice", 5, 4, 6) == Destination(1, new=True)
    assert to("/twilio/voice", 4, 4, 6, here=1) == Destination(1, new=True)
    assert to("/twilio/voice", 4, 6, 4, here=1) == Destination(0, new=True)


def test_a_worker_without_room_is_passed_over() -> None:
    assert to("/twilio/voice", 10, 9, 10) == Destination(1, new=True)
    workers = standings(0, 0)
    workers[0] = replace(workers[0], room=0)
    assert destination(0, "/twilio/voice", None, workers, 100.0) == Destination(1, new=True)


def test_when_all_are_full_the_one_that_is_asked_answers() -> None:
    assert to("/twilio/voice", 10, 10, here=1) == Destination(1)


def test_who_waits_asks_where_it_waits_unless_there_is_room_elsewhere() -> None:
    assert to("/twilio/voice/1", 10, 10, here=0) == Destination(1)
    assert to("/twilio/voice/1", 9, 10, here=1) == Destination(0, new=True)


def test_a_stream_goes_to_the_worker_in_its_url() -> None:
    assert to("/twilio/media/1", 0, 0) == Destination(1)
    assert to("/twilio/media", 0, 0, here=1) == Destination(1)
    assert to("/twilio/media/7", 0, 0, here=1) == Destination(1)


def test_what_comes_next_is_asked_of_the_worker_that_had_the_call() -> None:
    assert to("/twilio/next/1", 0, 9) == Destination(1)


def test_a_call_that_a_stopping_worker_has_let_go_of_is_taken_up_by_another() -> None:
    workers = standings(5, 9)
    workers[0] = replace(workers[0], state=State.DRAINING)
    assert destination(0, "/twilio/next/0", None, workers, 100.0) == Destination(1, new=True)
    assert destination(0, "/twilio/next/0", 0, workers, 100.0) == Destination(0)
    assert destination(0, "/twilio/media/0", None, workers, 100.0) == Destination(0)


@pytest.mark.parametrize("state", [State.VACANT, State.BOOTING, State.LEFT])
def test_the_call_of_a_worker_that_is_gone_is_taken_up_by_the_one_with_the_fewest(state: State) -> None:
    workers = standings(5, 0, 2)
    workers[1] = replace(workers[1], state=state)
    assert destination(0, "/twilio/next/1", None, workers, 100.0) == Destination(2, new=True)
    assert destination(0, "/twilio/media/1", None, workers, 100.0) == Destination(0)


def test_what_nobody_knows_is_answered_where_it_came() -> None:
    assert to("/twilio/next", 5, 0) == Destination(0)
    assert to("/twilio/status", 5, 0) == Destination(0)


def test_paths_name_a_slot_or_none() -> None:
    assert address("/twilio/next/12") == ("/twilio/next", 12)
    assert address("/twilio/next") == ("/twilio/next", None)
    assert address("/twilio/next/²") == ("/twilio/next/²", None)
    assert is_carriers("POST", "/twilio/voice")
    assert is_carriers("GET", "/twilio/media/1")
    assert not is_carriers("PUT", "/twilio/voice")
    assert not is_carriers("GET", "/healthz")


def test_the_call_is_read_from_the_form() -> None:
    assert call_sid(b"From=%2B1&CallSid=CA12&To=") == "CA12"
    assert call_sid(b"From=%2B1") == ""
    assert call_sid(b"\xff\xfe") == ""
