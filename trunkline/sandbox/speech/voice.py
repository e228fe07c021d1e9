"""Who speaks in a spoken sandbox call: the agent's voice, and the caller's."""

from collections.abc import AsyncIterator

from trunkline.sandbox import phrases
from trunkline.sandbox.speech.piper import joe
from trunkline.sandbox.speech.sentences import pieces
from trunkline.sandbox.speech.worker import compute

CALLER_PITCH = 1.25
"""Times the agent's: nobody takes one for the other."""


class SpokenVoice:
    """Speaks sentence by sentence, so that the first is heard while the others are being made."""

    async def speak(self, text: str, model: str) -> AsyncIterator[bytes]:
        """Mu-law, 8 kHz, a chunk a sentence (or a clause of a long one); ``model`` changes nothing."""
        for piece in pieces(text):
            if mulaw := await compute(_speak, piece, 1.0):
                yield mulaw

    async def warm(self) -> None:
        """Load the voice before the first caller needs it."""
        await compute(_speak, "Hello.", 1.0)


async def caller_says(text: str) -> bytes:
    """What a caller says, mu-law, 8 kHz: a recording where there is one, else a voice unlike the agent's."""
    if (recording := phrases.find(text)) is not None:
        return recording
    return b"".join([await compute(_speak, piece, CALLER_PITCH) for piece in pieces(text)])


def _speak(text: str, pitch: float) -> bytes:
    return joe().speak(text, pitch)
