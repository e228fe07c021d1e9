"""Pipeline files: found by path, checked before the first call, one clear error each."""

import importlib.util
import sys
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from trunkline.errors import LineError
from trunkline.line import Line

PIPELINES = Path("pipelines")
"""Where pipeline files are when no path is named."""

_loading: set[str] = set()
"""Modules of pipeline files that are being executed right now."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pipeline file and the line in it."""

    path: Path
    line: Line


def find(paths: Sequence[Path] = ()) -> list[Path]:
    """Pipeline files at these paths: a file is itself, a folder the ``*.py`` in it."""
    found: list[Path] = []
    for path in paths or [PIPELINES]:
        if path.is_dir():
            found += [file for file in sorted(path.glob("*.py")) if not file.name.startswith("_")]
        else:
            found.append(path)
    return found


def load(path: Path) -> Line:
    """The line of one pipeline file.

    Raises:
        LineError: no such file, a mistake in it, no line, two lines, or no ``@line.answer``.
    """
    lines = [value for value in vars(_module(path)).values() if isinstance(value, Line)]
    unique = list({id(line): line for line in lines}.values())
    if not unique:
        raise LineError(path, "no line in it; expected `line = Line(name=..., number=..., ...)`")
    if len(unique) > 1:
        names = ", ".join(repr(line.name) for line in unique)
        raise LineError(path, f"{len(unique)} lines in it ({names}); expected one a file")
    if unique[0].compose is None:
        raise LineError(path, f"line {unique[0].name!r} has no function decorated with @line.answer")
    return unique[0]


def load_all(paths: Iterable[Path]) -> tuple[list[Loaded], list[LineError]]:
    """The lines of many files, and what is wrong with the others; of two with one number the first stays."""
    loaded: list[Loaded] = []
    wrong: list[LineError] = []
    for path in paths:
        try:
            line = load(path)
            _unclaimed(path, line, loaded)
        except LineError as error:
            wrong.append(error)
        else:
            loaded.append(Loaded(path, line))
    return loaded, wrong


def _unclaimed(path: Path, line: Line, loaded: Iterable[Loaded]) -> None:
    for other in loaded:
        for what, ours, theirs in (
            ("number", line.number, other.line.number),
            ("name", line.name, other.line.name),
        ):
            if ours == theirs:
                raise LineError(path, f"{what} {ours} is taken by {other.path}; expected one of its own")


def _module(path: Path) -> ModuleType:
    if not path.is_file():
        raise LineError(path, "no such file; name a pipeline file or a folder of them")
    # Its own name, so that two files of the same name in two folders do not meet.
    name = f"trunkline_line_{abs(hash(path.resolve()))}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise LineError(path, "not a Python file; expected a name that ends in .py")
    if name in _loading:
        raise LineError(
            path, 'line.run() runs whenever it is loaded; put it under if __name__ == "__main__":'
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    _loading.add(name)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise LineError(path, f"syntax error: {error.msg}", line=error.lineno) from error
    except Exception as error:
        where = _blame(error, path)
        raise LineError(path, f"{type(error).__name__}: {error}", line=where) from error
    finally:
        _loading.discard(name)
    return module


def _blame(error: BaseException, path: Path) -> int | None:
    """The line of the file that an exception passed through last."""
    # The import system has made the path absolute.
    frames, file = traceback.extract_tb(error.__traceback__), path.resolve()
    lines = [frame.lineno for frame in frames if Path(frame.filename).resolve() == file]
    return lines[-1] if lines else None
