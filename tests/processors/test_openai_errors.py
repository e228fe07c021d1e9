"""Each failure of a server becomes the error that says who erred and whether to try again."""

from typing import Any

import aiohttp
import httpx2
import openai
import pytest

from processors.errors import (
    VendorBusy,
    VendorError,
    VendorProtocolError,
    VendorRefused,
    VendorUnavailable,
)
from processors.openai_errors import failure, retry_delay, stream_failure, withheld

REQUEST = httpx2.Request("POST", "http://localhost/v1/chat/completions")


def status(answer: int, headers: dict[str, str] | None = None, **fields: Any) -> openai.APIStatusError:
    response = httpx2.Response(answer, request=REQUEST, headers=headers)
    return openai.APIStatusError("Mrs Miller said so", response=response, body=fields)


def caused(error: VendorError, cause: BaseException) -> VendorError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("code", "kind", "permanent", "delay"),
    [
        (400, VendorRefused, False, None),
        (401, VendorRefused, True, None),
        (403, VendorRefused, True, None),
        (404, VendorRefused, True, None),
        (408, VendorUnavailable, False, 0.0),
        (409, VendorUnavailable, False, 0.0),
        (422, VendorRefused, False, None),
        (429, VendorBusy, False, None),
        (500, VendorUnavailable, False, 0.0),
        (503, VendorUnavailable, False, 0.0),
    ],
)
def test_statuses(code: int, kind: type[VendorError], permanent: bool, delay: float | None) -> None:
    error = failure("OpenAI", status(code, code="some_code"))
    assert type(error) is kind
    assert error.permanent is permanent
    assert retry_delay(error) == delay
    assert f"answered {code} (some_code)" in str(error)


def test_only_lasting_refusals_ask_the_operator_to_act() -> None:
    assert "check OPENAI_API_KEY" in str(failure("OpenAI", status(401)))
    assert "check" not in str(failure("OpenAI", status(400)))


@pytest.mark.parametrize(
    ("headers", "delay"),
    [
        ({"retry-after": "1"}, 1.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after-ms": "120", "retry-after": "1"}, 0.12),
        ({"retry-after": "20"}, None),
        ({"retry-after": "Fri, 31 Dec 2027 23:59:59 GMT"}, None),
        ({}, 0.5),
    ],
)
def test_a_busy_vendor_is_asked_again_if_it_says_soon(headers: dict[str, str], delay: float | None) -> None:
    cause = status(429, headers)
    assert retry_delay(caused(failure("OpenAI", cause), cause)) == delay


@pytest.mark.parametrize(
    ("cause", "found"),
    [
        (openai.APIConnectionError(request=REQUEST), "localhost cannot be reached (APIConnectionError)"),
        (openai.APITimeoutError(request=REQUEST), "localhost cannot be reached (APITimeoutError)"),
        (httpx2.ReadError("cut"), "localhost broke off its reply (ReadError)"),
        (aiohttp.ClientPayloadError("cut"), "localhost broke off its reply (ClientPayloadError)"),
        (ConnectionResetError(), "localhost broke off its reply (ConnectionResetError)"),
    ],
)
def test_broken_connections_are_worth_another_attempt(cause: Exception, found: str) -> None:
    error = failure("localhost", cause)
    assert isinstance(error, VendorUnavailable)
    assert str(error) == found
    assert retry_delay(error) == 0.0


def test_what_the_sdk_cannot_read_breaks_the_protocol() -> None:
    assert isinstance(failure("OpenAI", openai.OpenAIError()), VendorProtocolError)


def test_a_vendor_s_sentences_are_not_repeated() -> None:
    for code in (400, 429, 500):
        assert "Miller" not in str(failure("OpenAI", status(code, code="Mrs Miller said", type="Miller!")))
    assert "Miller" not in str(stream_failure("OpenAI", {"message": "Mrs Miller", "code": 500}))


def test_a_withheld_reply_is_about_this_turn_alone() -> None:
    error = withheld("OpenAI")
    assert retry_delay(error) is None
    assert not error.permanent


def test_an_account_without_credit_is_not_waited_for() -> None:
    for error in (
        failure("OpenAI", status(429, code="insufficient_quota", type="insufficient_quota")),
        stream_failure("OpenAI", {"code": "insufficient_quota"}),
    ):
        assert isinstance(error, VendorBusy)
        assert error.permanent
        assert retry_delay(error) is None


@pytest.mark.parametrize(("header", "kept"), [("2", None), ("20", 20.0), ("soon", None)])
def test_a_time_that_no_caller_waits_is_kept_for_the_circuit_breaker(header: str, kept: float | None) -> None:
    assert failure("OpenAI", status(429, {"retry-after": header})).retry_after == kept
