"""Who has which call: found by whoever shares the memory."""

import mmap

from trunkline.fleet.books import ENTRIES, ENTRY, SIZE, Books


def pair() -> tuple[Books, Books]:
    """Two workers' books, side by side."""
    memory = mmap.mmap(-1, 2 * SIZE)
    return Books(memory, 0), Books(memory, SIZE)


def test_a_call_is_in_the_books_until_it_is_removed() -> None:
    ours, theirs = pair()
    theirs.add("CA1")
    theirs.add("CA1")
    assert "CA1" in theirs
    assert "CA1" not in ours
    theirs.remove("CA1")
    theirs.remove("CA1")
    assert "CA1" not in theirs


def test_a_place_is_used_again() -> None:
    ours, theirs = pair()
    for number in range(ENTRIES):
        ours.add(f"CA{number}")
    ours.add("one more")
    assert "one more" not in ours
    assert "one more" not in theirs
    ours.remove("CA7")
    ours.add("one more")
    assert "one more" in ours


def test_the_end_of_one_sid_is_not_another() -> None:
    ours, _ = pair()
    ours.add("CA12")
    assert "A12" not in ours
    assert "CA1" not in ours
    assert "CA123" not in ours


def test_what_has_no_place_is_not_found() -> None:
    ours, _ = pair()
    for sid in ("", "C" * ENTRY):
        ours.add(sid)
        assert sid not in ours
        ours.remove(sid)


def test_clearing_says_what_was_in_there() -> None:
    ours, theirs = pair()
    ours.add("CA1")
    ours.add("CA2")
    theirs.add("CA3")
    ours.remove("CA1")
    assert ours.clear() == ["CA2"]
    assert "CA2" not in ours
    assert "CA3" in theirs
