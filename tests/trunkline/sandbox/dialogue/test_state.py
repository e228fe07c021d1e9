"""A state is a value: it changes by being replaced."""

from dataclasses import FrozenInstanceError, replace

import pytest

from trunkline.sandbox.dialogue.state import Form, State


def test_what_follows_leaves_what_was_alone() -> None:
    before = State(form=Form("book", {"name": "Anna"}))
    after = replace(before, form=None, said="Goodbye.")
    assert before == State(form=Form("book", {"name": "Anna"}))
    assert after == State(said="Goodbye.")
    with pytest.raises(FrozenInstanceError):
        before.said = "x"  # type: ignore[misc]
