"""When a caller who speaks while the agent speaks interrupts it: policies that a line chooses by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pipecat.turns.user_start import BaseUserTurnStartStrategy

Meanwhile = Literal["duck", "hold"]
"""What happens to the agent's voice until words confirm that the caller interrupts."""


class Protects(Enum):
    """What of a reply the caller hears in any case."""

    NOTHING = "nothing"
    FIRST_SENTENCE = "first sentence"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class BargeIn:
    """One policy; made by :func:`words`, or one of ``vad``, ``never``, ``first_sentence_protected``.

    Whatever it says: while the agent is silent any voice begins the caller's turn, and a text said with
    ``interruptible=False`` is heard to its end. What a caller says into protected speech becomes a turn
    when the protection ends.
    """

    words: int = 1
    """Words, backchannels aside, that interrupt; 0 when the first sound does."""
    meanwhile: Meanwhile = "duck"
    """What is done at the first sound, if that does not interrupt."""
    protects: Protects = Protects.NOTHING

    def start_strategies(self) -> list[BaseUserTurnStartStrategy]:
        """What decides in pipecat's user aggregator; new ones for each call."""
        from processors.turn_start import SpokenTurnStart  # needs pipecat; a line must not

        return [SpokenTurnStart(self.words, self.protects)]

    def __call__(self, *, then: BargeIn) -> BargeIn:
        """With ``first_sentence_protected``: what holds once the first sentence was heard.

        Raises:
            ValueError: this is another policy, or ``then`` protects something itself.
        """
        if self.protects is not Protects.FIRST_SENTENCE:
            raise ValueError(f"barge-in policy {self!r} takes no `then`; only first_sentence_protected does")
        if getattr(then, "protects", None) is not Protects.NOTHING:
            raise ValueError(f"first_sentence_protected has then={then!r}; expected vad or words(n)")
        return BargeIn(then.words, then.meanwhile, Protects.FIRST_SENTENCE)

    def __repr__(self) -> str:
        if self.protects is Protects.ALL:
            return "never"
        usual = self.meanwhile == "duck"
        then = (
            f"words({self.words}{'' if usual else f', meanwhile={self.meanwhile!r}'})"
            if self.words
            else "vad"
        )
        if self.protects is Protects.NOTHING:
            return then
        return "first_sentence_protected" if then == "words(1)" else f"first_sentence_protected(then={then})"


def words(n: int, meanwhile: Meanwhile = "duck") -> BargeIn:
    """Interrupted by ``n`` words that are no backchannel.

    Args:
        n: how many; 1 or more.
        meanwhile: at the caller's first sound, "duck" has the agent go on 12 dB quieter and "hold" has it
            pause; when no words come within 1.2 s it goes on as before.

    Raises:
        ValueError: an argument is out of its range.
    """
    if type(n) is not int or n < 1:
        raise ValueError(f"words(n) has n={n!r}; expected a whole number, 1 or more")
    if meanwhile not in ("duck", "hold"):
        raise ValueError(f"words({n}) has meanwhile={meanwhile!r}; expected 'duck' or 'hold'")
    return BargeIn(n, meanwhile)


vad = BargeIn(words=0)
"""Interrupted by the first sound that is a voice: the fastest, and stopped by a cough."""

never = BargeIn(protects=Protects.ALL)
"""Not interrupted; what the caller says meanwhile is answered when the agent has finished."""

first_sentence_protected = BargeIn(protects=Protects.FIRST_SENTENCE)
"""Like ``never`` until the first sentence of a reply was heard, then ``words(1)``, or ``then=`` another."""
