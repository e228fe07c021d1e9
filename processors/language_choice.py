"""Which language a call is in: decided by what the caller says, and not by a word or two."""

from collections.abc import Callable, Sequence

from processors.language_support import base

ENOUGH = 3
"""Words in another language that show that the caller speaks it; a name or a greeting is fewer."""

IN_A_ROW = 2
"""Utterances of fewer words, one after the other, that show it too."""


class LanguageChoice:
    """The language of one call.

    Args:
        languages: tags of those of the line, the first one spoken first.
        changed: told of the language that the call is in from here on.
    """

    def __init__(self, languages: Sequence[str], changed: Callable[[str], None] = lambda _: None) -> None:
        self.tags = {base(language): language for language in languages}
        """Of each language, the tag that the line gives it."""
        self.current = next(iter(self.tags))
        self._changed = changed
        self._leaning = ""
        self._short = 0

    def heard(self, text: str, language: str | None, *, final: bool = True) -> str | None:
        """The language that the call is in from here on, if that is another one.

        Args:
            text: what the caller has said.
            language: what it was said in; None if nobody can tell.
            final: whether it will not be told again.
        """
        code = base(language) if language else ""
        if code not in self.tags:
            return None
        if code == self.current:
            self._leaning, self._short = "", 0
            return None
        if len(text.split()) >= ENOUGH or self._leans_towards(code, final):
            return self.choose(code)
        return None

    def choose(self, language: str) -> str | None:
        """The same, because somebody says so.

        Raises:
            ValueError: the line does not speak it.
        """
        code = base(language)
        if code not in self.tags:
            raise ValueError(f"the line speaks {', '.join(self.tags)}, not {language!r}")
        self._leaning, self._short = "", 0
        if code == self.current:
            return None
        self.current = code
        self._changed(code)
        return code

    def _leans_towards(self, code: str, final: bool) -> bool:
        if not final:
            return False
        self._short = self._short + 1 if code == self._leaning else 1
        self._leaning = code
        return self._short >= IN_A_ROW
