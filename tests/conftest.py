"""Every test runs on virtual time, unless it is marked ``@pytest.mark.asyncio(loop_factories=["real"])``."""

import asyncio
from collections.abc import Callable, Mapping

from trunkline.testing.clock import VirtualTimeLoop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"virtual": VirtualTimeLoop}
