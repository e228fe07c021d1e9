"""At once, then slower and slower, and not for ever."""

from itertools import pairwise

from processors.backoff import JITTER, LONGEST, MOST, PATIENCE, Backoff


def delays(backoff: Backoff) -> list[float]:
    """The waits of a vendor that refuses at once until it is given up."""
    now, waits = 100.0, []
    while (delay := backoff.failed(now)) is not None:
        waits.append(delay)
        now += delay
    return waits


def test_the_first_retry_is_immediate_and_the_others_double_until_patience_ends() -> None:
    waits = delays(Backoff())
    assert waits[0] == 0
    assert 0.25 <= waits[1] <= 0.32
    assert all(1.5 < later / sooner < 2.6 for sooner, later in pairwise(waits[1:4]))
    assert all(LONGEST <= wait <= LONGEST * (1 + JITTER) for wait in waits[4:])
    assert PATIENCE - LONGEST * (1 + JITTER) <= sum(waits) < PATIENCE


def test_calls_do_not_retry_in_step() -> None:
    assert len({delays(Backoff())[1] for _ in range(20)}) > 10


def test_attempts_that_hang_count_with_their_time() -> None:
    backoff = Backoff()
    assert backoff.attempt(10) == 10 + PATIENCE
    assert backoff.failed(15) == 0
    assert backoff.attempt(15) == 10 + PATIENCE
    assert backoff.failed(18) is None


def test_success_forgets() -> None:
    backoff = Backoff()
    delays(backoff)
    backoff.succeeded()
    assert backoff.failures == 0
    assert backoff.failed(1000) == 0


def test_connections_that_come_about_and_are_of_no_use_are_not_made_for_ever() -> None:
    backoff, made, now = Backoff(), 0, 0.0
    backoff.opened()
    while (delay := backoff.failed(now)) is not None:
        backoff.opened()
        made, now = made + 1, now + delay + 60
    assert made == MOST - 1
