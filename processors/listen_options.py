"""What a phone line asks of ``/v1/listen``."""

from collections.abc import Mapping, Sequence
from typing import Any

from processors.frames import RATE

UTTERANCE_END_MS = range(1000, 5001)
"""What Deepgram takes for ``utterance_end_ms``."""


def listen_options(
    model: str,
    language: str,
    keyterms: Sequence[str],
    endpointing_ms: int,
    utterance_end_ms: int,
    smart_format: bool,
    more: Mapping[str, Any],
) -> dict[str, Any]:
    """Arguments of the SDK's ``listen.v1.connect``; ``more`` wins.

    Raises:
        ValueError: Deepgram would refuse the combination.
    """
    if utterance_end_ms not in UTTERANCE_END_MS:
        raise ValueError(f"utterance_end_ms is {utterance_end_ms}; Deepgram takes 1000 to 5000")
    if keyterms and not model.startswith("nova-3"):
        raise ValueError(f"keyterms need a nova-3 model, found {model!r}")
    options = {
        "model": model,
        "language": language,
        "encoding": "mulaw",
        "sample_rate": RATE,
        "channels": 1,
        "interim_results": True,
        "vad_events": True,
        "endpointing": endpointing_ms,
        "utterance_end_ms": utterance_end_ms,
        "smart_format": smart_format,
    }
    return {**options, **({"keyterm": list(keyterms)} if keyterms else {}), **more}
