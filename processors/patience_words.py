"""What a caller spells out: digits, letters and addresses in the words of a transcript. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Literal

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
OTHER_DIGITS = ("oh", "o", "nought", "null")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
REPEATED = {"double": 2, "triple": 3}
BETWEEN = frozenset(
    {"dash", "hyphen", "minus", "and", "then", "uh", "um", "area", "code", "extension", "plus"}
)
"""Words between the digits of a number."""

FILLERS = frozenset({"uh", "um", "er", "erm", "hmm", "well", "like"})

VALUES = frozenset(
    {"number", "card", "account", "phone", "code", "extension", "address", "email", "mail", "name", "surname"}
    | {"birthday", "zip", "postcode"}
)
"""Nouns behind which, with "is" or nothing, something is about to be said."""

NEVER_LAST = frozenset(
    {"and", "or", "but", "because", "the", "a", "an", "my", "your", "our", "to", "for", "with", "of", "from"}
    | {"if", "than", "double", "triple", "dash", "hyphen", "underscore"}
)
"""Words on which no sentence ends; what else may end one is left to the detector."""

LEADS = frozenset({("tell", "me"), ("let", "me"), ("let", "us"), ("show", "me"), ("do", "i"), ("can", "i")})
"""Two words with which a request begins: what is wanted follows."""

DOMAINS = frozenset({"gmail", "yahoo", "hotmail", "outlook", "icloud", "aol", "proton", "protonmail"})
ENDINGS = frozenset(
    {"com", "org", "net", "edu", "gov", "info", "biz", "io", "de", "uk", "us", "ca", "eu", "fr", "es", "it"}
    | {"nl", "ch", "at", "be", "ie", "in", "au", "nz", "me", "tv", "app", "dev", "ai"}
)
"""What the last part of an address is; "co" goes on."""

SPELLED_OUT = re.compile(r"^(?:[a-z]-)+[a-z]$")
"""Letters as recognisers write them: S-M-I-T-H."""


def words_of(text: str) -> list[str]:
    """A transcript's words, without capitals and the punctuation that a recogniser adds."""
    words: list[str] = []
    for word in text.lower().replace("’", "'").split():
        bare = word.strip(".,?!;:()\"'")
        if SPELLED_OUT.match(bare):
            words += bare.split("-")
        elif bare:
            words.append(bare)
    return words


def digits_of(words: Sequence[str]) -> int:
    """How many digits were said in all."""
    return sum(_counts(words))


def number_at_end(words: Sequence[str]) -> int:
    """How many digits the number has on which the words end, if it was said digit by digit; else 0."""
    tail = _tail(words)
    counts = [count for count in _counts(tail) if count]
    # "Twelve" and "2026" are said in one; nobody waits for the rest of a year, a price or a time of day.
    one_by_one = len(counts) > 2 or (len(counts) > 1 and max(counts) > 2) or counts == [3]
    return sum(counts) if one_by_one else 0


def begins_number(words: Sequence[str]) -> bool:
    """Whether the words end on the first digits of a number that was announced: "my number is five five"."""
    tail = _tail(words)
    before = words[: len(words) - len(tail)]
    announced = bool(before) and before[-1] in ("is", "it's", "in") and not VALUES.isdisjoint(before)
    return announced and 0 < sum(_counts(tail)) < 3


def letters_at_end(words: Sequence[str]) -> int:
    """How many letters the words end on, spelled one by one; "s as in Sam" is one."""
    count, rest = 0, list(words)
    while rest:
        if len(rest) >= 4 and rest[-3:-1] in (["as", "in"], ["like", "in"]) and _is_letter(rest[-4]):
            del rest[-4:]
        elif len(rest) >= 3 and rest[-2] == "for" and _is_letter(rest[-3]):
            del rest[-3:]
        elif _is_letter(rest[-1]):
            rest.pop()
        elif rest[-1] in REPEATED or rest[-1] in FILLERS:
            rest.pop()
            continue
        else:
            break
        count += 1
    return count


def is_address(words: Sequence[str]) -> bool:
    """Whether the words end on a whole e-mail address."""
    if not words:
        return False
    if "@" in words[-1]:
        return _ends_well(words[-1].partition("@")[2].split("."))
    domain = _domain(words)
    return domain is not None and _ends_well(domain)


def address_wants_more(words: Sequence[str], *, asked: bool) -> bool:
    """Whether the words end within an e-mail address.

    Args:
        words: what was said.
        asked: whether an address is expected, so that any "at" belongs to one.
    """
    if not words or is_address(words):
        return False
    if words[-1] in ("dot", "underscore") or words[-1].endswith("@"):
        return True
    if "@" in words[-1]:
        return True
    domain = _domain(words)
    if domain is not None and (asked or set(domain) & DOMAINS or "." in domain):
        return True
    return asked and (words[-1] == "at" or "dot" in words)


def expects_more(words: Sequence[str]) -> Literal["value", "word"] | None:
    """What must follow: a value that was announced ("my number is"), or any word ("and")."""
    rest = list(words)
    while rest and rest[-1] in FILLERS:
        rest.pop()
    if not rest:
        return "word" if words else None
    is_last = rest[-1] in ("is", "it's", "that's", "are")
    if rest[-1] in ("it's", "that's") or (is_last and len(rest) > 1 and rest[-2] in (*VALUES, "it", "that")):
        return "value"
    if rest[-1] in VALUES and len(rest) > 1 and rest[-2] in ("the", "my", "number", "mail", "e-mail"):
        return None
    leads = rest[-1] in NEVER_LAST or tuple(rest[-2:]) in LEADS
    return "word" if leads or len(rest) < len(words) else None


def _tail(words: Sequence[str]) -> list[str]:
    """The number on which the words end, with what is said between its digits."""
    part = takewhile(lambda word: _digits(word) or word in BETWEEN or word in REPEATED, reversed(words))
    return list(part)[::-1]


def _counts(words: Sequence[str]) -> Iterator[int]:
    """Digits of each word; a doubled one counts twice, and "twenty five" is two, not three."""
    times, before = 1, ""
    for word in words:
        if word in REPEATED:
            times = REPEATED[word]
            continue
        count = _digits(word)
        follows_tens = before in TENS and word in ONES[1:]
        yield 0 if follows_tens else count * times
        times, before = 1, word


def _digits(word: str) -> int:
    """Digits in one word."""
    if word in ONES or word in OTHER_DIGITS:
        return 1
    if word in TEENS or word in TENS or word == "hundred":
        return 2
    bare = word.translate(_PUNCTUATION)
    return len(bare) if bare.isdigit() else 0


def _domain(words: Sequence[str]) -> list[str] | None:
    """What was said behind the last "at", as the parts of a domain."""
    if "at" not in words:
        return None
    place = len(words) - 1 - list(reversed(words)).index("at")
    said = words[place + 1 :]
    parts: list[str] = []
    for word in said:
        parts += ["."] if word == "dot" else word.replace(".", " . ").split()
    return parts if len(parts) <= 7 else None


def _ends_well(parts: Sequence[str]) -> bool:
    named = [part for part in parts if part != "."]
    return len(named) > 1 and parts[-1] in ENDINGS


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


_PUNCTUATION = str.maketrans("", "", "-+()./")
