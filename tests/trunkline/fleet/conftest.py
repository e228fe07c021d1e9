"""What workers do with sockets of their own is tested on both event loops."""

import asyncio
from collections.abc import Callable, Mapping

import uvloop

from trunkline.testing.clock import VirtualTimeLoop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"virtual": VirtualTimeLoop, "uvloop": uvloop.new_event_loop}
