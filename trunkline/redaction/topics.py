"""What a number is said to be: words that announce one, and those that lead from there to it. Pure."""

import re
from dataclasses import dataclass

from trunkline.redaction.number_words import FILLERS

ANNOUNCED = re.compile(
    r"(?P<code>\b(?:cvv2?|cvc2?|c v v|c v c|security code|card code|code on the (?:back|front))\b"
    r"|\b(?:three|four|3|4)[ -]digits? (?:code )?on (?:the|your) (?:back|front|reverse)[^?.]*)"
    r"|(?P<other>\b(?:card|visa|mastercard|amex|it) (?:ends?|ending|that ends|which ends) (?:in|with)\b"
    r"|\blast (?:four|4)(?: digits)?(?: of| on)(?: my| the| your)? (?:credit |debit )?card\b"
    r"|\b(?:phone|telephone|cell|cellphone|mobile|fax|(?:call|text|ring) (?:me|us|you|him|her|back)"
    r"|call ?back|to call|dial|dialed|reach|best number|order|tracking|reference|confirmation|booking|invoice"
    r"|zip|post ?code|postal|account|member|membership|policy|extension|address|flight|room|pin|case|ticket"
    r"|serial|routing|appointment|code was|locker|gate|seat|how (?:many|old|much|long|tall))\b)"
    r"|(?P<ssn>\bsocial security(?: number)?\b|\bsocial\b(?! (?:media|worker|club))|\bssn\b|\bs s n\b)"
    r"|(?P<birth>\bdate of birth\b|\bbirth ?dates?\b|\bbirthdays?\b|\bborn(?: on| in)?\b|\bd\.?o\.?b\b)"
    r"|(?P<card>\b(?:credit|debit|bank|gift) card(?: number)?\b|\bcard(?: number)?\b|\bvisa\b"
    r"|\bmaster ?card\b|\bamex\b|\bamerican express\b|\bnumber on the (?:front|card)\b"
    r"|\b(?:sixteen|16)[ -]digits?(?: number)?|\blong number\b)",
    re.IGNORECASE,
)

GOES_ON = re.compile(
    r"\b(?:digits?|numbers?|next|rest|remaining|go (?:on|ahead)|continue|and then|repeat)\b", re.I
)
"""In a question, it asks for more of the same."""

LEADS = FILLERS | frozenset(
    {
        "is",
        "it",
        "it's",
        "its",
        "that",
        "that's",
        "thats",
        "my",
        "the",
        "a",
        "are",
        "be",
        "would",
        "will",
        "of",
    }
    | {
        "of",
        "number",
        "numbers",
        "sure",
        "please",
        "thanks",
        "thank",
        "you",
        "well",
        "let",
        "me",
        "see",
        "here",
    }
    | {
        "get",
        "hold",
        "on",
        "one",
        "moment",
        "second",
        "just",
        "ready",
        "goes",
        "was",
        "first",
        "last",
        "four",
    }
    | {"three", "digits", "long", "oh", "ah", "all", "course", "go", "ahead", "starts", "with", "hi"}
    | {"front", "back", "card", "credit", "debit", "expires", "begins", "think", "i'm", "security", "social"}
    | {
        "reads",
        "says",
        "for",
        "this",
        "visa",
        "mastercard",
        "amex",
        "yep",
        "yup",
        "alright",
        "son's",
        "wife's",
    }
)
"""Words between an announcement and its number."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """The kind of number that comes, and where it was said."""

    kind: str
    start: int
    end: int


LABEL = re.compile(r"\[[^\]]*\]")
"""What stands for something that was left out announces nothing."""


def announcements(text: str) -> list[Announcement]:
    """Those of a text, in order."""
    text = LABEL.sub(lambda found: "_" * len(found[0]), text)
    return [Announcement(found.lastgroup or "", *found.span()) for found in ANNOUNCED.finditer(text)]


def changes_the_subject(text: str) -> bool:
    """Whether the agent asks for something else, in a text that announces nothing."""
    return "?" in text and len(text.split()) > 4 and GOES_ON.search(text) is None
