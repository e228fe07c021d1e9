"""What can go wrong with a chat completion, as data.

``after`` counts tokens; a fault after more tokens than the reply has comes before its finish reason.
"""

from dataclasses import dataclass

REFUSALS = {
    400: ("The request was rejected.", "invalid_request_error", None),
    401: ("Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    403: ("This project may not use that model.", "invalid_request_error", "model_not_allowed"),
    404: (
        "The model does not exist or you do not have access to it.",
        "invalid_request_error",
        "model_not_found",
    ),
    429: ("Rate limit reached for requests.", "requests", "rate_limit_exceeded"),
    500: ("The server had an error while processing your request.", "server_error", None),
    503: ("The engine is currently overloaded, please try again later.", "server_error", None),
}
"""Message, type and code of the statuses that a fault may ask for."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with an error status."""

    status: int = 500
    code: str | None = None
    """The error's code; by default the one that belongs to the status."""

    retry_after: float | None = None
    """Seconds in ``Retry-After``."""


@dataclass(frozen=True, slots=True)
class Stall:
    """Send nothing more, with the connection open. After 0 tokens not even a status line is sent."""

    after: int = 0
    """Tokens."""


@dataclass(frozen=True, slots=True)
class Slow:
    """Send nothing for a while, then the rest of the reply. After 0 tokens the status line is late, too."""

    seconds: float
    after: int = 0
    """Tokens."""


@dataclass(frozen=True, slots=True)
class Garble:
    """Send an event that is not JSON."""

    after: int = 0
    """Tokens."""


@dataclass(frozen=True, slots=True)
class EndEarly:
    """End the body properly, but without a finish reason and without ``[DONE]``."""

    after: int = 0
    """Tokens."""


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """Send an error object in the middle of the stream, then end it."""

    after: int = 0
    """Tokens."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Abort the connection. After 0 tokens without any answer."""

    after: int = 0
    """Tokens."""


Fault = Refuse | Stall | Slow | Garble | EndEarly | ErrorEvent | Cut
