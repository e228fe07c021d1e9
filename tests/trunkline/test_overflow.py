"""What a refused caller hears is checked when the line is made, not when it is full."""

from collections.abc import Callable

import pytest

import trunkline
from trunkline.overflow import Busy, DialOverflow, Queue, SayAndHangUp, WhenFull, overflow_number


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SayAndHangUp(" "), r"SayAndHangUp\(text\) is empty"),
        (lambda: DialOverflow("0800 555"), r"is not E.164"),
        (lambda: DialOverflow("+15550177", unanswered=""), r"unanswered\) is empty"),
        (lambda: DialOverflow("+15550177", ring_seconds=0), r"ring_seconds\) is 0"),
        (lambda: Queue(""), r"Queue\(message\) is empty"),
        (lambda: Queue(then=Busy()), r"too late then; expected one of SayAndHangUp"),  # type: ignore[arg-type]
        (lambda: Queue(then=Queue()), "too late then"),  # type: ignore[arg-type]
        (lambda: Queue(music="hold.mp3"), "is no URL"),
        (lambda: Queue(music_seconds=0), r"music_seconds\) is 0"),
        (lambda: Queue(ask_seconds=0), r"ask_seconds\) is 0"),
        (lambda: Queue(most=0), r"most\) is 0"),
        (lambda: Queue(place="You are {name}."), r"expected \{place\}"),
        (lambda: Queue(place="You are {."), r"expected \{place\}"),
    ],
)
def test_what_cannot_be_heard_is_named(make: Callable[[], WhenFull], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_a_caller_waits_for_as_long_as_the_music_lasts() -> None:
    assert Queue(ask_seconds=7).hold_seconds == 7
    assert Queue(music="https://example.com/hold.mp3", music_seconds=40).hold_seconds == 40


def test_the_overflow_number_is_found_behind_a_queue_too() -> None:
    overflow = DialOverflow("+15550177")
    assert overflow_number(overflow) is overflow
    assert overflow_number(Queue(then=overflow)) is overflow
    assert [overflow_number(answer) for answer in (Busy(), SayAndHangUp(), Queue())] == [None] * 3


def test_a_pipeline_file_imports_them_from_trunkline() -> None:
    assert (trunkline.Busy, trunkline.SayAndHangUp) == (Busy, SayAndHangUp)
    assert (trunkline.Queue, trunkline.DialOverflow) == (Queue, DialOverflow)
