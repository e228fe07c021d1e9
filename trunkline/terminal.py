"""What a person reads on the terminal: colour and wrapping there, plain unwrapped lines everywhere else."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

UNWRAPPED = 10_000
"""Columns of a file or a pipe: a line of ours stays a line, for ``grep`` and ``cut``."""


def forgive() -> None:
    """Let standard streams replace the characters that they cannot encode, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def screen(*, stderr: bool = False) -> Console:
    """Standard output or standard error; knows ``NO_COLOR``, dumb terminals, and the width in columns."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = UNWRAPPED
    return console


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """A table without rules; the columns named in ``right`` hold numbers."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_header=any(columns))
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return made


def complain(problem: str, advice: str = "", *, kind: str = "error", style: str = "red") -> None:
    """One sentence on standard error, and what to do about it."""
    from rich.text import Text

    console = screen(stderr=True)
    console.print(Text.assemble((f"{kind}: ", f"bold {style}"), (problem, style)))
    if advice:
        console.print(Text(advice, style="dim"))


def warn(problem: str) -> None:
    """One sentence on standard error, of something that goes on all the same."""
    complain(problem, kind="warning", style="yellow")


def print_json(value: Any) -> None:
    """A value for another program, on standard output."""
    import json

    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    json.dump(value, sys.stdout, indent=2, ensure_ascii=not unicode)
    sys.stdout.write("\n")
