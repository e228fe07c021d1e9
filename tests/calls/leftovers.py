"""What a call may leave behind in a process, counted."""

import asyncio
import gc
from collections.abc import Mapping
from pathlib import Path

from pipecat.pipeline.worker import PipelineWorker

from transports.twilio_socket import TwilioSocket
from transports.twilio_stream import TwilioStream
from trunkline.session import Session

OPEN_FILES = Path("/proc/self/fd")
"""Where Linux lists them; other systems count none."""


def running() -> dict[str, int]:
    """Tasks of the loop, and files and sockets of the process."""
    files = len(list(OPEN_FILES.iterdir())) if OPEN_FILES.exists() else 0
    return {"tasks": len(asyncio.all_tasks()), "files": files}


def more(now: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    """By how much there is more of something."""
    return {what: count - before[what] for what, count in now.items() if count > before[what]}


def calls_in_memory() -> int:
    """Objects that belong to one call and are still referred to."""
    gc.collect()
    return sum(
        isinstance(thing, (Session, PipelineWorker, TwilioSocket, TwilioStream)) for thing in gc.get_objects()
    )
