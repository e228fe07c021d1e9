"""Events are values that can be compared, hashed and logged."""

import dataclasses

import pytest

from transports.media_events import Media, Start


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Media(b"").payload = b"x"  # type: ignore[misc]


def test_neither_the_ticket_nor_the_sound_is_printed() -> None:
    start = Start("MZ1", "CA1", parameters={"ticket": "s3cret"})
    assert "s3cret" not in repr(start)
    assert "payload" not in repr(Media(b"\xff" * 160))


def test_events_compare_by_contents_and_can_be_kept_in_a_set() -> None:
    start = Start("MZ1", "CA1", parameters={"ticket": "a"})
    assert start != Start("MZ1", "CA1", parameters={"ticket": "b"})
    assert {start, Start("MZ1", "CA1", parameters={"ticket": "a"})} == {start}
