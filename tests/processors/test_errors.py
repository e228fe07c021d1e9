"""A vendor's error says who erred, what was found and what to do, and whether trying again is pointless."""

import pytest

from processors.errors import (
    VendorBusy,
    VendorError,
    VendorProtocolError,
    VendorRefused,
    VendorUnavailable,
    refusal,
)


def test_the_sentence_names_vendor_finding_and_remedy() -> None:
    error = VendorError("Deepgram", "answered 401", "check DEEPGRAM_API_KEY")
    assert str(error) == "Deepgram answered 401; check DEEPGRAM_API_KEY"
    assert str(VendorError("Deepgram", "fell silent")) == "Deepgram fell silent"


@pytest.mark.parametrize(
    ("status", "kind", "permanent"),
    [
        (400, VendorRefused, True),
        (401, VendorRefused, True),
        (403, VendorRefused, True),
        (404, VendorRefused, True),
        (429, VendorBusy, False),
        (500, VendorUnavailable, False),
        (503, VendorUnavailable, False),
    ],
)
def test_a_status_becomes_the_error_that_it_means(
    status: int, kind: type[VendorError], permanent: bool
) -> None:
    error = refusal("Aura", status, "because", "check the key")
    assert type(error) is kind
    assert error.permanent is permanent
    assert str(status) in str(error)
    assert "because" in str(error)
    assert ("check the key" in str(error)) is (kind is VendorRefused)


def test_every_kind_is_a_vendors_error() -> None:
    for kind in (VendorRefused, VendorBusy, VendorUnavailable, VendorProtocolError):
        assert issubclass(kind, VendorError)
