"""When a vendor is left alone, and when it is tried again. Times are made up."""

import pytest

from processors.circuit import LONGEST_REST, TRIAL_LIMIT, Breaker, Breakers, State
from processors.errors import VendorBusy, VendorError, VendorRefused, VendorUnavailable

DOWN = VendorUnavailable("Vendor", "answered 503")
KEY = VendorRefused("Vendor", "answered 401")


def open_since(now: float) -> Breaker:
    breaker = Breaker("Vendor", rest=15.0)
    breaker.failed(KEY, now)
    return breaker


def test_three_failures_in_the_window_open_it() -> None:
    breaker = Breaker("Vendor")
    for now in (0.0, 10.0):
        breaker.failed(DOWN, now)
        assert breaker.allows(now)
    breaker.failed(DOWN, 30.0)
    assert breaker.state is State.OPEN
    assert not breaker.allows(44.9)
    assert breaker.rests(44.9)


def test_three_failures_in_a_longer_time_do_not() -> None:
    breaker = Breaker("Vendor")
    for now in (0.0, 10.0, 30.1):
        breaker.failed(DOWN, now)
    assert breaker.state is State.CLOSED


def test_a_success_in_between_begins_the_count_anew() -> None:
    breaker = Breaker("Vendor")
    for now in (0.0, 1.0):
        breaker.failed(DOWN, now)
    breaker.succeeded()
    for now in (2.0, 3.0):
        breaker.failed(DOWN, now)
    assert breaker.allows(3.0)


def test_an_error_that_lasts_opens_it_at_once() -> None:
    assert open_since(0.0).state is State.OPEN


def test_what_one_request_was_refused_for_does_not_count() -> None:
    breaker, error = Breaker("Vendor", failures=1), VendorRefused("Vendor", "answered 400")
    error.permanent = False
    breaker.failed(error, 0.0)
    assert breaker.allows(0.0)


@pytest.mark.parametrize(("asked_for", "rest"), [(5.0, 15.0), (40.0, 40.0), (3600.0, LONGEST_REST)])
def test_a_vendor_that_names_a_time_is_left_alone_as_long(asked_for: float, rest: float) -> None:
    breaker, error = Breaker("Vendor"), VendorBusy("Vendor", "answered 429")
    error.retry_after = asked_for
    breaker.failed(error, 100.0)
    assert not breaker.allows(100.0 + rest - 0.1)
    assert breaker.allows(100.0 + rest)


def test_after_its_rest_one_is_let_through_and_decides() -> None:
    breaker = open_since(0.0)
    assert breaker.allows(15.0)
    assert breaker.state.value == "half-open"
    assert not breaker.allows(15.1)
    breaker.succeeded()
    assert breaker.state.value == "closed"
    assert breaker.allows(15.2)


@pytest.mark.parametrize("error", [DOWN, KEY])
def test_a_trial_that_fails_makes_it_rest_again(error: VendorError) -> None:
    breaker = open_since(0.0)
    assert breaker.allows(15.0)
    breaker.failed(error, 17.0)
    assert not breaker.allows(31.9)
    assert breaker.allows(32.0)


def test_a_trial_of_which_nobody_hears_again_does_not_count() -> None:
    breaker = open_since(0.0)
    assert breaker.allows(15.0)
    assert not breaker.allows(15.0 + TRIAL_LIMIT - 0.1)
    assert breaker.allows(15.0 + TRIAL_LIMIT)


def test_a_trial_that_is_called_off_is_made_by_the_next() -> None:
    breaker = open_since(0.0)
    assert breaker.allows(15.0)
    breaker.withdrawn()
    assert breaker.allows(15.1)
    breaker.succeeded()
    breaker.withdrawn()
    assert breaker.state is State.CLOSED


def test_failures_of_those_who_ask_all_the_same_do_not_shorten_its_rest() -> None:
    breaker = open_since(0.0)
    breaker.failed(DOWN, 14.0)
    assert not breaker.allows(28.9)


def test_there_is_one_for_each_name() -> None:
    breakers = Breakers()
    assert breakers.of("a") is breakers.of("a")
    assert breakers.of("b") is not breakers.of("a")
    assert [breaker.name for breaker in breakers] == ["a", "b"]
    breakers.of("a").failed(KEY, 0.0)
    assert breakers.resting == 1
