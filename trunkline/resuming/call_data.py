"""What tools remember for the length of a call, and what of it another process can take over."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from loguru import logger

from trunkline.resuming.resumption import Resumed


class CallData(dict[str, Any]):
    """A dict that tells when a key is set or deleted. A change inside a value is found at the next turn."""

    changed: Callable[[], None] | None = None

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._tell()

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self._tell()

    def __ior__(self, other: Any) -> "CallData":  # type: ignore[misc, override]
        self.update(other)
        return self

    def update(self, *others: Any, **values: Any) -> None:
        super().update(*others, **values)
        self._tell()

    def setdefault(self, key: str, default: Any = None) -> Any:
        value = super().setdefault(key, default)
        self._tell()
        return value

    def pop(self, key: str, *default: Any) -> Any:
        value = super().pop(key, *default)
        self._tell()
        return value

    def clear(self) -> None:
        super().clear()
        self._tell()

    def _tell(self) -> None:
        if self.changed is not None:
            self.changed()


class Remembered:
    """What of a call outlives the process that has it.

    Args:
        resumed: what is known of it when it begins here.
        data: what it began with.
    """

    def __init__(self, resumed: Resumed, data: Mapping[str, Any]) -> None:
        self.changed: Callable[[], None] = lambda: None
        """Called when there is something else to remember than before."""
        self.attempts = resumed.attempts
        """Streams that the call was told to connect to, in all processes together."""
        self.owed = resumed.unheard
        """What was lost with a stream, and is to be said again."""
        remembered = CallData({**data, **resumed.data})
        remembered.changed = lambda: self.changed()
        self.data: dict[str, Any] = remembered
        """Whatever tools want to remember for the length of the call."""
        self.spent = resumed.spent
        """What it has cost in other processes."""
        self._stage = resumed.stage

    @property
    def stage(self) -> str:
        """Where the conversation stands, as the line names it: the node of a pipecat Flows graph, say.

        Kept with each turn, and there again when another process goes on with the call.
        """
        return self._stage

    @stage.setter
    def stage(self, name: str) -> None:
        self._stage = name
        self.changed()


class Keepable:
    """Finds what JSON can hold; says once a type what it cannot."""

    def __init__(self, sid: str) -> None:
        self._sid = sid
        self._told: set[str] = set()

    def of(self, data: dict[str, Any]) -> dict[str, Any]:
        """As it would be read again: a tuple is a list then, and a number that is a key a text."""
        kept = {}
        for key, value in data.items():
            try:
                # NaN is no JSON: PostgreSQL would refuse the whole record for it.
                kept[str(key)] = json.loads(json.dumps(value, allow_nan=False))
            except (TypeError, ValueError, RecursionError):
                self._tell(type(value).__name__)
        return kept

    def _tell(self, kind: str) -> None:
        if kind not in self._told:
            self._told.add(kind)
            logger.warning(
                "call {}: a value in call.data of type {} is not kept for another process; "
                "expected what JSON holds",
                self._sid,
                kind,
            )
