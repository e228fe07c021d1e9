"""Who erred, when a transport fails.

::

    TransportError
    ├── LocalProtocolError       we tried what the protocol does not allow
    ├── RemoteProtocolError      the peer sent what the protocol does not allow; carries a close code
    └── PeerStalled              the peer stopped reading
"""


class TransportError(Exception):
    """A stream failed."""


class LocalProtocolError(TransportError):
    """We tried to do what the protocol does not allow now."""


class RemoteProtocolError(TransportError):
    """The peer broke the protocol. Ends its stream, and no other.

    Args:
        message: what was found and what was expected.
        close_code: the WebSocket close code that says so to the peer (RFC 6455 section 7.4.1).
    """

    def __init__(self, message: str, *, close_code: int = 1002) -> None:
        super().__init__(message)
        self.close_code = close_code


class PeerStalled(TransportError):
    """The peer stopped reading; what we had to say no longer gets out."""
