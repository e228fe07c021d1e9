"""What was meant by each sound of the caller, and the call that it was part of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from benchmarks.panel.sound import Channel, Stretch


class Kind(StrEnum):
    """What a sound of the caller is for."""

    TURN = "turn"
    """Said into silence, to be answered."""
    INTERRUPTION = "interruption"
    """Said into the agent's words, to stop them and be answered."""
    BACKCHANNEL = "backchannel"
    """"I am listening": neither to stop the agent nor to be answered."""
    NOISE = "noise"
    """No speech."""
    SIDE_SPEECH = "side speech"
    """Somebody else in the room; speech-to-text makes nothing of it."""
    SIDE_SPEECH_HEARD = "side speech, transcribed"
    """Somebody else in the room, whom speech-to-text understands."""
    PROMPT = "prompt"
    """Gets the agent to talk again, who should have; not scored."""


FLOOR = (Kind.TURN, Kind.INTERRUPTION, Kind.PROMPT)
"""With these the caller takes the floor."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A sound of the caller, and what was meant by it. Times are seconds of the recording."""

    kind: Kind
    text: str
    """What was said, or the name of a noise."""
    start: float
    end: float
    """Around the sound, which may begin later and end sooner."""
    paused: bool = False
    """Whether there is a pause inside, for which the agent should wait."""


@dataclass(frozen=True)
class Recording:
    """The two channels of a call, as long as each other, and the caller's marks in order.

    A mark is about the sound within it: its onset is the caller's first sound there, its end the last one.
    """

    caller: Channel
    agent: Channel
    marks: Sequence[Mark]

    @classmethod
    def of(cls, caller: bytes, agent: bytes, marks: Sequence[Mark]) -> "Recording":
        """From mu-law at 8 kHz."""
        return cls(Channel(caller), Channel(agent), marks)

    @cached_property
    def sounds(self) -> list[tuple[Mark, Stretch]]:
        """Each mark with what can be heard of it; a mark of which nothing can be heard is left out."""
        return [(mark, sound) for mark in self.marks if (sound := self.caller.within(mark.start, mark.end))]

    def of_kind(self, *kinds: Kind) -> Iterator[tuple[Mark, Stretch]]:
        """Those marks, with their sounds."""
        return ((mark, sound) for mark, sound in self.sounds if mark.kind in kinds)
