"""How fast a voice speaks, compared with what is usual, from the sentences that it has spoken."""

from processors.frames import RATE
from transports.spoken_units import usual_length

PACE, PRIOR = 0.95, 8.0
"""What we guess, and the seconds of speech for which that counts."""


class Pace:
    """Learns from whole texts."""

    def __init__(self) -> None:
        self._expected, self._taken = PRIOR, PACE * PRIOR

    @property
    def usual(self) -> float:
        """How much longer than usual it takes: 1.1 is slow."""
        return self._taken / self._expected

    def learn(self, text: str, size: int) -> None:
        """The text took so many bytes."""
        self._expected += usual_length(text)
        self._taken += size / RATE
