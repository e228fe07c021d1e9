"""The words of a caller's turn, as they come from a recogniser."""

from pipecat.frames.frames import InterimTranscriptionFrame, TranscriptionFrame


class TurnWords:
    """What was said in the turn so far."""

    def __init__(self) -> None:
        self._said: dict[int, str] = {}
        self._saying = ""

    def add(self, frame: TranscriptionFrame | InterimTranscriptionFrame) -> None:
        """More words. Those that were kept back by a policy of barge-in come again, in their order."""
        text = frame.text.strip()
        if isinstance(frame, InterimTranscriptionFrame):
            self._saying = text
            return
        self._said.pop(frame.id, None)
        self._said[frame.id] = text
        self._saying = ""

    def clear(self) -> None:
        """Another turn."""
        self._said.clear()
        self._saying = ""

    @property
    def text(self) -> str:
        """The words that will not change any more."""
        return " ".join(self._said.values())

    @property
    def text_so_far(self) -> str:
        """All words, with those that may still change."""
        return f"{self.text} {self._saying}".strip()

    @property
    def are_pending(self) -> bool:
        """Whether some of them may still change."""
        return bool(self._saying)
