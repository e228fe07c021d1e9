"""What an author says of a tool."""

from processors.tool_options import TIMEOUT, Options, options_of, tool


def test_without_a_word_the_defaults_hold() -> None:
    def plain() -> None: ...

    assert options_of(plain) == Options(TIMEOUT)
    assert not options_of(plain).is_kept


def test_what_was_said_holds() -> None:
    @tool(timeout=3, side_effects=True, same=["slot"])
    def book(slot: str) -> None: ...

    assert options_of(book) == Options(3, side_effects=True, same=("slot",))
    assert options_of(book).is_kept


def test_what_must_not_be_interrupted_ends_by_itself() -> None:
    @tool(interruptible=False)
    def note() -> None: ...

    assert options_of(note).is_kept
    assert not options_of(note).side_effects
