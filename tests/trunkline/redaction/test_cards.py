"""What card numbers look like."""

import pytest

from trunkline.redaction.cards import holds_card, is_issued, may_begin, passes_check, resembles

REAL = ["4111111111111111", "5555555555554444", "378282246310005", "6011111111111117", "30569309025904"]


@pytest.mark.parametrize("digits", REAL)
def test_the_vendors_test_cards_are_cards(digits: str) -> None:
    assert passes_check(digits)
    assert is_issued(digits)
    assert holds_card(digits)
    assert holds_card(f"12{digits}9")
    assert all(may_begin(digits[:length]) for length in range(1, 7))


@pytest.mark.parametrize(
    "digits", ["4111111111111112", "1234567890123456", "0000000000000000", "411111111111"]
)
def test_other_numbers_are_none(digits: str) -> None:
    assert not holds_card(digits)


def test_one_digit_too_many_or_too_few_is_no_way_out() -> None:
    assert resembles("411111111111111")
    assert resembles("41111111111111111")
    assert not resembles("94001118995612345")
    assert not may_begin("99")
    assert not passes_check("4111111111111112")
