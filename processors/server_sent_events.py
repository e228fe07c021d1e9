"""Server-sent events: bytes in, events out, without any I/O (WHATWG HTML, section 9.2.6)."""

import re
from dataclasses import dataclass

# A CR at the end of what has arrived may be the first half of a CRLF.
_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the stream."""

    data: str
    """The ``data`` lines, joined by line feeds."""

    name: str = ""
    """The ``event`` line; empty for a plain message."""


class EventDecoder:
    """Cuts a byte stream into events, wherever the network has cut it.

    An event that the stream ends in the middle of is not an event.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[str] = []
        self._name = ""

    def feed(self, data: bytes) -> list[Event]:
        """The events that these bytes complete."""
        *lines, self._rest = _LINE_END.split(self._rest + data)
        return [event for line in lines if (event := self._take(line))]

    def _take(self, line: bytes) -> Event | None:
        if not line:
            return self._dispatch()
        name, _, value = line.decode("utf-8", errors="replace").partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._name = value
        return None

    def _dispatch(self) -> Event | None:
        event = Event("\n".join(self._data), self._name) if self._data else None
        self._data, self._name = [], ""
        return event
