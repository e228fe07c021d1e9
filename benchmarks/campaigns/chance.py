"""What happens to each call, decided beforehand: the same seed, the same people."""

import random

from trunkline.campaigns.retries import Retries, Retry

OUTCOMES = {
    "answered-human": 0.55,
    "voicemail-left": 0.15,
    "busy": 0.12,
    "no-answer": 0.12,
    "failed": 0.06,
}
"""How likely."""

RETRIES = Retries(
    {
        "busy": Retry(3, 1.0),
        "no-answer": Retry(2, 1.5),
        "failed": Retry(1, 1.0),
        "unknown": Retry(2, 1.0),
    }
)
"""The usual ones, in seconds instead of minutes and hours."""


def outcome(seed: int, number: str, nth: int) -> str:
    """What comes of the ``nth`` call to a number."""
    dice = random.Random(f"{seed}/{number}/{nth}")
    return dice.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]


def number(index: int) -> str:
    """Of a contact."""
    return f"+1202555{index:07d}"


def calls(seed: int, called: str) -> int:
    """How often somebody is to be called, if nothing is ever in doubt."""
    so_far: list[str] = []
    while True:
        so_far.append(outcome(seed, called, len(so_far) + 1))
        if RETRIES.after(so_far[-1], so_far) is None:
            return len(so_far)
