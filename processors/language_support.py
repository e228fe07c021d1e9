"""Which languages Deepgram hears together, and which ones its voices speak."""

import re
from collections.abc import Iterable, Mapping, Sequence

HEARD_TOGETHER = ("en", "es", "fr", "de", "hi", "ru", "pt", "ja", "it", "nl")
"""What nova-3 hears with ``language=multi``, and ``flux-general-multi`` (Deepgram: models and languages)."""

SPOKEN = ("en", "es", "de", "fr", "nl", "it", "ja")
"""What Aura-2 has voices for (Deepgram: voices and languages)."""

BILINGUAL = dict.fromkeys(("aquila", "carina", "diana", "javier", "selena"), ("es", "en"))
"""Voices that go from one language to the other in a sentence (Deepgram: voices and languages)."""

NAMES = {
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "de": "German",
    "hi": "Hindi",
    "ru": "Russian",
    "pt": "Portuguese",
    "ja": "Japanese",
    "it": "Italian",
    "nl": "Dutch",
}
"""What a model calls them; others go by their code."""

VOICE = re.compile(r"^aura(-2)?-(?P<name>[a-z]+)-(?P<language>[a-z]{2})$")
"""How Deepgram names a voice: ``aura-2-thalia-en``."""


def base(tag: str) -> str:
    """A language without its region: ``es`` of ``es-419``."""
    return tag.replace("_", "-").split("-")[0].lower()


def are_heard_together(languages: Iterable[str]) -> bool:
    """Whether one listening socket understands all of them."""
    return all(base(language) in HEARD_TOGETHER for language in languages)


def spoken_by(voice: str) -> tuple[str, ...]:
    """The languages of a voice, its own first.

    Raises:
        ValueError: no voice can have that name.
    """
    found = VOICE.match(voice)
    if found is None:
        raise ValueError(f"unknown voice {voice!r}; expected a name like 'aura-2-thalia-en'")
    own = found["language"]
    return (own, *(language for language in BILINGUAL.get(found["name"], ()) if language != own))


def voices_of(voice: str | Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """The voice of each language.

    Args:
        voice: one for all, or one for each.
        languages: that the line speaks.

    Raises:
        ValueError: a language is left without a voice, or with one that does not speak it.
    """
    given = {base(tag): name for tag, name in voice.items()} if isinstance(voice, Mapping) else {}
    found = {}
    for tag in languages:
        language = base(tag)
        name = given.get(language) if isinstance(voice, Mapping) else voice
        if name is None:
            raise ValueError(
                f"no voice for {tag!r}; expected one in voice={{{language!r}: ...}}{_hint(language)}"
            )
        if language not in spoken_by(name) or language not in SPOKEN:
            raise ValueError(f"voice {name!r} does not speak {tag!r}{_hint(language)}")
        found[language] = name
    return found


def _hint(language: str) -> str:
    if language in SPOKEN:
        return f", such as 'aura-2-<name>-{language}'"
    return (
        f"; Aura speaks {', '.join(SPOKEN)}: take another text-to-speech service, or leave the language out"
    )


def switched_to(language: str) -> dict[str, str]:
    """Tells the model that the call is in another language."""
    name = NAMES.get(language, f"the language {language!r}")
    return {"role": "developer", "content": f"The call is in {name} now. From here on, answer in {name}."}
