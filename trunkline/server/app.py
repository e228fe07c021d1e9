"""The server: webhooks, the media socket, health and metrics, on aiohttp."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from loguru import logger

from trunkline.errors import RequestRefused
from trunkline.fleet.seat import Seat
from trunkline.outbound.news import DialNews
from trunkline.server import twiml
from trunkline.server.media import Media
from trunkline.server.metrics_page import MetricsPage
from trunkline.server.signature import Gatekeeper
from trunkline.server.tickets import Tickets
from trunkline.server.webhooks import Webhooks
from trunkline.switchboard import Switchboard

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

FORM_LIMIT = 64 * 2**10
"""Bytes. A webhook of Twilio has some two."""

SORRY = "I am sorry, we have a technical problem. Please call again in a few minutes."


def application(
    switchboard: Switchboard,
    gatekeeper: Gatekeeper,
    tickets: Tickets,
    seat: Seat | None = None,
    metrics: MetricsPage | None = None,
    dial_news: DialNews | None = None,
) -> web.Application:
    """The aiohttp application that answers the lines of a switchboard, alone or in one of several workers."""
    middlewares = [errors, seat.route] if seat else [errors]
    app = web.Application(middlewares=middlewares, client_max_size=FORM_LIMIT)
    address = seat.address if seat else ""
    app.add_routes(Webhooks(switchboard, gatekeeper, tickets, address, dial_news).routes())
    media = Media(switchboard, gatekeeper, tickets).handle
    app.add_routes([web.get(path, media) for path in twiml.paths(twiml.MEDIA)])
    app.add_routes(Health(switchboard, seat).routes())
    if metrics is not None:
        app.add_routes(metrics.routes())
    return app


class Health:
    """``/healthz``: alive. ``/readyz``: takes another call, here or in another worker."""

    def __init__(self, switchboard: Switchboard, seat: Seat | None = None) -> None:
        self._switchboard = switchboard
        self._seat = seat

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/healthz", self._alive), web.get("/readyz", self._ready)]

    async def _alive(self, _: web.Request) -> web.Response:
        calls = self._seat.readiness()[1] if self._seat else len(self._switchboard.calls)
        return web.json_response({"status": "alive", "calls": calls})

    async def _ready(self, _: web.Request) -> web.Response:
        board = self._switchboard
        if self._seat is not None:
            status, calls = self._seat.readiness()
            roster = self._seat.roster
            body = {"status": status, "calls": calls, "workers": roster.size, "ready": roster.ready}
            return web.json_response(body, status=200 if status == "ready" else 503)
        numbers = {"calls": len(board.calls), "limit": board.admission.limit}
        if board.closing:
            return web.json_response({"status": "draining", **numbers}, status=503)
        if (reason := board.full) is not None:
            return web.json_response({"status": "full", "reason": reason, **numbers}, status=503)
        return web.json_response({"status": "ready", **numbers})


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """One sentence for whoever asked wrongly; for Twilio, which asks for a caller, something to say."""
    try:
        return await handler(request)
    except RequestRefused as error:
        logger.warning("{} {} refused: {}", request.method, request.path, error)
        return web.Response(text=f"{error}\n", status=error.status)
    except web.HTTPException:
        raise
    except Exception as error:
        logger.opt(exception=error).error("{} {} failed", request.method, request.path)
        if request.path.startswith("/twilio/") and request.method == "POST":
            return web.Response(text=twiml.hang_up(SORRY), content_type="text/xml")
        return web.Response(text="something went wrong here; the log of the server says what\n", status=500)
