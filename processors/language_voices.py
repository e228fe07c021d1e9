"""The voices of a call, one for each language that it may be in."""

from collections.abc import Callable, Iterator, Mapping

from processors.language_support import base
from processors.language_wording import said_in

Prompts = Mapping[str, bytes]
"""Exact text to mu-law, 8 kHz."""


class LanguageVoices:
    """Knows which voice speaks now, and what it says word for word.

    Args:
        by_language: Aura's voices; the first language is spoken first.
        prompts: what a voice need not be asked for.
    """

    def __init__(self, by_language: Mapping[str, str], prompts: Callable[[str], Prompts]) -> None:
        self._by_language = {base(language): voice for language, voice in by_language.items()}
        self._prompts = prompts
        self._language = next(iter(self._by_language))

    @classmethod
    def alone(cls, voice: str, prompts: Prompts | None) -> "LanguageVoices":
        """One voice, whatever is spoken."""
        known: Prompts = {} if prompts is None else prompts
        return cls({"": voice}, lambda _: known)

    @property
    def voice(self) -> str:
        return self._by_language[self._language]

    @property
    def prompts(self) -> Prompts:
        """What the voice need not be asked for."""
        return self._prompts(self.voice)

    def in_place_of(self, others: "LanguageVoices") -> Mapping[str, str]:
        """Which of these voices says what one of the others was to say: the one of its language."""
        return {voice: self._by_language.get(language, self.voice) for language, voice in others}

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Each language, and its voice; the one that is spoken first comes last, and so counts."""
        return reversed(self._by_language.items())

    def turn_to(self, language: str) -> None:
        """Speak this language, if there is a voice for it."""
        if base(language) in self._by_language:
            self._language = base(language)

    def words(self, text: str) -> str:
        """The text in the language that is spoken."""
        return said_in(text, self._language)
