"""One channel on its way to a file: silence where nothing was put."""

from processors.g711 import SILENCE
from transports.track import Track


def test_what_was_not_put_is_silence() -> None:
    track = Track()
    track.put(4, b"ab")
    track.put(8, b"cd")
    assert track.end == 10
    assert track.take(12) == SILENCE * 4 + b"ab" + SILENCE * 2 + b"cd" + SILENCE * 2


def test_what_comes_out_of_order_stands_in_order() -> None:
    track = Track()
    track.put(2, b"cd")
    track.put(0, b"ab")
    track.put(2, b"cd")  # a packet that came twice
    assert track.take(4) == b"abcd"


def test_what_was_taken_stays_as_it_was() -> None:
    track = Track()
    track.put(0, b"abcd")
    assert track.take(2) == b"ab"
    track.put(0, b"xyz")
    assert (track.take(4), track.start, track.end) == (b"zd", 4, 4)
    assert track.take(3) == b""


def test_a_gap_before_anything_is_put_costs_no_memory() -> None:
    track = Track()
    track.skip(1_000_000)
    assert track.end == 1_000_000
    track.put(1_000_001, b"a")
    assert track.take(1_000_002) == SILENCE + b"a"
    track.put(1_000_002, b"b")
    track.skip(2_000_000)
    assert track.end == 1_000_003
