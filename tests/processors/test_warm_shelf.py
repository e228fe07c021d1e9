"""How many sockets a recipe is worth."""

import math

import pytest

from processors.errors import VendorBusy, VendorError, VendorRefused, VendorUnavailable
from processors.socket_recipe import Recipe
from processors.warm_shelf import BUSY_PAUSE, FIRST_PAUSE, KEPT, LONGEST_PAUSE, Shelf

RECIPE = Recipe.of("speak", {"model": "aura-2-thalia-en"})


def test_what_a_line_will_ask_for_is_there_from_the_start_and_never_all_gone() -> None:
    shelf = Shelf(RECIPE, 0.0, is_expected=True)
    assert shelf.target(0.0, 2) == 2
    assert shelf.target(KEPT + 1, 2) == 1
    shelf.used(KEPT + 2)
    assert shelf.target(KEPT + 3, 2) == 2
    assert not shelf.is_forgotten(10 * KEPT)


def test_what_one_call_asked_for_may_never_be_asked_for_again() -> None:
    shelf = Shelf(RECIPE, 0.0)
    shelf.used(0.0)
    assert shelf.target(1.0, 2) == 0
    shelf.used(2.0)
    assert shelf.target(3.0, 2) == 2
    assert shelf.target(KEPT + 3, 2) == 0
    assert shelf.is_forgotten(KEPT + 3)
    shelf.used(KEPT + 4)
    assert shelf.target(KEPT + 4, 2) == 0


def test_one_that_is_missing_is_opened_and_after_a_failure_one_at_a_time() -> None:
    shelf = Shelf(RECIPE, 0.0, is_expected=True)
    shelf.opening = 1
    assert shelf.lacks(0.0, 2)
    shelf.opening = 2
    assert not shelf.lacks(0.0, 2)
    shelf.opening = 0
    shelf.failed(0.0)
    assert shelf.lacks(FIRST_PAUSE, 2)
    shelf.opening = 1
    assert not shelf.lacks(FIRST_PAUSE, 2)
    shelf.succeeded()
    assert shelf.lacks(FIRST_PAUSE, 2)


@pytest.mark.parametrize(
    ("error", "pauses"),
    [
        (None, [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]),
        (VendorUnavailable("Deepgram", "is away"), [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]),
        (VendorBusy("Deepgram", "answered 429"), [BUSY_PAUSE, BUSY_PAUSE, BUSY_PAUSE]),
        (VendorRefused("Deepgram", "answered 401"), [math.inf]),
    ],
)
def test_failures_are_followed_by_pauses(error: VendorError | None, pauses: list[float]) -> None:
    shelf, now = Shelf(RECIPE, 0.0, is_expected=True), 0.0
    for pause in pauses:
        shelf.failed(now, error)
        assert shelf.rests_until == now + pause
        assert not shelf.lacks(now, 2)
        now = shelf.rests_until


def test_pauses_do_not_grow_for_ever() -> None:
    shelf = Shelf(RECIPE, 0.0, is_expected=True)
    for _ in range(2000):
        shelf.failed(0.0)
    assert shelf.rests_until == LONGEST_PAUSE
