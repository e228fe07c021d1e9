"""Deepgram's live speech-to-text at the wire: ``/v1/listen``."""

from multidict import MultiMapping

from trunkline.sandbox.hearing import HearingEmulator, Upgrade
from trunkline.sandbox.listen_connection import ListenConnection
from trunkline.sandbox.listen_faults import ListenFault
from trunkline.sandbox.listen_query import parse

__all__ = ["ListenConnection", "ListenEmulator", "ListenFault", "Upgrade"]


class ListenEmulator(HearingEmulator[ListenConnection]):
    """Nova listens."""

    path = "/v1/listen"

    def _connect(self, query: MultiMapping[str], fault: ListenFault, identity: str) -> ListenConnection:
        asked = parse(query)
        return ListenConnection(asked, self._ears(query), fault, identity, keep_audio=self.keep_audio)
