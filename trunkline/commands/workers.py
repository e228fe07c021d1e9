"""Serving with many workers: what is settled once, before they are forked."""

import secrets
import socket
from collections.abc import Sequence
from contextlib import ExitStack

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from trunkline.commands.serving import complain_of, not_listening, nothing_left
from trunkline.errors import SettingsError
from trunkline.loader import Loaded
from trunkline.settings import Settings

BACKLOG = 2048
"""Connections that wait to be accepted; gunicorn's own figure."""


def shared(values: Settings) -> Settings:
    """Settings that all workers can have: a ticket of one is good for all, and so is the call store.

    Raises:
        SettingsError: the call store is one that each process would have for itself.
    """
    if _in_memory(values.database_url):
        raise SettingsError(
            "TRUNKLINE_DATABASE_URL is a database in memory, which workers cannot share; expected a file "
            "or a server, such as sqlite+aiosqlite:///trunkline.db"
        )
    if values.secret is None:
        return values.model_copy(update={"secret": SecretStr(secrets.token_urlsafe(32))})
    return values


def serve_with(
    workers: int, values: Settings, loaded: Sequence[Loaded], host: str, port: int, *, single: bool = False
) -> int:
    """Serve lines until a signal comes; returns the exit code.

    Raises:
        TrunklineError: no line is left to serve, a setting does not fit, or the port is not to be had.
    """
    with ExitStack() as stack:
        listening = [stack.enter_context(one) for one in bind(host, port)]
        return _serve_on(listening, workers, values, loaded, single)


def _serve_on(
    listening: Sequence[socket.socket],
    workers: int,
    values: Settings,
    loaded: Sequence[Loaded],
    single: bool,
) -> int:
    # These take seconds: after all that fails fast.
    from trunkline.commands.announcement import announce, farewell
    from trunkline.fleet import prefork
    from trunkline.fleet.scout import scout
    from trunkline.fleet.seat import Fleet

    found = scout(values, loaded)
    if found.failure:
        raise SettingsError(found.failure)
    wrong = found.errors()
    served = [one for one in loaded if all(error.path != one.path for error in wrong)]
    if not served:
        raise nothing_left(wrong)
    complain_of(wrong)
    url = "http://{}:{}".format(*listening[0].getsockname()[:2])
    work = prefork.Work(
        settings=values,
        loaded=served,
        single=single,
        fleet=Fleet.of(workers),
        on_ready=lambda: announce(url, served, values.public_url, single=single, workers=workers),
        on_stop=farewell,
    )
    return prefork.run(work, listening)


def bind(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of a host.

    Raises:
        TrunklineError: the port is not to be had.
    """
    bound: list[socket.socket] = []
    try:
        for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            bound.append(socket.socket(family))
            bound[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                bound[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            bound[-1].bind(address)
            bound[-1].listen(BACKLOG)
    except OSError as error:
        for one in bound:
            one.close()
        raise not_listening(error, host, port) from error
    return bound


def _in_memory(database: str) -> bool:
    try:
        url = make_url(database)
    except ArgumentError:
        return False  # whoever opens it says so
    file = url.database or ":memory:"
    return url.get_backend_name() == "sqlite" and (":memory:" in file or "mode=memory" in database)
