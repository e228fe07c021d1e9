"""Numbers that workers add up, in memory that all of them share: any of them can tell the sum.

Each worker writes in a place of its own, one aligned word at a time, so nothing is locked. What a worker has
counted stays when it dies: its successor counts on, and the sums never fall.
"""

import mmap

ROWS = 256
"""Rows of a worker; the pages of those that are never written take no memory."""

WORD = 8


class Tally:
    """A table of numbers for each worker. Made before the workers are.

    Args:
        columns: of a row.
        workers: how many there are.
    """

    def __init__(self, columns: int, workers: int = 1) -> None:
        self.workers = workers
        self._columns = columns
        self._memory = mmap.mmap(-1, WORD * ROWS * columns * workers)
        self._words = memoryview(self._memory).cast("d")

    def add(self, worker: int, row: int, column: int, value: float = 1.0) -> None:
        self._words[self._place(worker, row, column)] += value

    def set(self, worker: int, row: int, column: int, value: float) -> None:
        self._words[self._place(worker, row, column)] = value

    def sum(self, row: int, column: int) -> float:
        """Of all workers."""
        return sum(self._words[self._place(worker, row, column)] for worker in range(self.workers))

    def most(self, row: int, column: int) -> float:
        """Of any worker."""
        return max(self._words[self._place(worker, row, column)] for worker in range(self.workers))

    def _place(self, worker: int, row: int, column: int) -> int:
        return (worker * ROWS + row) * self._columns + column
