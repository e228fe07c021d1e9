"""The files of a benchmark: a run, and the ratios committed from an earlier one."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.result import Run

FORMAT = 1


class UnreadableError(Exception):
    """A file cannot be used; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Committed:
    """A ratio that a later run is held to."""

    value: float
    noise: float
    name: str = ""
    """What was compared with what, for people who read the file."""


def read_run(path: Path) -> Run:
    """The run kept in a file."""
    if not path.exists():
        raise UnreadableError(f"{path} does not exist; `make bench` measures and writes it.")
    try:
        run = Run.read(path)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableError(f"{path} is no benchmark result: {reason(error)}.") from error
    if not run.points:
        raise UnreadableError(f"{path} holds no points: nothing was measured.")
    return run


def read_baseline(path: Path) -> dict[str, Committed]:
    """The committed ratios by key."""
    try:
        fields: Mapping[str, Any] = json.loads(path.read_text())
        if fields["version"] != FORMAT:
            raise ValueError(f"version {fields['version']!r}, not {FORMAT}")
        return {key: Committed(**ratio) for key, ratio in fields["ratios"].items()}
    except FileNotFoundError as error:
        raise UnreadableError(f"{path} does not exist; --accept writes it.") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableError(f"{path} is no baseline: {reason(error)}.") from error


def write_baseline(path: Path, run: Run, ratios: Mapping[str, Committed]) -> None:
    """Keep ratios for later runs, and what they were measured on."""
    fields = {
        "version": FORMAT,
        "at": run.at,
        "cpu": run.machine.cpu,
        "ratios": {key: asdict(committed) for key, committed in ratios.items()},
    }
    path.write_text(json.dumps(fields, indent=2, ensure_ascii=False) + "\n")


def reason(error: Exception) -> str:
    """What is wrong, in the words of the error, on one line."""
    if isinstance(error, KeyError):
        return f"{error} is missing"
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
