"""How sure Flux is that a turn is over: a curve over the silence behind the words.

Flux judges by sound and sense. The sandbox judges by silence, and by whether what was said ends as a sentence
does: ``1 - 2 ** (-silence / half-life)``, whose half-life is a quarter as long behind a full stop. At the
default threshold of 0.7 a finished sentence ends a turn after 0.26 s, which is Deepgram's own median (Flux:
quickstart), and an unfinished one after 1.04 s; at 0.9, after 0.50 s and 1.99 s. An eager 0.5 comes after
0.15 s and 0.60 s. It never reaches 1.0, which is how a client asks for no end by confidence.
"""

import math

FINISHED_S = 0.15
"""Seconds of silence behind a finished sentence in which the doubt is halved."""

UNFINISHED_S = 0.6
"""Seconds, behind words that may go on."""

TALKING = 0.05
"""While the caller is talking, and before."""

SUREST = 0.99

STOPS = (".", "?", "!")
"""A sentence that ends with one of these is finished."""


def confidence(silence: float, transcript: str) -> float:
    """That a turn is over, so many seconds after the last sound of its words."""
    if not transcript or silence <= 0:
        return TALKING
    half = FINISHED_S if transcript.endswith(STOPS) else UNFINISHED_S
    return min(SUREST, max(TALKING, 1 - math.exp2(-silence / half)))
