"""What was said can be read again from any position, until it is forgotten."""

from transports.tape import Tape


def tape() -> Tape:
    made = Tape()
    for piece in (b"abcd", b"ef", b"ghij"):
        made.append(piece)
    return made


def test_a_piece_is_handed_out_as_it_came() -> None:
    piece = b"abcd"
    made = Tape()
    made.append(piece)
    assert made.piece(0) is piece
    assert made.piece(4) == b""


def test_from_the_middle_of_a_piece_the_rest_of_it_comes() -> None:
    assert [tape().piece(at) for at in (0, 2, 4, 5, 9, 10)] == [b"abcd", b"cd", b"ef", b"f", b"j", b""]


def test_a_span_crosses_pieces() -> None:
    assert tape().span(0, 10) == b"abcdefghij"
    assert tape().span(3, 7) == b"defg"
    assert tape().span(5, 5) == b""


def test_positions_stay_what_they_are_when_the_beginning_is_forgotten() -> None:
    made = tape()
    made.forget(5)
    assert (made.start, made.end) == (4, 10)
    assert made.piece(5) == b"f"
    assert made.span(0, 7) == b"efg"
    assert made.piece(3) == b""


def test_all_can_be_forgotten() -> None:
    made = tape()
    made.forget(10)
    assert (made.start, made.end, made.piece(9), made.span(0, 10)) == (10, 10, b"", b"")
    made.append(b"kl")
    assert made.piece(10) == b"kl"
