"""Who erred, in the product around a pipeline.

::

    TrunklineError
    ├── SettingsError         the environment: a missing key, a value that does not fit
    ├── LineError             a pipeline file: where it stands, what was found, what was expected
    ├── RequestRefused        a request that is not Twilio's, or not now: forged, stale, reused
    ├── CallError             a call was asked for what it cannot do in its state
    ├── CarrierError          the carrier's REST API refused, or nobody knows whether it did
    └── CampaignError         a list of contacts, a name or an order to a campaign that does not fit
"""

from datetime import datetime
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


class CarrierError(TrunklineError):
    """The carrier did not do what it was asked for over REST, or nobody knows whether it did.

    Args:
        message: what was asked, what was found, what to do; without a number or a key.
        status: of HTTP; 0 without an answer.
        code: Twilio's, of its error dictionary.
        unknown: whether it may have been done all the same: never ask again blindly.
        gone: whether the call that was meant is over, or not there yet.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: int | None = None,
        unknown: bool = False,
        gone: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.unknown = unknown
        self.is_gone = gone

    @property
    def refused(self) -> bool:
        """Whether it was certainly not done."""
        return not self.unknown

    @property
    def is_busy(self) -> bool:
        """Whether the same may be asked again later: there were too many requests, or calls."""
        return self.status == 429 or self.code == 10004


class CampaignError(TrunklineError):
    """A campaign was asked for what it cannot do, or its contacts cannot be called."""


class DialRefused(TrunklineError):
    """Somebody is not called: we do not, or may not now. Nothing was asked of the carrier.

    Args:
        message: why, and what to do; without a number.
        reason: ``number``, ``data``, ``do-not-call``, ``hours``, ``budget``, ``under-way``, ``full`` or
            ``origin``.
        again_at: when it may be tried again, if the clock decides.
    """

    def __init__(self, message: str, reason: str, *, again_at: datetime | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.again_at = again_at
