"""Who ended a stream, and what that is called."""

import pytest
from aiohttp import WSMsgType

from trunkline.sandbox.telephone.stream_end import StreamEnd, stream_end


@pytest.mark.parametrize(
    ("kind", "code", "stopping", "expected"),
    [
        (WSMsgType.CLOSE, 1000, False, StreamEnd("server", 1000, "why", 31921)),
        (WSMsgType.CLOSE, 1008, False, StreamEnd("server", 1008, "why", 31921)),
        (WSMsgType.ERROR, 1002, False, StreamEnd("server", 1002, "why", 31924)),
        (WSMsgType.CLOSED, None, False, StreamEnd("network", 1006, "", 31903)),
        (WSMsgType.CLOSED, 1000, False, StreamEnd("network", 1006, "", 31903)),
        (WSMsgType.CLOSE, 1000, True, StreamEnd("carrier", 1000)),
        (WSMsgType.CLOSED, None, True, StreamEnd("carrier", 1006)),
    ],
)
def test_the_last_message_tells(
    kind: WSMsgType, code: int | None, stopping: bool, expected: StreamEnd
) -> None:
    assert stream_end(kind, code, "why", stopping) == expected
