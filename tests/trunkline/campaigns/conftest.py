"""Beside the virtual clock, the machine's: DBOS has threads of its own, which know no other."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from trunkline.testing.clock import VirtualTimeLoop


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    if item.get_closest_marker("realtime"):
        return {"real": asyncio.new_event_loop}
    return {"virtual": VirtualTimeLoop}
