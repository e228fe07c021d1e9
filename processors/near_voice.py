"""How loud a caller is, to tell them from a television or a person at the other end of their room."""

FAR_DB = 12.0
"""Decibels by which a voice's loudest window must stay below the caller's loud ones to be somebody else's.

In clean recordings a voice's first 100 ms reach 5 dB below its loud windows at least, and a voice that is
15 dB quieter stays 11 dB below at its loudest.
"""

LOUD_SHARE = 0.1
"""Share of a voice's windows that are loud: vowels, and not the consonants and gaps between them."""

STEP_DB = 0.5
"""Decibels by which a window moves the estimate at most."""

ENOUGH = 20
"""Windows of the caller's voice, 0.64 s, before anything is said about others."""


class NearVoice:
    """The level (dB below full scale) that a tenth of the caller's windows exceed; follows it slowly."""

    def __init__(self) -> None:
        self._loud = 0.0
        self._windows = 0

    def learn(self, level_dbfs: float) -> None:
        """A window of the caller's voice."""
        if not self._windows:
            self._loud = level_dbfs
        self._windows += 1
        louder = level_dbfs > self._loud
        self._loud += STEP_DB * (1 - LOUD_SHARE if louder else -LOUD_SHARE)

    def is_near(self, level_dbfs: float) -> bool:
        """Whether a voice whose loudest window this is may be the caller's. So far unheard, any may be."""
        return self._windows < ENOUGH or level_dbfs > self._loud - FAR_DB
