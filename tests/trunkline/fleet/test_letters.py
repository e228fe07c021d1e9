"""Letters between workers are read as they were written."""

import pytest

from trunkline.fleet.letters import HEAD, Handed, Letter, Look, Told, pack, unpack


@pytest.mark.parametrize(
    "letter",
    [Handed(3, 70_000, b"GET / HTTP/1.1\r\n\r\n"), Handed(0, 0, b""), Told(b'["CallEnded",{}]'), Look()],
)
def test_a_letter_is_read_as_it_was_written(letter: Letter) -> None:
    assert unpack(pack(letter)) == letter


def test_another_kind_of_letter_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected H, T or L"):
        unpack(HEAD.pack(b"X", 0, 0))
