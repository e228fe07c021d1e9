"""Whether the caller may interrupt what the agent says now, from frames that travel upstream."""

from pipecat.frames.frames import BotStartedSpeakingFrame, BotStoppedSpeakingFrame, Frame

from processors.barge_in import Protects
from processors.frames import HeardTextFrame, UninterruptibleSpeechFrame

SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "।", "؟")
"""What a sentence ends with; closing quotes and brackets may follow."""

CLOSING = "\"'’”»)]"


class Shield:
    """Is up while what the caller hears is not to be interrupted.

    Args:
        protects: what the line's policy protects.
    """

    def __init__(self, protects: Protects) -> None:
        self.agent_speaks = False
        self._protects = protects
        self._first_sentence = False
        self._uninterruptible = False

    @property
    def is_up(self) -> bool:
        """Whether a voice of the caller's is to change nothing now."""
        if not self.agent_speaks:
            return False
        return self._uninterruptible or self._protects is Protects.ALL or self._first_sentence

    def follow(self, frame: Frame) -> bool:
        """Take a frame into account; whether the shield has just come down while the agent goes on."""
        was_up = self.is_up
        if isinstance(frame, BotStartedSpeakingFrame):
            self.agent_speaks = True
            self._first_sentence = self._protects is Protects.FIRST_SENTENCE
        elif isinstance(frame, BotStoppedSpeakingFrame):
            self.agent_speaks = False
        elif isinstance(frame, UninterruptibleSpeechFrame):
            self._uninterruptible = frame.playing
        elif isinstance(frame, HeardTextFrame) and ends_sentence(frame.text):
            self._first_sentence = False
        return was_up and self.agent_speaks and not self.is_up


def ends_sentence(text: str) -> bool:
    """Whether a text is a sentence to its end."""
    return text.rstrip().rstrip(CLOSING).endswith(SENTENCE_ENDS)
