"""How long a caller is waited for who may not have finished: numbers, spelled names, addresses.

Pure: words in, seconds out. A detector hears a pause; only the words tell that "five five five" goes on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from processors.patience_words import (
    address_wants_more,
    begins_number,
    digits_of,
    expects_more,
    is_address,
    letters_at_end,
    number_at_end,
    words_of,
)

Kind = Literal["digits", "name", "email"]
"""What a caller may be expected to say."""

MOST_SILENCE = 4.0
"""Seconds of silence after the last word after which a turn is over, whatever was said."""

EXPECTED_DIGITS = 3.0
"""Seconds that a caller has for the next digits of a number that was asked for."""

EXPECTED_LETTERS = 2.0
"""Seconds that a caller has for the next letter of a name that was asked for."""

EXPECTED_ADDRESS = 3.0
"""Seconds that a caller has for the rest of an address that was asked for, or has been begun."""

ANNOUNCED = 3.0
"""Seconds after words that announce something: "my number is"."""

UNASKED_DIGITS = 1.8
"""Seconds after what looks like part of a number that nobody asked for."""

UNASKED_WHOLE = 1.0
"""Seconds after what may be all of a number, and may be part of a longer one."""

UNASKED_LETTERS = 1.5
"""Seconds after letters that nobody asked for."""

UNFINISHED = 1.2
"""Seconds after a word on which no sentence ends, or a comma."""

PARTIAL = frozenset({3, 5, 6, 8, 9})
"""Digits said one by one that look like part of a number."""

MAYBE_WHOLE = frozenset({4})
"""Digits that may be all of it: a code, or the first part of a card."""

LAST_PART = frozenset({"ends", "ending", "last", "final"})
"""Words by which a caller says that there are no more."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the caller was asked for.

    Raises:
        ValueError: nobody can be expected to say that; says what can be.
    """

    kind: Kind
    n: int | None = None
    """How many digits; None if they may be any number."""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(
                f"a call cannot expect {self.kind!r}; expected 'digits', 'name', 'email' or None"
            )
        if self.n is not None and (self.kind != "digits" or self.n < 1):
            raise ValueError(f"a call cannot expect {self.n} of {self.kind!r}; n is for digits, 1 or more")


def silence(text: str, expected: Expectation | None = None) -> float:
    """Seconds of silence behind the last word that the caller is to have; 0 leaves it to the detector."""
    words = words_of(text)
    if not words or is_complete(text, expected):
        return 0.0
    comma = UNFINISHED if text.rstrip().endswith(",") else 0.0
    return min(MOST_SILENCE, max(comma, *(rule(words, expected) for rule in RULES)))


def is_complete(text: str, expected: Expectation | None) -> bool:
    """Whether all that was asked for has been said, so that nobody need wait for a pause."""
    if expected is None:
        return False
    if expected.kind == "digits":
        return expected.n is not None and digits_of(words_of(text)) >= expected.n
    return expected.kind == "email" and is_address(words_of(text))


def is_part(text: str, expected: Expectation) -> bool:
    """Whether a caller has begun to say what was asked for."""
    words = words_of(text)
    if expected.kind == "digits":
        return digits_of(words) > 0
    return is_address(words) if expected.kind == "email" else bool(words)


def _announced(words: Sequence[str], _: Expectation | None) -> float:
    match expects_more(words):
        case "value":
            return ANNOUNCED
        case "word":
            return UNFINISHED
    return 0.0


def _digits(words: Sequence[str], expected: Expectation | None) -> float:
    if expected is not None and expected.kind == "digits":
        return EXPECTED_DIGITS if digits_of(words) else 0.0
    said = number_at_end(words)
    if said in MAYBE_WHOLE and not LAST_PART.isdisjoint(words):
        return 0.0
    if begins_number(words):
        return UNASKED_DIGITS
    return UNASKED_DIGITS if said in PARTIAL else UNASKED_WHOLE if said in MAYBE_WHOLE else 0.0


def _letters(words: Sequence[str], expected: Expectation | None) -> float:
    if letters_at_end(words) < 2:
        return 0.0
    asked = expected is not None and expected.kind in ("name", "email")
    return EXPECTED_LETTERS if asked else UNASKED_LETTERS


def _address(words: Sequence[str], expected: Expectation | None) -> float:
    asked = expected is not None and expected.kind == "email"
    return EXPECTED_ADDRESS if address_wants_more(words, asked=asked) else 0.0


RULES: tuple[Callable[[Sequence[str], Expectation | None], float], ...] = (
    _announced,
    _digits,
    _letters,
    _address,
)


class Patience:
    """What one call's caller is expected to say, and how long he is waited for."""

    def __init__(self) -> None:
        self._expected: Expectation | None = None
        self.changed: Callable[[Expectation | None], None] = lambda _: None
        """Told what is expected from here on."""

    @property
    def expected(self) -> Expectation | None:
        return self._expected

    @expected.setter
    def expected(self, expected: Expectation | None) -> None:
        if expected != self._expected:
            self._expected = expected
            self.changed(expected)

    def tells(self, changed: Callable[[Expectation | None], None]) -> None:
        """Tell one more of what is expected."""
        before = self.changed

        def both(expected: Expectation | None) -> None:
            before(expected)
            changed(expected)

        self.changed = both

    def silence(self, text: str) -> float:
        """Seconds of silence behind the last word that the caller is to have."""
        return silence(text, self._expected)

    def is_complete(self, text: str) -> bool:
        """Whether all that was asked for has been said."""
        return is_complete(text, self._expected)

    def turn_over(self, text: str) -> None:
        """A turn is over. If the caller has answered, nothing more is expected."""
        if self._expected is not None and is_part(text, self._expected):
            self.expected = None
