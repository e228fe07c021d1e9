"""What a caller says while the agent speaks, until it is known what is to become of it. Decides nothing."""

from pipecat.frames.frames import InterimTranscriptionFrame, TranscriptionFrame

from processors.backchannels import has_words, words_beyond

Transcript = TranscriptionFrame | InterimTranscriptionFrame

ANSWER_WITHIN = 1.0
"""Seconds before the agent's end in which an "okay" was the answer to it, and no backchannel."""


class Remark:
    """The words of it, utterance by utterance. Times are seconds on the event loop's clock."""

    def __init__(self) -> None:
        self.kept: list[TranscriptionFrame] = []
        """All that is final, in order."""
        self.beyond = 0
        """Words of the utterance under way that are surely more than a backchannel."""
        self.is_backchannel = False
        """Whether the utterance under way is a backchannel as far as it goes."""
        self._worth = 0
        self._said: list[str] = []
        self._interim = ""
        self._heard_at = 0.0

    @property
    def is_under_way(self) -> bool:
        """Whether there are words of an utterance that is not over."""
        return bool(self._said or self._interim)

    @property
    def worth(self) -> int:
        """Words of all the utterances that are more than backchannels."""
        return self._worth + self.beyond

    def is_fresh(self, now: float) -> bool:
        """Whether its last words were heard just now."""
        return now - self._heard_at <= ANSWER_WITHIN

    def add(self, frame: Transcript, now: float, *, leaving: bool = False) -> None:
        """More words; they take the place of interim ones."""
        unfinished = isinstance(frame, InterimTranscriptionFrame)
        if not self.is_under_way and not self._worth and not self.is_fresh(now):
            self.kept.clear()
        if isinstance(frame, TranscriptionFrame):
            self.kept.append(frame)
            self._said.append(frame.text)
        self._interim = frame.text if unfinished else ""
        self._heard_at = now
        text = " ".join((*self._said, self._interim))
        self.beyond = words_beyond(text, frame.language, unfinished=unfinished, leaving=leaving)
        self.is_backchannel = has_words(text) and not words_beyond(text, frame.language, leaving=leaving)

    def end(self) -> None:
        """The utterance is over; what is said next is another one."""
        self._worth += self.beyond
        self._said.clear()
        self._interim = ""
        self.beyond = 0
        self.is_backchannel = False
