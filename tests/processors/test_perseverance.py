"""How long one reply is tried for. Times are made up."""

from processors.backoff import JITTER, LONGEST
from processors.perseverance import BEARABLE, BREAKS, SHORTEST_ATTEMPT, Perseverance


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def waits(*, delay: float | None, attempt: float) -> list[float]:
    """The pauses between attempts that take so long each and fail."""
    clock, found = Clock(), list[float]()
    perseverance = Perseverance(clock)
    while len(found) < 50:
        clock.now += attempt
        pause = perseverance.failed(delay, has_said_more=False)
        if pause is None:
            assert clock.now <= 50 + BEARABLE
            return found
        found.append(pause)
        clock.now += pause
    return found


def test_failures_that_come_quickly_are_tried_again_after_longer_and_longer_pauses() -> None:
    found = waits(delay=0.0, attempt=0.1)
    assert found[0] == 0.0
    assert found[:5] == sorted(found[:5])  # then they are as long as they get, but for the jitter
    assert all(LONGEST <= pause <= LONGEST * (1 + JITTER) for pause in found[4:])
    assert 4 <= len(found) <= 7


def test_two_silences_are_all_that_a_caller_bears() -> None:
    assert len(waits(delay=0.0, attempt=4.0)) == 1


def test_a_vendor_is_left_alone_as_long_as_it_asked() -> None:
    assert all(pause >= 2.0 for pause in waits(delay=2.0, attempt=0.1))


def test_what_cannot_be_mended_is_not_tried_again() -> None:
    assert waits(delay=None, attempt=0.1) == []


def test_an_attempt_has_no_more_time_than_is_left_and_never_too_little() -> None:
    clock = Clock()
    perseverance = Perseverance(clock)
    assert perseverance.first_token(4.0) == 4.0
    clock.now += BEARABLE - 2
    assert perseverance.first_token(4.0) == 2.0
    clock.now += 2
    assert perseverance.first_token(4.0) == SHORTEST_ATTEMPT
    assert perseverance.first_token(0.5) == 0.5


def test_a_reply_that_gets_on_has_its_time_anew_but_not_for_ever() -> None:
    clock = Clock()
    perseverance = Perseverance(clock)
    for _ in range(BREAKS):
        clock.now += 60
        assert perseverance.failed(0.0, has_said_more=True) == 0.0
    assert perseverance.failed(0.0, has_said_more=True) is None
