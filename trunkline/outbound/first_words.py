"""What the first words on a call tell of who is there: somebody who asks who calls, or a recording.

Phrases, no model: they are heard in the same few wordings all over the country, and a wrong guess costs one
sentence. English; in other languages the carrier's detection decides alone.
"""

import re

WHO_CALLS = (
    r"who('s| is| am i| are) (this|calling|speaking|you|there|it)",
    r"who (may|can|shall|should) i (say|tell)",
    r"may i (ask|say|know|tell \w+) who",
    r"what('s| is) (this|it|your call) (about|regarding|concerning|in regard)",
    r"(say|record|state|tell me) your name",
    r"your name and (the )?(reason|why)",
    r"reason for (your call|calling)",
    r"why you('re| are) calling",
    r"call screening|screening service",
)
"""A person, an assistant or a telephone that screens calls (iOS, Google) asks."""

HOLD_ON = (
    r"(please )?(stay on|hold) the line",
    r"please (hold|wait|stand by)",
    r"(one|just a|a|hold on a) (moment|minute|second)",
    r"hold on",
    r"(connecting|transferring) you",
    r"(checking|i'?ll (see|check|find out)) (if|whether)",
)
"""Somebody else comes to the telephone."""

RECORDING = (
    r"(?<!can i )(?<!may i )(?<!could i )leave (me |us )?(a |an |your |the )?(\w+ )?(message|name|number)",
    r"(after|at|wait for) the (beep|tone|signal)",
    r"(can'?t|cannot|can not|unable to|not able to) (come|get|take|answer|make it)\b.{0,12}\b(phone|call)",
    r"(is|am|are|i'm|we're) (not available|unavailable|away from|currently closed)",
    r"voice ?mail|mailbox|answering (machine|service)",
    r"you('ve| have) reached",
    r"press (one|two|pound|1|2|#)",
    r"record your message",
)
"""Nobody is there."""


def _any(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{phrase})" for phrase in phrases), re.IGNORECASE)


_WHO_CALLS, _HOLD_ON, _RECORDING = _any(WHO_CALLS), _any(HOLD_ON), _any(RECORDING)


def ask_who_calls(words: str) -> bool:
    """Whether somebody, or a telephone, wants to know who calls before anybody comes to speak."""
    return bool(_WHO_CALLS.search(_plain(words)))


def ask_to_wait(words: str) -> bool:
    """Whether somebody else is being fetched."""
    return bool(_HOLD_ON.search(_plain(words)))


def are_recorded(words: str) -> bool:
    """Whether it is an answering machine that speaks."""
    return bool(_RECORDING.search(_plain(words))) and not ask_who_calls(words)


def _plain(words: str) -> str:
    return words.replace("’", "'")
