"""The type of a transport's error says who erred."""

from transports.errors import LocalProtocolError, PeerStalled, RemoteProtocolError, TransportError


def test_every_kind_is_a_transports_error() -> None:
    assert all(
        issubclass(kind, TransportError) for kind in (LocalProtocolError, RemoteProtocolError, PeerStalled)
    )


def test_the_peers_mistake_carries_the_close_code_that_says_so() -> None:
    assert RemoteProtocolError("found x; expected y").close_code == 1002
    assert RemoteProtocolError("too big", close_code=1009).close_code == 1009
