"""Write the figures of a scorecard into docs/conversation.md.

python -m benchmarks.conversation_page build/conversation.json
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from benchmarks.capacity import DOCS, rewritten
from benchmarks.files import UnreadableError, reason
from benchmarks.scorecard import OURS, Scorecard
from benchmarks.table import ledger, markdown, noise
from trunkline import terminal


def parts(card: Scorecard) -> dict[str, str]:
    """All that is generated, by its place."""
    measured = " ".join([machine(card), *noise(card)])
    return {"panel": markdown(card), "ledger": ledger(card) + "\n", "machine": measured + "\n"}


def machine(card: Scorecard) -> str:
    """What it was measured on, with what, when, how much of it."""
    versions = ", ".join(f"{name} {version}" for name, version in sorted(card.versions.items()))
    minutes = sum(panel.seconds for panel in card.panels.values()) / 60
    day = datetime.fromisoformat(card.at).date().isoformat()
    return f"{card.cpu}; {versions}; {minutes:.0f} minutes of talk; {day}."


def read(path: Path) -> Scorecard:
    """The scorecard in a file; :class:`UnreadableError` says why there is none."""
    try:
        card = Scorecard.read(path)
    except FileNotFoundError as error:
        raise UnreadableError(
            f"{path} does not exist; `make conversation` measures and writes it."
        ) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableError(f"{path} is no scorecard: {reason(error)}.") from error
    if OURS not in card.panels:
        raise UnreadableError(f"{path} has no column {OURS!r}; measure Trunkline as well.")
    return card


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.conversation_page",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scorecard", type=Path, help="what benchmarks.conversation wrote with --json")
    parser.add_argument("--docs", type=Path, default=DOCS, help="folder of conversation.md")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = options(arguments)
    page = chosen.docs / "conversation.md"
    try:
        text = rewritten(page.read_text(), parts(read(chosen.scorecard)))
    except (UnreadableError, OSError) as error:
        terminal.complain(str(error))
        return 2
    page.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
