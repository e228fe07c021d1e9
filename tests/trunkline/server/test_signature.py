"""Twilio's requests are let through, under whatever name a proxy calls us, and no others."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import MultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from trunkline.errors import RequestRefused
from trunkline.server.signature import Gatekeeper
from trunkline.server.twiml import LIMITS

TOKEN = "12345"
FORM = {"CallSid": "CA1", "From": "+14158675309", "To": "+18005551212", "Empty": ""}


def request(
    url: str, *, form: dict[str, str] | None = None, path: str = "/twilio/voice", **headers: str
) -> web.Request:
    signature = RequestValidator(TOKEN).compute_signature(url, form or {})
    given: dict[str, Any] = {"Host": "inner:8080", "X-Twilio-Signature": signature}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return make_mocked_request("GET" if form is None else "POST", path, headers=given)


@pytest.mark.parametrize(
    ("public", "url", "headers"),
    [
        ("https://voice.example.com", "https://voice.example.com/twilio/voice", {}),
        (None, "http://inner:8080/twilio/voice", {}),
        (
            None,
            "https://edge.example.com/twilio/voice",
            {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "edge.example.com"},
        ),
        (None, "https://inner:8080/twilio/voice", {"X_Forwarded_Proto": "https, http"}),
        ("https://voice.example.com:443", "https://voice.example.com/twilio/voice", {}),
        (None, f"http://inner:8080/twilio/voice{LIMITS}", {}),
    ],
)
def test_a_webhook_is_known_by_any_of_our_names(
    public: str | None, url: str, headers: dict[str, str]
) -> None:
    Gatekeeper(TOKEN, public).check(request(url, form=FORM, **headers), MultiDict(FORM))


def test_the_documented_vector_passes() -> None:
    # Twilio's own example; the host is signed as it is written.
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    signed = make_mocked_request(
        "POST",
        "/myapp.php?foo=1&bar=2",
        headers={"Host": "x", "X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
    )
    Gatekeeper(TOKEN, "https://mycompany.com").check(signed, MultiDict(form))


@pytest.mark.parametrize("scheme", ["wss", "ws", "https"])
def test_a_handshake_is_known_by_the_url_of_the_twiml(scheme: str) -> None:
    url = f"{scheme}://voice.example.com/twilio/media"
    handshake = request(url, path="/twilio/media", Upgrade="websocket")
    Gatekeeper(TOKEN, "https://voice.example.com").check(handshake)


@pytest.mark.parametrize("change", [{"From": "+19999999999"}, {"Extra": "1"}])
def test_a_changed_form_is_refused(change: dict[str, str]) -> None:
    url = "https://voice.example.com/twilio/voice"
    with pytest.raises(RequestRefused, match="does not fit"):
        Gatekeeper(TOKEN, "https://voice.example.com").check(
            request(url, form=FORM), MultiDict({**FORM, **change})
        )


def test_another_token_is_refused() -> None:
    url = "https://voice.example.com/twilio/voice"
    with pytest.raises(RequestRefused, match="TWILIO_AUTH_TOKEN"):
        Gatekeeper("other", "https://voice.example.com").check(request(url, form=FORM), MultiDict(FORM))


def test_a_missing_signature_is_refused() -> None:
    bare = make_mocked_request("POST", "/twilio/voice", headers={"Host": "x"})
    with pytest.raises(RequestRefused, match="only Twilio"):
        Gatekeeper(TOKEN).check(bare, MultiDict(FORM))


@pytest.mark.parametrize(
    ("public", "expected"),
    [
        ("https://voice.example.com", "wss://voice.example.com/twilio/media"),
        (None, "ws://inner:8080/twilio/media"),
    ],
)
def test_the_stream_connects_where_the_webhook_came(public: str | None, expected: str) -> None:
    bare = make_mocked_request("POST", "/twilio/voice", headers={"Host": "inner:8080"})
    assert Gatekeeper(TOKEN, public).stream_url(bare, "/twilio/media") == expected
