"""What the agent takes for heard when it answers an interruption, against what was played of its words."""

from collections.abc import Iterator, Sequence

from benchmarks.dialogue.replies import Asked
from benchmarks.dialogue.voice import NumberedVoice, words
from benchmarks.panel.floor import yields_at
from benchmarks.panel.heard import words_off
from benchmarks.panel.marks import Kind
from benchmarks.stage import Take
from trunkline.sandbox.chat_request import ChatRequest, text


class Played:
    """What could be heard of each reply in one call.

    Args:
        take: the call.
        voice: that spoke in it.
        asked: all requests of the run.
    """

    def __init__(self, take: Take, voice: NumberedVoice, asked: Sequence[Asked]) -> None:
        self._times: list[tuple[float, int]] = []
        self._words: dict[int, list[str]] = {}
        current: int | None = None
        for word, at in voice.heard(take.heard):
            current = _reply(voice.sayings[word.saying], asked, current)
            if current is not None:
                self._times.append((at, current))
                self._words.setdefault(current, []).extend(words(word.text))

    @property
    def replies(self) -> Sequence[int]:
        """Those of which something was heard, by their number among all requests."""
        return list(self._words)

    def at(self, moment: float) -> int | None:
        """The reply that was being heard."""
        return next((reply for at, reply in reversed(self._times) if at <= moment), None)

    def of(self, reply: int) -> Sequence[str]:
        """All words of a reply that were heard."""
        return self._words.get(reply, ())


def errors(take: Take, voice: NumberedVoice, asked: Sequence[Asked]) -> list[int]:
    """Of each interruption to which the agent yields and answers: how many words it is wrong about.

    Belief is what the next request to the model says of the interrupted reply; truth is its words of which
    more than half were played.
    """
    played = Played(take, voice, asked)
    return list(_errors(take, played, asked))


def _errors(take: Take, played: Played, asked: Sequence[Asked]) -> Iterator[int]:
    recording = take.recording
    for _, sound in recording.of_kind(Kind.INTERRUPTION):
        reply = played.at(sound.start)
        since = take.answered_at + sound.start
        answers = (number for number in played.replies if number != reply and asked[number].at > since)
        answer = min(answers, default=None)
        if reply is not None and answer is not None and yields_at(recording, sound.start) is not None:
            yield words_off(believed(asked[answer].request), played.of(reply))


def believed(request: ChatRequest) -> list[str]:
    """The agent's words between the caller's last two, as the model is told them."""
    roles = [message["role"] for message in request.messages]
    users = [at for at, role in enumerate(roles) if role == "user"]
    since, until = ([-1, *users])[-2:] if users else (-1, len(roles))
    said = [
        text(message) for message in request.messages[since + 1 : until] if message["role"] == "assistant"
    ]
    return [word for part in said for word in words(part)]


def _reply(saying: str, asked: Sequence[Asked], current: int | None) -> int | None:
    """Which reply a text is part of: the one being heard if it can be, for some sentences are in many."""
    if current is not None and saying.strip() in asked[current].reply and asked[current].name not in saying:
        return current
    return next((at for at, one in enumerate(asked) if one.name in saying), None)
