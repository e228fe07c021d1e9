"""The ledger that Trunkline keeps of each turn, against what the two channels tell of the same turn."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.dialogue.voice import words
from benchmarks.panel.turns import answered
from benchmarks.stage import Take
from trunkline.waterfall import SEGMENTS

LIMIT_MS = 5.0
"""By how much a turn's segments may miss what was measured."""


def differences(store: Path, takes: Sequence[Take]) -> list[float | None]:
    """Of each answered turn, its segments' sum less its response latency, in milliseconds.

    ``None`` for a turn that the call store does not know, or has no waterfall of.
    """
    with closing(sqlite3.connect(store)) as database:
        return [difference for take in takes for difference in _differences(database, take)]


def _differences(database: sqlite3.Connection, take: Take) -> Iterator[float | None]:
    ahead = _turns(database, take.call_sid)
    for mark, latency in answered(take.recording):
        if latency is None:
            continue
        # Calls have turns that nobody meant as such: what was said to somebody else, or half of a sentence.
        place = next((at for at, (last, _) in enumerate(ahead) if last == _last(mark.text)), None)
        total = None if place is None else ahead[place][1]
        ahead = ahead if place is None else ahead[place + 1 :]
        yield None if total is None else round(total - 1000 * latency, 2)


def _turns(database: sqlite3.Connection, sid: str) -> list[tuple[str, float | None]]:
    """Each turn's last word, and the sum of its segments."""
    total = " + ".join(f"coalesce({name}_ms, 0)" for name in SEGMENTS)
    query = f'select caller, total_ms, {total} from turns where call_sid = ? order by "index"'  # noqa: S608
    found = database.execute(query, (sid,)).fetchall()
    return [(_last(caller), summed if measured is not None else None) for caller, measured, summed in found]


def _last(text: str) -> str:
    return next(reversed([*words(text)]), "")
