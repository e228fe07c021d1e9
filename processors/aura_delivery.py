"""What makes a voice's speech heard: where it begins, each text ahead of its audio, where it ends."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipecat.frames.frames import Frame

from processors.speech_frames import announced, committed, spoken, started, stopped
from processors.utterances import Group, Label


@dataclass(frozen=True, slots=True)
class EndOfSpeech:
    """Where a reply, or a text of its own, has been said."""

    label: Label
    is_committed: bool
    """Whether the assistant's context takes it in at once, not with the reply around it."""


class Delivery:
    """Knows whether speech has begun, and what was announced of it; hands out frames, and pushes none."""

    def __init__(self) -> None:
        self._is_started = False

    def audio(self, group: Group, audio: bytes) -> Iterator[Frame]:
        """The frames of some audio; they end where the group is dropped, which may be between two of them."""
        label = group.label
        if not group.is_dropped and not self._is_started:
            self._is_started = True
            yield started(label)
        if not group.is_dropped and not group.is_announced:
            group.is_announced = True
            yield announced(group.text, label)
        if not group.is_dropped:
            yield spoken(audio, label)

    def end(self, end: EndOfSpeech) -> Iterator[Frame]:
        """The frames of an end; none if nothing was heard before it."""
        was_heard, self._is_started = self._is_started, False
        if was_heard:
            yield stopped(end.label)
            if end.is_committed:
                yield committed(end.label)

    def cut(self) -> None:
        """Nothing more of it is heard."""
        self._is_started = False
