"""When a caller starts and stops speaking, from how likely each short window of sound is a voice."""

from dataclasses import dataclass
from enum import Enum

from processors.near_voice import NearVoice

WINDOW_MS = 32.0
"""Milliseconds a window: what Silero hears at once (256 samples at 8 kHz)."""


class Transition(Enum):
    """What changed with a window."""

    STARTED = "started"
    STOPPED = "stopped"
    FAR = "far"
    """Nothing: a voice began that is too faint to be this caller's, while the agent speaks."""


@dataclass(frozen=True, slots=True)
class VoiceActivitySettings:
    """How sure is sure enough.

    The defaults were measured on human speech (five studio voices, 133 amateurs) and on 112 noises of
    animals, tools and telephones: two windows at 0.6 hear a voice 25 ms sooner than three at 0.5, and take
    no more noises for one.

    Raises:
        ValueError: a value is out of its range.
    """

    start_ms: float = 64
    """Milliseconds of voice after which the caller counts as speaking; rounded to whole windows."""

    stop_ms: float = 200
    """Milliseconds without voice after which the caller counts as silent; rounded to whole windows."""

    enter: float = 0.6
    """Probability, 0 to 1, from which a window is voice while the caller is silent."""

    leave: float = 0.35
    """Probability, 0 to 1, below which a window is not voice while the caller speaks."""

    floor_dbfs: float = -50
    """Level of a window (RMS, dB below full scale) under which it is not voice, whatever it sounds like.

    A quiet caller speaks at -38; what is fainter than -50 is another room, or the echo of the agent. It also
    hears a voice's end 80 ms sooner than the model, which listens to the last word for a while longer.
    """

    def __post_init__(self) -> None:
        if self.start_ms <= 0 or self.stop_ms <= 0:
            found = f"start_ms={self.start_ms} and stop_ms={self.stop_ms}"
            raise ValueError(f"voice activity needs durations above 0 ms, found {found}")
        if not 0 < self.leave <= self.enter < 1:
            found = f"leave={self.leave} and enter={self.enter}"
            raise ValueError(f"voice activity needs 0 < leave <= enter < 1, found {found}")


class VoiceActivity:
    """Tells a voice's start and stop, each once, alternating, starting in silence.

    While the agent speaks, a voice far quieter than the caller's has been does not start. It is told as
    ``FAR`` instead, each time that one begins.
    """

    def __init__(self, settings: VoiceActivitySettings | None = None) -> None:
        self.settings = settings or VoiceActivitySettings()
        self.speaking = False
        self.agent_speaks = False
        self._near = NearVoice()
        self._evidence_ms = 0.0
        self._loudest = float("-inf")
        self._told_far = False

    def hear(
        self, probability: float, window_ms: float = WINDOW_MS, level_dbfs: float | None = None
    ) -> Transition | None:
        """Take one window into account.

        Args:
            probability: how likely the window is a voice, 0 to 1.
            window_ms: the window's length in milliseconds.
            level_dbfs: its level (RMS, dB below full scale); ``None`` when nobody measured it.
        """
        audible = level_dbfs is None or level_dbfs >= self.settings.floor_dbfs
        threshold = self.settings.leave if self.speaking else self.settings.enter
        voice = audible and probability >= threshold
        # Evidence for a change leaks instead of being lost, so that one dip in a word's onset costs one
        # window, and one crackle in a pause does not hold the turn's end back by the whole of it.
        change = window_ms if voice is not self.speaking else -window_ms
        self._evidence_ms = max(0.0, self._evidence_ms + change)
        if voice and level_dbfs is not None:
            self._take_level(level_dbfs)
        needed = self.settings.stop_ms if self.speaking else self.settings.start_ms
        if self._evidence_ms > needed - window_ms / 2:
            return self._turn() if self._is_near() else self._far(needed)
        if not self._evidence_ms:
            self._forget_level()
        return None

    def _take_level(self, level_dbfs: float) -> None:
        self._loudest = max(self._loudest, level_dbfs)
        if self.speaking and not self.agent_speaks:
            self._near.learn(level_dbfs)

    def _forget_level(self) -> None:
        self._loudest = float("-inf")
        self._told_far = False

    def _is_near(self) -> bool:
        may_be_far = self.agent_speaks and not self.speaking and self._loudest > float("-inf")
        return not may_be_far or self._near.is_near(self._loudest)

    def _far(self, needed_ms: float) -> Transition | None:
        """Not the caller, until it gets louder; then it starts at once."""
        self._evidence_ms = needed_ms
        told, self._told_far = self._told_far, True
        return None if told else Transition.FAR

    def fall_silent(self) -> Transition | None:
        """Take into account that there is nothing to hear any more."""
        self._evidence_ms = 0.0
        self._forget_level()
        return self._turn() if self.speaking else None

    def _turn(self) -> Transition:
        self.speaking = not self.speaking
        self._evidence_ms = 0.0
        self._forget_level()
        return Transition.STARTED if self.speaking else Transition.STOPPED
