"""``GET /metrics`` for Prometheus, and who may read it.

What stands there are a business's numbers: how many people call, and how their calls end. The port is the one
that Twilio reaches from the internet, so without a token the page is for neighbours only: whoever connects
from this machine or a private network, and not through a proxy, behind which anybody may be.
"""

import hmac
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from aiohttp import web

from trunkline.errors import RequestRefused
from trunkline.exposition import expose
from trunkline.metrics import Metrics

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
"""What a proxy, or a tunnel, adds to a request."""


class MetricsPage:
    """The page.

    Args:
        metrics: what it shows.
        token: what a reader has to know; without one, only neighbours may read.
        on_read: called at each reading.
    """

    def __init__(self, metrics: Metrics, token: str = "", on_read: Callable[[], None] = lambda: None) -> None:
        self._metrics = metrics
        self._token = token
        self._on_read = on_read

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/metrics", self._show)]

    async def _show(self, request: web.Request) -> web.Response:
        self._admit(request)
        self._on_read()
        body, kind = expose(self._metrics, request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": kind})

    def _admit(self, request: web.Request) -> None:
        """Raises:
        RequestRefused: whoever asks may not read it.
        """
        if self._token:
            given = request.headers.get("Authorization", "").encode()
            if not hmac.compare_digest(given, f"Bearer {self._token}".encode()):
                raise RequestRefused(
                    "/metrics wants the token of TRUNKLINE_METRICS_TOKEN (Authorization: Bearer …)",
                    status=401,
                )
        elif not is_neighbour(request.remote) or any(name in request.headers for name in FORWARDED):
            raise RequestRefused(
                "/metrics answers this machine and private networks, and no proxy; "
                "set TRUNKLINE_METRICS_TOKEN to read it from elsewhere",
                status=403,
            )


def is_neighbour(address: str | None) -> bool:
    """Whether this is an address of this machine or a private network; a Unix socket has none."""
    if not address:
        return True
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_private
