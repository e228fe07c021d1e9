"""Card numbers: what they look like, and the check digit that nearly all others fail. Pure."""

SHORTEST, LONGEST = 13, 19
"""Digits (ISO/IEC 7812)."""

ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4, 4, (13, 16, 19)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),
    (6011, 6011, (16, 19)),  # Discover
    (644, 659, (16, 19)),
    (3528, 3589, (16, 19)),  # JCB
    (300, 305, (14,)),  # Diners Club
    (36, 36, (14,)),
    (38, 39, (14,)),
    (62, 62, (16, 17, 18, 19)),  # UnionPay
    (50, 50, (16, 18, 19)),  # Maestro
    (56, 58, (16, 18, 19)),
)
"""First digits, from and to, and how many digits there are in all."""


def passes_check(digits: str) -> bool:
    """Whether the last digit is what the others make it (Luhn, ISO/IEC 7812-1 annex B)."""
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    total = sum(map(int, digits[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)
    return total % 10 == 0


def is_issued(digits: str) -> bool:
    """Whether some issuer's cards begin so, and are so long."""
    return any(
        first <= int(digits[: len(str(first))]) <= last and len(digits) in lengths
        for first, last, lengths in ISSUERS
        if len(digits) >= SHORTEST
    )


def resembles(digits: str) -> bool:
    """Whether they are an issuer's, though one of them may be misheard, left out or said twice."""
    return len(digits) > SHORTEST and any(
        first <= int(digits[: len(str(first))]) <= last and any(abs(len(digits) - n) <= 1 for n in lengths)
        for first, last, lengths in ISSUERS
    )


def may_begin(digits: str) -> bool:
    """Whether a card number may begin with these digits."""
    return any(
        int(str(first)[: len(digits)]) <= int(digits[: len(str(first))]) <= int(str(last)[: len(digits)])
        for first, last, _ in ISSUERS
    )


def holds_card(digits: str) -> bool:
    """Whether there is a card number in these digits: alone, or an issuer's among others."""
    if len(digits) < SHORTEST:
        return False
    if len(digits) <= LONGEST and passes_check(digits) and len(set(digits)) > 1:
        return True
    return any(
        is_issued(part) and passes_check(part)
        for length in (16, 15, 14)
        for start in range(len(digits) - length + 1)
        if (part := digits[start : start + length])
    )
