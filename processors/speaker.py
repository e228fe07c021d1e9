"""Who speaks what is asked for: Aura, a service of pipecat, or the one and then the other."""

from typing import Protocol

from processors.utterances import Hold


class Speaker(Protocol):
    """Has utterances spoken, and brings them their audio. Nothing of this waits."""

    is_active: bool
    """Whether utterances are its concern. One that is not may open, to be ready."""

    @property
    def is_ready(self) -> bool:
        """Whether it could begin at once."""

    def open(self) -> None:
        """Be ready before it is needed."""

    def begin(self) -> None:
        """What is asked for from here on belongs together: a reply, or a text of its own."""

    def prepare(self, voice: str, language: str = "") -> None:
        """What comes now is to be said by this voice, in this language."""

    def pump(self) -> None:
        """There may be something to say."""

    def interrupt(self) -> None:
        """Drop what may be interrupted; nothing of it will be taken from here on."""

    def withdraw(self, hold: Hold) -> None:
        """Drop what was held: it is not to be heard at all."""

    def rest(self) -> None:
        """Somebody else speaks: have nothing to do with utterances, and nothing open."""

    async def close(self) -> None:
        """Leave nothing behind."""
