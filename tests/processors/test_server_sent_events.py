"""Events are found wherever the network cuts the bytes."""

import pytest

from processors.server_sent_events import Event, EventDecoder

STREAM = (
    b": keep-alive\r\n\r\n"
    b'data: {"a": 1}\r\n\r\n'
    b"data:no space\n\n"
    b"event: error\ndata: first\ndata: second\nid: 7\nretry\n\n"
    b"\n\n"
    b"data: caf\xc3\xa9\xe2\x80\xa8 one line\r\r"
    b"data: [DONE]\n\n"
    b"data: cut off"
)

EVENTS = [
    Event('{"a": 1}'),
    Event("no space"),
    Event("first\nsecond", "error"),
    Event("café\u2028 one line"),
    Event("[DONE]"),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_do_not_depend_on_where_the_bytes_are_cut(size: int) -> None:
    decoder = EventDecoder()
    found = [e for at in range(0, len(STREAM), size) for e in decoder.feed(STREAM[at : at + size])]
    assert found == EVENTS


def test_bytes_that_are_not_utf8_do_not_end_the_stream() -> None:
    assert EventDecoder().feed(b"data: \xff\n\ndata: on\n\n") == [Event("\ufffd"), Event("on")]
