"""Who may come in, and how the others are told."""

import json

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from trunkline.sandbox.deepgram_refusal import Refusal, check_credentials, refusal

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


def headers(**named: str) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict({name.replace("_", "-"): value for name, value in named.items()}))


@pytest.mark.parametrize(
    "sent",
    [
        {"Authorization": "Token secret"},
        {"Authorization": "token secret"},
        {"Sec_WebSocket_Protocol": "token, secret"},
        {"Authorization": f"Bearer {JWT}"},
        {"Sec_WebSocket_Protocol": f"bearer, {JWT}"},
    ],
)
def test_who_is_let_in(sent: dict[str, str]) -> None:
    check_credentials(headers(**sent), "secret", None)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Authorization": "Token"},
        {"Authorization": "Token wrong"},
        {"Authorization": "Bearer secret"},
        {"Authorization": "secret"},
        {"Authorization": f"Token {JWT}"},
        {"Sec_WebSocket_Protocol": "token"},
        {"Sec_WebSocket_Protocol": "chat, secret"},
    ],
)
def test_who_is_not(sent: dict[str, str]) -> None:
    with pytest.raises(Refusal) as caught:
        check_credentials(headers(**sent), "secret", None)
    assert caught.value.status == 401


def test_tokens_that_were_granted_are_the_only_ones_where_they_are_known() -> None:
    check_credentials(headers(Authorization="Bearer one"), "secret", {"one"})
    with pytest.raises(Refusal):
        check_credentials(headers(Authorization=f"Bearer {JWT}"), "secret", {"one"})


def test_a_refusal_says_why_twice() -> None:
    response = refusal(429, "Too many requests").response("some-id")
    assert response.status == 429
    assert response.headers["dg-error"] == "Too many requests"
    assert response.headers["dg-request-id"] == "some-id"
    assert json.loads(response.text or "") == {
        "err_code": "Too Many Requests",
        "err_msg": "Too many requests",
        "request_id": "some-id",
    }
