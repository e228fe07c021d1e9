"""How long a written word takes to say, compared with others: by its syllables and consonants.

Rough on purpose, and without a dictionary: the pauses of the audio correct what adds up over a phrase. Tuned
on English; vowels are counted alike in every language in Latin letters. Numbers are longer than they are
written.
"""

import re
import unicodedata
from functools import lru_cache

WORD, SYLLABLE, CONSONANT = 0.09, 0.09, 0.027
"""Seconds: of any word, of each of its syllables, of each of its consonants."""

CARDINAL_SYLLABLE, DIGIT_SYLLABLE = 0.18, 0.28
"""Seconds of a syllable in a number, and in digits that are read one by one, with care."""

SIGN = 0.36
"""Seconds of "dollars", "per cent" and the like."""

CENTS = 0.4
"""Seconds that an amount with decimals takes longer than a number with them."""

LIGHT = 0.065
"""Seconds that a word takes less which is never stressed."""

LIGHT_WORDS = frozenset(
    word
    for words in (
        "a an and are as at be but can for from have in is it of on or that the to was we will with you your",
        "al con de del el en la las los por que se su un una y",
        "der das dem den die ein eine ist im mit und von zu",
        "au aux du et la le les pour que qui sur un une vous",
        "de een en het in is op te van voor",
        "di il lo per è",
    )
    for word in words.split()
)
"""In English, Spanish, German, French, Dutch and Italian."""

LETTER = 0.2
"""Seconds of a letter that is read as one."""

IDEOGRAPH = 0.18
"""Seconds of a character of Chinese, Japanese or Korean."""

_DIGITS = (2, 1, 1, 1, 1, 1, 1, 2, 1, 1)  # zero, one, two, ...
_TEENS = (1, 3, 1, 2, 2, 2, 2, 3, 2, 2)  # ten, eleven, twelve, ...
_SCALES = ((10**9, 2), (10**6, 2), (1000, 2), (100, 2))  # billion, million, thousand, hundred
_SIGNS = re.compile("[$€£%&@+°#]")

_NUMBER = re.compile(r"(\d[\d.,:/\-–]*\d|\d)(?:st|nd|rd|th)?")
_DECIMAL = re.compile(r"(\d{1,3}(?:[,.]\d{3})*|\d+)[.,](\d{1,2})")
_LETTER_RUN = re.compile(r"[^\W\d_]+")
_VOWELS = re.compile(r"[aeiouyœæø]+")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

LONGEST_CARDINAL = 4
"""Digits up to which a bare number is read as one number; longer ones are read digit by digit."""


@lru_cache(maxsize=4096)
def spoken_length(word: str) -> float:
    """Seconds that the word takes at an ordinary pace; punctuation around it takes none."""
    signs = len(_SIGNS.findall(word))
    seconds = SIGN * signs
    for number in _NUMBER.findall(word):
        seconds += _number(number) + (CENTS if signs and "." in number else 0.0)
    seconds += sum(map(_letters, _LETTER_RUN.findall(_NUMBER.sub(" ", word))))
    return WORD + seconds if seconds else 0.0


def _letters(run: str) -> float:
    """Seconds of a run of letters."""
    if ideographs := len(_IDEOGRAPH.findall(run)):
        return IDEOGRAPH * ideographs
    lower = run.lower()
    if run.isupper() and 1 < len(run) <= 5 and (len(run) <= 3 or not _VOWELS.search(lower)):
        return sum(LETTER * (3 if letter == "w" else 1) for letter in lower)
    plain = "".join(c for c in unicodedata.normalize("NFD", lower) if not unicodedata.combining(c))
    vowels = _VOWELS.findall(plain)
    syllables = len(vowels)
    if syllables > 1 and plain.endswith("e") and not plain.endswith("le"):
        syllables -= 1  # silent in English and French, weak in German and Dutch
    consonants = len(plain) - sum(map(len, vowels))
    light = LIGHT if lower in LIGHT_WORDS else 0.0
    return SYLLABLE * max(1, syllables) + CONSONANT * consonants - light


def _number(written: str) -> float:
    """Seconds of a number."""
    groups = re.findall(r"\d+", written)
    if ":" in written:
        return CARDINAL_SYLLABLE * sum(_cardinal(int(group)) if int(group) else 1 for group in groups)
    if "," in written and all(len(group) == 3 for group in re.split(r"[,.]", written)[1:]):
        return CARDINAL_SYLLABLE * _cardinal(int("".join(groups)))
    if decimal := _DECIMAL.fullmatch(written):
        whole = CARDINAL_SYLLABLE * (1 + _cardinal(int(re.sub(r"\D", "", decimal[1]))))
        return whole + CARDINAL_SYLLABLE * _cardinal(int(decimal[2]))
    if len(groups) > 1 or len(written) > LONGEST_CARDINAL or (written[0] == "0" and len(written) > 1):
        return sum(map(_digit_by_digit, groups))
    return CARDINAL_SYLLABLE * _cardinal(int(written))


def _digit_by_digit(digits: str) -> float:
    return DIGIT_SYLLABLE * sum(_DIGITS[int(digit)] for digit in digits)


def _cardinal(number: int) -> int:
    if number < 10:
        return _DIGITS[number]
    if number < 20:
        return _TEENS[number - 10]
    if number < 100:
        tens, ones = divmod(number, 10)
        return (3 if tens == 7 else 2) + (_DIGITS[ones] if ones else 0)
    for size, syllables in _SCALES:
        if number >= size:
            many, rest = divmod(number, size)
            return _cardinal(many) + syllables + (_cardinal(rest) if rest else 0)
    return 0
