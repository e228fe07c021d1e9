"""Records are values."""

import dataclasses

import pytest

from trunkline.sandbox.telephone import records
from trunkline.sandbox.telephone.records import MarkReturned, Record, WebhookSent

KINDS = [kind for kind in vars(records).values() if isinstance(kind, type) and issubclass(kind, Record)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_record_says_when_and_cannot_be_changed(kind: type[Record]) -> None:
    fields = {field.name for field in dataclasses.fields(kind)}
    assert "at" in fields
    record = kind(**dict.fromkeys(fields, 1.0))
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.at = 2.0  # type: ignore[misc]
    assert not hasattr(record, "__dict__")


def test_records_compare_by_contents() -> None:
    one, other = (MarkReturned(at=1.0, stream_sid="MZ", name="a", played=True) for _ in range(2))
    assert one == other


def test_the_parameters_of_a_webhook_are_not_printed() -> None:
    record = WebhookSent(at=0.0, why="voice", method="POST", url="http://h/", params={"From": "+15550199"})
    assert "+15550199" not in repr(record)
