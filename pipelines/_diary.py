"""The practice's diary: one row a booked slot, in SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

OPENS, LUNCH, LUNCH_OVER, CLOSES = time(9), time(12), time(13), time(17)
LENGTH = timedelta(minutes=30)
FORM = "%Y-%m-%d %H:%M"

PARTS = {"morning": (OPENS, LUNCH), "afternoon": (LUNCH_OVER, CLOSES), "any": (OPENS, CLOSES)}

SCHEMA = """
CREATE TABLE IF NOT EXISTS appointments (
    slot TEXT PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, reason TEXT NOT NULL
)
"""


class Diary:
    """Bookings of half-hour slots on weekdays.

    Args:
        path: the SQLite file; made when missing. Each operation is one short transaction.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def free(self, day: date, part: str) -> list[str]:
        """Slots of a day that nobody has booked, as ``2026-11-24 09:30``."""
        with self._open() as db:
            taken = {slot for (slot,) in db.execute("SELECT slot FROM appointments")}
        return [
            slot for slot in _slots(day, part) if slot not in taken and slot > datetime.now().strftime(FORM)
        ]

    def book(self, slot: str, name: str, reason: str) -> bool:
        """Whether the slot was free, and now is this person's."""
        moment = datetime.strptime(slot, FORM)
        if slot not in _slots(moment.date(), "any"):
            return False
        with self._open() as db:
            row = (slot, name, reason)
            done = db.execute("INSERT OR IGNORE INTO appointments VALUES (?, ?, ?)", row)
            return done.rowcount == 1

    def of(self, name: str) -> str | None:
        """A person's next slot."""
        with self._open() as db:
            query = "SELECT MIN(slot) FROM appointments WHERE name = ? AND slot > ?"
            found: str | None = db.execute(query, (name, datetime.now().strftime(FORM))).fetchone()[0]
            return found

    def move(self, old: str, new: str) -> bool:
        """Whether the new slot was free, and the booking is there now."""
        if new not in _slots(datetime.strptime(new, FORM).date(), "any"):
            return False
        with self._open() as db:
            done = db.execute("UPDATE OR IGNORE appointments SET slot = ? WHERE slot = ?", (new, old))
            return done.rowcount == 1

    def cancel(self, slot: str) -> None:
        with self._open() as db:
            db.execute("DELETE FROM appointments WHERE slot = ?", (slot,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path)) as db, db:
            db.execute(SCHEMA)
            yield db


def _slots(day: date, part: str) -> list[str]:
    """All slots of a day; none on weekends or over lunch."""
    begin, end = PARTS[part]
    moment, slots = datetime.combine(day, begin), []
    while moment.time() < end and day.weekday() < 5:
        if not LUNCH <= moment.time() < LUNCH_OVER:
            slots.append(moment.strftime(FORM))
        moment += LENGTH
    return slots
