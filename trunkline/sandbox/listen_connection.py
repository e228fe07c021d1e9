"""One socket of ``/v1/listen``: what its text messages do, and what it says at the end."""

import asyncio
from collections.abc import Mapping
from typing import Any

from trunkline.sandbox.ears import Ears, Speech
from trunkline.sandbox.hearing_connection import HearingConnection
from trunkline.sandbox.listen_faults import ListenFault
from trunkline.sandbox.listen_query import ListenQuery
from trunkline.sandbox.listen_replies import configure, metadata, schema_error
from trunkline.sandbox.listen_session import Session


class ListenConnection(HearingConnection[ListenQuery, Session]):
    """A socket on which Nova listens."""

    def __init__(
        self, query: ListenQuery, ears: Ears, fault: ListenFault, request_id: str, *, keep_audio: bool = True
    ) -> None:
        session = Session(query, request_id, ears.final_ms, no_endpoint=fault.no_endpoint)
        super().__init__(query, session, ears, fault, request_id, keep_audio=keep_audio)

    def _settle(self, speech: Speech, final_ms: int) -> None:
        self._later(final_ms, lambda: self._session.settle(speech.start))

    async def _obey(self, order: Mapping[str, Any], text: str) -> None:
        match order.get("type"):
            case "KeepAlive":
                # Alone it does not keep a socket open (Deepgram: troubleshooting).
                if self.audio_bytes:
                    self._last_sign = asyncio.get_running_loop().time()
            case "Finalize":
                await self._finish_ears()
                if not self._fault.ignore_finalize:
                    self._say(self._session.finalize())
            case "CloseStream":
                await self._end()
            case "Configure":
                self._say([configure(order, self.query, self.request_id)])
            case _:
                self._say([schema_error(text)])

    async def _end(self) -> None:
        """Say what is left, then ``Metadata``, and close normally."""
        await self._finish_ears()
        farewell = metadata(self.query, self.request_id, self._session.clock)
        self._say([*self._session.finish(), farewell])
        self._close_behind()
