"""What a caller hears of the carrier when nothing of ours goes on with the call."""

from collections.abc import Mapping

from trunkline.fallback import Voicemail
from trunkline.life import ABANDONED, Outcome
from trunkline.line import Line
from trunkline.overflow import DialOverflow, SayAndHangUp, overflow_number
from trunkline.server import twiml

TALKED = {"completed", "answered"}
"""``DialCallStatus`` of a number that answered (Twilio: TwiML Dial)."""

LEFT_ALONE = {"failed", ABANDONED.kind}
"""Outcomes with which nobody of ours has said goodbye, as long as there are last words to be said."""


def fall_back(line: Line, last_words: str = "") -> str:
    """The line's fallback.

    Args:
        line: which says.
        last_words: where the line says nothing else; its apology if there are none.
    """
    match line.fallback:
        case Voicemail():
            return twiml.voicemail(line.fallback, line.language)
        case DialOverflow() | SayAndHangUp():
            return twiml.refuse(line.fallback, line.language)
        case _:
            return twiml.hang_up(last_words or line.apology, line.language)


def ended(outcome: Outcome, line: Line | None, form: Mapping[str, str]) -> str:
    """For a call that has an outcome, whose stream or dial has ended."""
    if line is None:
        return twiml.hang_up(outcome.last_words)
    if "DialCallStatus" in form:
        overflow = line.fallback if isinstance(line.fallback, DialOverflow) else None
        return after_dial(form, line, overflow)
    if outcome.kind in LEFT_ALONE and outcome.last_words:
        return fall_back(line, outcome.last_words)
    return twiml.hang_up(outcome.last_words, line.language)


def after_overflow(form: Mapping[str, str], line: Line) -> str:
    """For a caller for whom there was no room, and who was put through to another number."""
    return after_dial(form, line, overflow_number(line.when_full))


def after_dial(form: Mapping[str, str], line: Line, overflow: DialOverflow | None) -> str:
    """Last words for a caller who was put through; none for one who was answered."""
    if form["DialCallStatus"] in TALKED:
        return twiml.hang_up()
    return twiml.hang_up(overflow.unanswered if overflow else line.apology, line.language)


def thank(line: Line | None) -> str:
    """For a caller who has left a message."""
    if line is None or not isinstance(line.fallback, Voicemail):
        return twiml.hang_up()
    return twiml.hang_up(line.fallback.thanks, line.language)
