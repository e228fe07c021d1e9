"""What a caller says, packet by packet; silence in between. No I/O."""

from dataclasses import dataclass

from benchmarks.load.speech import QUIET, Utterance


@dataclass(slots=True)
class Spoken:
    """An utterance on its way."""

    utterance: Utterance
    began: float | None = None
    """When its first audible packet was sent."""
    over: float | None = None
    """When its last audible packet was sent."""


class Mouth:
    """Gives the packet for each 20 ms."""

    def __init__(self) -> None:
        self._spoken: Spoken | None = None
        self._next = 0

    def say(self, utterance: Utterance) -> Spoken:
        """Say this from the next packet on, whatever is being said."""
        self._spoken, self._next = Spoken(utterance), 0
        return self._spoken

    def packet(self) -> bytes:
        """Base64 of the next 20 ms."""
        if self._spoken is None:
            return QUIET
        packets = self._spoken.utterance.packets
        return packets[self._next] if self._next < len(packets) else QUIET

    def sent(self, now: float) -> Spoken | None:
        """The packet has been sent; tells of an utterance whose last audible one it was."""
        spoken = self._spoken
        if spoken is None:
            return None
        number, self._next = self._next, self._next + 1
        if self._next == len(spoken.utterance.packets):
            self._spoken = None
        if number == spoken.utterance.first:
            spoken.began = now
        if number == spoken.utterance.last:
            spoken.over = now
            return spoken
        return None
