"""What an attempt of a model comes to, and what its failure is called."""

import asyncio
from typing import Any

import pytest
from pipecat.frames.frames import ErrorFrame
from pipecat.utils.errors import ErrorCategory

from processors.errors import VendorBusy, VendorError, VendorRefused, VendorUnavailable
from processors.llm_attempt import Attempt, failure_of
from processors.openai_client import Patience


class Model:
    provider = "Vendor"


def attempt() -> Attempt:
    model: Any = Model()
    return Attempt(model, Patience(first_token=2.0, token=1.0))


async def test_one_that_says_nothing_is_over_soon() -> None:
    at, loop = attempt(), asyncio.get_running_loop()
    start = loop.time()
    assert not await at.over(lambda: False)
    assert loop.time() - start == pytest.approx(2.0)
    assert str(at.silence) == "Vendor sent nothing for 2 s"


async def test_each_sign_of_life_gives_it_time() -> None:
    at, loop = attempt(), asyncio.get_running_loop()
    for seconds in (1.5, 2.4, 3.3):
        loop.call_later(seconds, at.shows_life)
    loop.call_later(4.2, at.ends)
    assert await at.over(lambda: False)
    assert at.error is None


async def test_one_that_waits_for_the_caller_is_not_silent() -> None:
    at, loop = attempt(), asyncio.get_running_loop()
    at.shows_life()
    loop.call_later(5.0, at.ends)
    assert await at.over(lambda: True)


async def test_once_its_tools_run_nothing_is_tried_again() -> None:
    at = attempt()
    at.is_carried_out = True
    at.fails_with(VendorUnavailable("Vendor", "broke off"))
    assert at.error is None


async def test_the_first_reason_counts() -> None:
    at, first = attempt(), VendorUnavailable("Vendor", "broke off")
    at.fails_with(first)
    at.fails_with(VendorBusy("Vendor", "answered 429"))
    assert at.error is first


class NotFound(Exception):
    status_code = 404


@pytest.mark.parametrize(
    ("category", "error", "kind", "lasts"),
    [
        (ErrorCategory.AUTHENTICATION, ValueError("key"), VendorRefused, True),
        (ErrorCategory.INVALID_REQUEST, ValueError("words"), VendorRefused, False),
        (ErrorCategory.INVALID_REQUEST, NotFound("model"), VendorRefused, True),
        (ErrorCategory.RATE_LIMIT, ValueError("busy"), VendorBusy, False),
        (ErrorCategory.QUOTA, ValueError("money"), VendorBusy, True),
        (ErrorCategory.SERVER, ValueError("500"), VendorUnavailable, False),
        (ErrorCategory.UNKNOWN, None, VendorUnavailable, False),
    ],
)
def test_errors_of_pipecat_in_our_words(
    category: ErrorCategory, error: Exception | None, kind: type[VendorError], lasts: bool
) -> None:
    found = failure_of("Vendor", ErrorFrame("It quotes the caller.", exception=error, category=category))
    assert type(found) is kind
    assert found.permanent is lasts
    assert "quotes" not in str(found)


def test_our_own_errors_stay_what_they_are() -> None:
    error = VendorBusy("OpenAI", "answered 429")
    assert failure_of("Vendor", ErrorFrame("", exception=error)) is error
