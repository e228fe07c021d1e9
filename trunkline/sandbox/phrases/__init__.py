"""Recordings of what the sandbox's callers say: real speech, as it sounds on a phone line."""

import json
import re
from functools import cache
from importlib.resources import files

BLOCK = 160
"""Bytes of 20 ms. Every recording is a whole number of blocks, and no two share one but silence."""


@cache
def load() -> dict[str, bytes]:
    """What is said in each recording -> the recording: mu-law, 8 kHz, mono. Read once a process."""
    here = files(__name__)
    index: dict[str, str] = json.loads((here / "index.json").read_text("utf-8"))
    return {text: (here / name).read_bytes() for text, name in index.items()}


def find(text: str) -> bytes | None:
    """The recording of ``text``, however it is capitalised and punctuated; ``None`` without one."""
    return _by_words().get(_words(text))


@cache
def _by_words() -> dict[str, bytes]:
    return {_words(text): mulaw for text, mulaw in load().items()}


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("’", "")))
