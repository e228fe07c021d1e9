"""The log of one call, on which one can wait."""

import asyncio
from collections.abc import Callable, Iterator
from typing import TypeVar, overload

from trunkline.sandbox.telephone.records import Record

R = TypeVar("R", bound=Record)

Predicate = Callable[[Record], bool]

PATIENCE = 120.0
"""Seconds to wait for a record, unless the waiter says otherwise."""


class NotSeen(AssertionError):
    """What was waited for did not happen."""


class CallLog:
    """Records in the order in which they happened."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._waiting: list[tuple[Predicate, asyncio.Future[Record]]] = []

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, index: int) -> Record:
        return self._records[index]

    def __repr__(self) -> str:
        return "\n".join(repr(record) for record in self._records)

    def add(self, record: Record) -> None:
        self._records.append(record)
        for waiter in [waiter for waiter in self._waiting if waiter[0](record)]:
            self._waiting.remove(waiter)
            if not waiter[1].done():
                waiter[1].set_result(record)

    def of(self, kind: type[R]) -> list[R]:
        """The records of one kind."""
        return [record for record in self._records if isinstance(record, kind)]

    @overload
    async def until(self, wanted: type[R], *, since: int = 0, timeout: float = PATIENCE) -> R: ...
    @overload
    async def until(self, wanted: Predicate, *, since: int = 0, timeout: float = PATIENCE) -> Record: ...

    async def until(
        self, wanted: type[Record] | Predicate, *, since: int = 0, timeout: float = PATIENCE
    ) -> Record:
        """The first record that is wanted, which may have happened already.

        Args:
            wanted: a kind of record, or a condition on one.
            since: how many of the oldest records do not count: ``len(log)`` waits for something new.
            timeout: seconds after which it is given up.

        Raises:
            NotSeen: it did not happen in time.
        """
        accepts = _condition(wanted)
        for record in self._records[since:]:
            if accepts(record):
                return record
        happened: asyncio.Future[Record] = asyncio.get_running_loop().create_future()
        waiter = (accepts, happened)
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(timeout):
                return await happened
        except TimeoutError:
            raise NotSeen(f"{wanted} was not seen in {timeout:g} s; this was:\n{self!r}") from None
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)


def _condition(wanted: type[Record] | Predicate) -> Predicate:
    if isinstance(wanted, type):
        return lambda record: isinstance(record, wanted)
    return wanted
