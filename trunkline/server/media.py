"""The media socket: a stream of a call, let in by signature and ticket."""

from aiohttp import web
from loguru import logger

from transports.errors import RemoteProtocolError
from transports.media_streams import MediaStream, Start
from transports.twilio_socket import TwilioSocket, websocket
from trunkline.errors import RequestRefused
from trunkline.server.signature import Gatekeeper
from trunkline.server.tickets import PARAMETER, Tickets
from trunkline.session import Session
from trunkline.switchboard import Switchboard

POLICY_VIOLATION = 1008
INTERNAL_ERROR = 1011
"""Close codes (RFC 6455 section 7.4.1)."""


class Media:
    """``GET /twilio/media``.

    Args:
        switchboard: the calls.
        gatekeeper: tells Twilio's handshake from others.
        tickets: let streams in.
        protocol: what the carrier speaks.
    """

    def __init__(
        self,
        switchboard: Switchboard,
        gatekeeper: Gatekeeper,
        tickets: Tickets,
        protocol: type[MediaStream] = MediaStream,
    ) -> None:
        self._switchboard = switchboard
        self._gatekeeper = gatekeeper
        self._tickets = tickets
        self._protocol = protocol

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self._gatekeeper.check(request)
        ws = websocket()
        await ws.prepare(request)
        socket = TwilioSocket(ws, request, self._protocol())
        try:
            await self._carry(socket)
            await socket.close()
        except RemoteProtocolError as error:
            logger.warning("a stream broke the protocol: {}", error)
            await socket.close(error.close_code, str(error))
        except RequestRefused as error:
            logger.warning("a stream was refused: {}", error)
            await socket.close(POLICY_VIOLATION, str(error))
        except Exception as error:
            logger.opt(exception=error).error("a stream failed")
            await socket.close(INTERNAL_ERROR, "something went wrong here")
        return ws

    async def _carry(self, socket: TwilioSocket) -> None:
        start = await socket.start()
        if start is None:
            return
        self._tickets.punch(start.parameters.get(PARAMETER, ""), start.call_sid)
        await self._session(start).carry(socket, start)

    def _session(self, start: Start) -> Session:
        session = self._switchboard.calls.get(start.call_sid)
        if session is None or session.outcome is not None:
            raise RequestRefused("the stream's call is over or unknown here")
        return session
