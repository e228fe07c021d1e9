"""Deepgram's Flux at the wire: ``/v2/listen``, speech to text that knows when a turn is over."""

from collections.abc import Callable, Mapping
from typing import Any

from multidict import MultiMapping

from trunkline.sandbox.ears import Ears
from trunkline.sandbox.flux_connection import FluxConnection
from trunkline.sandbox.flux_query import parse
from trunkline.sandbox.flux_session import Languages
from trunkline.sandbox.hearing import HearingEmulator
from trunkline.sandbox.listen_faults import ListenFault

__all__ = ["FluxConnection", "FluxEmulator"]


class FluxEmulator(HearingEmulator[FluxConnection]):
    """Flux listens. Where ears leave it open when speech is final, the silence decides
    (:mod:`trunkline.sandbox.flux_confidence`).

    Args:
        eager_ms: milliseconds from the last sound of speech to the prediction that a turn is over, where ears
            have a ``final_ms`` of their own and the client wants predictions; by default half of that.
        languages: what the multilingual model makes of a transcript; by default the first of the client's
            hints, or English.
    """

    path = "/v2/listen"

    def __init__(
        self,
        ears: Callable[[Mapping[str, str]], Ears],
        *,
        eager_ms: int | None = None,
        languages: Languages | None = None,
        **options: Any,
    ) -> None:
        super().__init__(ears, **options)
        self.eager_ms = eager_ms
        self.languages = languages

    def _connect(self, query: MultiMapping[str], fault: ListenFault, identity: str) -> FluxConnection:
        return FluxConnection(
            parse(query),
            self._ears(query),
            fault,
            identity,
            eager_ms=self.eager_ms,
            languages=self.languages,
            keep_audio=self.keep_audio,
        )
