"""Audio is kept by its place in the call, no more of it than is allowed."""

from hypothesis import given
from hypothesis import strategies as st

from processors.replay import PACKET, Replay


def test_what_was_appended_can_be_read_from_any_place() -> None:
    replay = Replay()
    replay.append(bytes(range(200)))
    replay.append(bytes(range(200, 256)))
    assert replay.read(0, 3) == b"\0\1\2"
    assert replay.read(254, 800) == b"\xfe\xff"
    assert replay.read(256, 800) == b""
    assert (replay.start, replay.end) == (0, 256)


def test_forgetting_keeps_whole_packets() -> None:
    replay = Replay()
    replay.append(bytes(1000))
    replay.forget(PACKET * 2 + 1)
    assert replay.start == PACKET * 2
    assert replay.read(0, 10) == b""
    replay.forget(PACKET)
    assert replay.start == PACKET * 2


def test_forgetting_more_than_there_is() -> None:
    replay = Replay()
    replay.append(bytes(1000))
    replay.forget(9999)
    assert replay.end == 1000


@given(st.lists(st.binary(max_size=400)), st.integers(0, 2000))
def test_the_newest_audio_is_always_there_and_in_order(pieces: list[bytes], place: int) -> None:
    replay, everything = Replay(kept_ms=100), b"".join(pieces)
    for piece in pieces:
        replay.append(piece)
        assert replay.end - replay.start <= 800
    replay.forget(place)
    assert replay.end == len(everything)
    assert replay.read(replay.start, 800) == everything[replay.start :]
