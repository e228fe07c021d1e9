"""What was said, and when each of its words: what :mod:`benchmarks.heard` compares with."""

from dataclasses import dataclass

Span = tuple[float, float]
"""Bytes of mu-law at which a word begins and ends."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text that was said."""

    text: str
    mulaw: bytes
    words: tuple[Span, ...]


SENTENCES = (
    "Actually, the earliest opening that we have is this Thursday at 2 o'clock in the afternoon.",
    "Could you spell your last name for me, so that I can find your record?",
    "Our address is 1450 Harbour Street, on the second floor, next to the public library.",
    "You don't need to do anything before the visit, but please arrive ten minutes early to fill in forms.",
    "Root canal treatment is more expensive: it costs between $700 and $1,200, depending on the tooth.",
    "I've booked you in for Friday, November 14, at 11:15. Is there anything else that I can do for you?",
    "Before we go on, please note that this call may be recorded for training and quality purposes.",
    "Okay, no problem at all. Let me read that back to you: your number is 555-0149.",
    "The flight UA 482 to San Francisco has been delayed by about two hours because of bad weather.",
    "Your balance is $1,045.20, and your next payment of $75 is due on June 1st.",
    "My colleague, who looks after new patients, will get back to you as soon as she possibly can.",
    "We have three rooms available: a single, a double with a view of the garden, and a family suite.",
    "Cancelling is free until 24 hours before the appointment; after that we charge you thirty dollars.",
    "For security reasons, I need to verify your identity. What is the name of the street you grew up on?",
    "Teeth whitening is not covered by insurance, though many patients pay for it in monthly instalments.",
    "Absolutely! Congratulations on the new apartment; I'll update your address in our system right away.",
    "Rinse with warm salt water three times a day, and avoid hot drinks for the first evening.",
    "You can reach the emergency line at 1-800-555-0199, day or night. Someone will always answer.",
    "First, unplug the router. Then wait for thirty seconds, and plug it back in.",
    "We are open from Monday to Thursday from eight to six, and on Friday from eight to two.",
)
"""What agents say on the phone: short and long, with numbers and without."""
