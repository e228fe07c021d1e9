"""The words that callers say numbers with."""

from collections.abc import Sequence

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
REPEATED = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
PLURALS = {"zeros": "0", "zeroes": "0", "ohs": "0", "sixes": "6"} | {
    f"{word}s": str(digit) for digit, word in enumerate(ONES) if digit
}
"""As in "four ones"."""

SOUNDS_LIKE = {"for": "4", "to": "2", "too": "2", "ate": "8", "won": "1", "oh": "0", "o": "0"}
"""What a recogniser may write instead, between two digits."""

DIGITS = {
    "en": {word: str(digit) for digit, word in enumerate(ONES)} | {"nought": "0", "naught": "0"},
    "es": {"cero": "0", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6"}
    | {"siete": "7", "ocho": "8", "nueve": "9"},
    "fr": {"zéro": "0", "un": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6"}
    | {"sept": "7", "huit": "8", "neuf": "9"},
    "de": {"null": "0", "eins": "1", "zwei": "2", "zwo": "2", "drei": "3", "vier": "4", "fünf": "5"}
    | {"sechs": "6", "sieben": "7", "acht": "8", "neun": "9"},
    "it": {"zero": "0", "uno": "1", "due": "2", "tre": "3", "quattro": "4", "cinque": "5", "sei": "6"}
    | {"sette": "7", "otto": "8", "nove": "9"},
    "pt": {"zero": "0", "um": "1", "dois": "2", "três": "3", "quatro": "4", "cinco": "5", "seis": "6"}
    | {"meia": "6", "sete": "7", "oito": "8", "nove": "9"},
    "nl": {"nul": "0", "een": "1", "twee": "2", "drie": "3", "vier": "4", "vijf": "5", "zes": "6"}
    | {"zeven": "7", "acht": "8", "negen": "9"},
}
"""Digits said one by one; tens and hundreds are known of English alone."""

ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"),
    *("eighteenth", "nineteenth", "twentieth"),
)
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)

FILLERS = frozenset(
    {"and", "then", "uh", "um", "er", "erm", "hmm", "mhm", "huh", "okay", "ok", "yeah", "yes", "right", "so"}
    | {"now", "next", "sorry", "no", "wait", "dash", "hyphen", "minus", "slash", "space", "comma", "dot"}
    | {"i", "mean", "pressed"}
)
"""Words between the digits of one number."""

UNITS = frozenset(
    {
        "dollars",
        "dollar",
        "cents",
        "euros",
        "euro",
        "pounds",
        "bucks",
        "percent",
        "o'clock",
        "am",
        "pm",
        "a.m",
    }
    | {"minutes", "minute", "hours", "hour", "seconds", "second", "sec", "days", "day", "weeks", "week"}
    | {"months", "month", "years", "year", "times", "people", "persons", "moment", "more", "thing", "miles"}
    | {"degrees", "items", "adults", "children", "kids", "thousand", "million", "hundred", "street"}
)
"""Behind a number, they tell that it counts something."""


def digits_of(languages: Sequence[str]) -> dict[str, str]:
    """Words of single digits in some languages (tags); English is always understood."""
    found = dict(DIGITS["en"])
    for tag in languages:
        found |= DIGITS.get(tag.lower().split("-")[0].split("_")[0], {})
    return found
