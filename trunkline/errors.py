"""Who erred, in the product around a pipeline.

::

    TrunklineError
    ├── SettingsError         the environment: a missing key, a value that does not fit
    ├── LineError             a pipeline file: where it stands, what was found, what was expected
    ├── RequestRefused        a request that is not Twilio's, or not now: forged, stale, reused
    └── CallError             a call was asked for what it cannot do in its state
"""

from pathlib import Path


class TrunklineError(Exception):
    """Something a person can mend; the message says how."""


class SettingsError(TrunklineError):
    """The environment lacks a value or holds one that does not fit."""


class LineError(TrunklineError):
    """A pipeline file cannot answer a phone.

    Args:
        path: the file.
        message: what was found, what was expected, what to do.
        line: the line in the file, counted from 1, if one is to blame.
    """

    def __init__(self, path: Path, message: str, *, line: int | None = None) -> None:
        super().__init__(path, message, line)
        self.path = path
        self.message = message
        self.line = line

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{where}: {self.message}"


class RequestRefused(TrunklineError):
    """A request that we do not serve.

    Args:
        message: why, without a secret or a number in it.
        status: the HTTP status that says so.
    """

    def __init__(self, message: str, *, status: int = 403) -> None:
        super().__init__(message)
        self.status = status


class CallError(TrunklineError):
    """A call was asked for what it cannot do in its state."""
