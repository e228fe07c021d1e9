"""What else a line may leave out: e-mail addresses, what a pattern finds, values that are known. Pure."""

import re
from collections.abc import Iterable, Iterator

from trunkline.redaction.privacy import Entity, Privacy

EMAIL = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w'’])(?:\w+ (?:dot|underscore|dash|hyphen|period) |\b\w )*\w+ at (?:\w+ (?:dot|\.) ?)+\w{2,}\b"
    r"|(?<![\w'’])(?:\w+ (?:dot|underscore|dash|hyphen) |\b\w )*\w+ at \w+\.\w{2,}\b",
    re.IGNORECASE,
)
"""As it is written, as it is said, and as recognisers write what was said: "anna dot baker at gmail.com"."""

SHORTEST = 2
"""Characters of a known value; a shorter one stands in too many words."""


def without_entities(text: str, privacy: Privacy) -> str:
    """A text without the entities that a line leaves out."""
    if "email" in privacy.entities:
        text = EMAIL.sub("[email]", text)
    for entity in privacy.entities:
        if isinstance(entity, Entity):
            text = entity.compiled.sub(f"[{entity.name}]", text)
    return text


def without_values(text: str, values: Iterable[tuple[str, str]]) -> str:
    """A text without values that are known, whatever their capitals.

    Args:
        text: any.
        values: of each its name and the value.
    """
    for name, value in values:
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", f"[{name}]", text, flags=re.IGNORECASE)
    return text


def values_of(data: object, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Name and value of what a call's data has under these keys, the longest first; and a name's parts."""
    found: set[tuple[str, str]] = set()
    for key in keys if isinstance(data, dict) else ():
        value = str(data.get(key) or "").strip()  # type: ignore[attr-defined]
        found |= {(key.replace("_", " "), part) for part in (value, *value.split()) if len(part) >= SHORTEST}
    yield from sorted(found, key=lambda one: (-len(one[1]), one))
