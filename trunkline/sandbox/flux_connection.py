"""One socket of ``/v2/listen``: what its text messages do, and the numbers that all messages bear."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from trunkline.sandbox.ears import Ears, Speech
from trunkline.sandbox.flux_query import FluxQuery, Unacceptable, changed
from trunkline.sandbox.flux_session import FluxSession, Languages
from trunkline.sandbox.hearing_connection import HearingConnection, Message
from trunkline.sandbox.listen_faults import ListenFault

UNPARSABLE = {
    "type": "Error",
    "code": "UNPARSABLE_CLIENT_MESSAGE",
    "description": "Text message received from client did not match any of the formats we expect.",
}
"""To a message that is none of those a client may send, ``KeepAlive`` among them; fatal."""

NO_TURN = {
    "type": "Warning",
    "code": "FORCE_END_TURN_NO_ACTIVE_TURN",
    "description": "ForceEndTurn was received while no turn is active. It is ignored.",
}


class FluxConnection(HearingConnection[FluxQuery, FluxSession]):
    """A socket on which Flux listens.

    Args:
        eager_ms: milliseconds from the last sound of speech to the prediction that the turn is over, where
            ``ears`` say after how many it is.
    """

    def __init__(
        self,
        query: FluxQuery,
        ears: Ears,
        fault: ListenFault,
        request_id: str,
        *,
        eager_ms: int | None = None,
        languages: Languages | None = None,
        keep_audio: bool = True,
    ) -> None:
        session = FluxSession(query, ears.final_ms, no_endpoint=fault.no_endpoint, languages=languages)
        super().__init__(query, session, ears, fault, request_id, keep_audio=keep_audio)
        self._eager_ms = eager_ms
        self._sequence = 0

    async def serve(self, ws: web.WebSocketResponse, request: web.Request) -> None:
        self._say([{"type": "Connected"}], 0)
        await super().serve(ws, request)

    def _settle(self, speech: Speech, final_ms: int) -> None:
        eager_ms = final_ms / 2 if self._eager_ms is None else self._eager_ms
        self._later(eager_ms, lambda: self._session.settle(speech.start, eager=True))
        self._later(final_ms, lambda: self._session.settle(speech.start, eager=False))

    async def _obey(self, order: Mapping[str, Any], text: str) -> None:
        match order.get("type"):
            case "CloseStream":
                await self._end()
            case "ForceEndTurn":
                self._say(self._session.force() or [NO_TURN])
            case "Configure":
                self._say([self._configure(order)])
            case _:
                self._say([UNPARSABLE])
                self._close_behind(1008, "UNPARSABLE_CLIENT_MESSAGE")

    async def _end(self) -> None:
        """Say what is left, and close normally."""
        await self._finish_ears()
        self._say(self._session.finish())
        self._close_behind()

    def _configure(self, order: Mapping[str, Any]) -> Message:
        thresholds = order.get("thresholds") or {}
        try:
            if not isinstance(thresholds, dict):
                raise Unacceptable("INVALID_THRESHOLD", "thresholds must be an object")
            given = {name: value for name, value in thresholds.items() if value is not None}
            query = changed(self._session.query, given, order.get("keyterms"), order.get("language_hints"))
        except Unacceptable as problem:
            return {"type": "ConfigureFailure", "code": problem.code, "description": problem.description}
        self.query = self._session.query = query
        return _configured(query)

    async def _send(self, message: Message | str) -> None:
        if isinstance(message, dict):
            ids: Message = {"sequence_id": self._sequence}
            if message["type"] != "Error":
                ids = {"request_id": self.request_id, **ids}
            message = {"type": message["type"], **ids, **message}
            self._sequence += 1
        await super()._send(message)


def _configured(query: FluxQuery) -> Message:
    thresholds = {
        "eager_eot_threshold": query.eager_eot_threshold,
        "eot_threshold": query.eot_threshold,
        "eot_timeout_ms": query.eot_timeout_ms,
    }
    message: Message = {
        "type": "ConfigureSuccess",
        "thresholds": {name: value for name, value in thresholds.items() if value is not None},
        "keyterms": list(query.keyterms),
    }
    return {**message, "language_hints": list(query.language_hints)} if query.tells_languages else message
