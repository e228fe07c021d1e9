"""Signatures are Twilio's."""

import pytest
from multidict import MultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from trunkline.sandbox.telephone.signing import Signer

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"

PARAMS = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL.replace("mycompany", "MyCompany"), "g9IN/x4Cft2g517EjYvEvM/W7LU="),
    ],
)
def test_the_known_vectors(url: str, signature: str) -> None:
    assert Signer("12345").sign(url, PARAMS) == signature


def test_repeated_values_collapse() -> None:
    params = MultiDict({"Sid": "CA123", "SidAccount": "AC123", "Digits": "5678"})
    params.extend([("Digits", "1234"), ("Digits", "1234")])
    assert Signer("12345").sign(URL, params) == "IK+Dwps556ElfBT0I3Rgjkr1wJU="


def test_a_stream_is_signed_over_its_url_alone() -> None:
    signature = Signer("12345").sign("wss://example.com/media", {})
    assert RequestValidator("12345").validate("wss://example.com/media", {}, signature)
    assert not RequestValidator("12345").validate("https://example.com/media", {}, signature)


def test_a_forgery_does_not_validate_and_a_missing_signature_is_missing() -> None:
    forged = Signer("12345").sign(URL, PARAMS, "forged")
    assert forged is not None
    assert not RequestValidator("12345").validate(URL, PARAMS, forged)
    assert Signer("12345").sign(URL, PARAMS, "missing") is None


def test_the_token_is_not_printed() -> None:
    assert "12345" not in repr(Signer("12345"))
