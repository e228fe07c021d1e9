"""What a caller does in a call, as values."""

from dataclasses import dataclass

from benchmarks.panel.marks import Kind


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause inside something that is said."""

    after: str
    """The word behind which it is made."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Say:
    """Say something once the agent is done, and wait for the answer."""

    text: str
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Into:
    """Make a sound while the agent talks."""

    kind: Kind
    text: str
    """What is said, or a noise's name."""
    at: float
    """Seconds for which the agent has talked, or since the caller's last sound, whichever is less."""


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Make a sound while the agent is silent, and wait whether it answers."""

    kind: Kind
    text: str


Move = Say | Into | Meanwhile


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One call."""

    name: str
    moves: tuple[Move, ...]
