"""A call's sound as commands show it: moments in it, and where its recording is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from trunkline.recording import folder


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a recording."""

    path: Path
    seconds: float


def moment(ms: float | None) -> str:
    """``m:ss.mmm``; empty when nobody knows."""
    if ms is None:
        return ""
    seconds, rest = divmod(round(ms), 1000)
    return f"{seconds // 60}:{seconds % 60:02}.{rest:03}"


def at(ms: float | None) -> Text:
    """The same, to be put before what was said then."""
    return Text(f"{moment(ms)}  " if ms is not None else "", style="dim")


def parts(root: Path, recording: str | None) -> list[Part]:
    """The files of a recording that are on this machine."""
    if recording is None:
        return []
    try:
        return [Part(path, folder.seconds(path)) for path in folder.parts(root, recording)]
    except (OSError, ValueError):
        return []


def told(recording: str | None, found: Sequence[Part]) -> list[str]:
    """A line for each file; where there is none, what is known of it."""
    if recording is None:
        return []
    if not found:
        return [f"{recording}: not in the folder for recordings on this machine"]
    return [f"{part.path}  {moment(1000 * part.seconds)}" for part in found]
