"""What a line may say of its transfers."""

from pathlib import Path
from typing import Any

import pytest

from tests.trunkline.office import bare_line
from transports.ambience import Ambience
from trunkline.transfers.destinations import Number, Sip
from trunkline.transfers.transfer import UNANSWERED, WORDS, Result, Transfer, Transfers, transfers_of

DESK = "+15550123"


def test_a_destination_is_a_value_and_a_summary_is_for_humans() -> None:
    transfer = Transfer(to=DESK, summary="It hurts.")
    assert transfer.destination == Number(DESK)
    assert (transfer.address, transfer.warm) == (DESK, True)
    assert Transfer(to="sip:a@example.com").destination == Sip("sip:a@example.com")
    assert Transfer(to="queue:support").address == "support"
    assert not Transfer(to=DESK).warm


@pytest.mark.parametrize(
    ("manner", "expected"),
    [
        ({"to": "desk"}, "cannot be called"),
        ({"to": "queue:support", "warm": True}, "queue"),
        ({"to": "queue:support", "summary": "It hurts."}, "queue"),
        ({"to": DESK, "ring_seconds": 2}, "expected 5 to"),
        ({"to": DESK, "ring_seconds": 600}, "expected 5 to"),
        ({"to": DESK, "unanswered": " "}, "unanswered"),
        ({"to": DESK, "menu": ""}, "menu"),
        ({"to": DESK, "caller_id": "Harbour Dental"}, "E.164"),
    ],
)
def test_what_does_not_fit_is_refused(manner: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        Transfer(**manner)


def test_a_line_takes_a_mapping_or_the_value() -> None:
    given = {"desk": Transfer(to=DESK)}
    assert bare_line(transfers=given).transfers == Transfers(given)
    assert transfers_of(Transfers(given)) == Transfers(given)
    assert transfers_of(None) is None
    assert bare_line().tools == ()


@pytest.mark.parametrize(
    ("transfers", "expected"),
    [
        ({}, "is empty"),
        ([Transfer(to=DESK)], "expected Transfers"),
        ({"desk": DESK}, "expected Transfer"),
        ({"the\ndesk": Transfer(to=DESK)}, "expected a name"),
        ({"desk": Transfer(to="+15550100")}, "through to itself"),
    ],
)
def test_a_line_refuses_what_does_not_fit(transfers: Any, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        bare_line(transfers=transfers)


def test_hold_music_is_read_when_the_line_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        Transfers({"desk": Transfer(to=DESK)}, Ambience(tmp_path / "none.wav"))


def test_its_texts_are_spoken_ahead_and_said_in_every_language() -> None:
    line = bare_line(transfers={"desk": Transfer(to=DESK), "loud": Transfer(to=DESK, words="")})
    assert {WORDS, UNANSWERED} <= set(line.prompts())
    with pytest.raises(ValueError, match="in es"):
        bare_line(
            greeting={"en": "Hi.", "es": "Hola."},
            languages=("en", "es"),
            transfers={"desk": Transfer(to=DESK, words={"en": "One moment."})},  # type: ignore[arg-type]
        )


def test_results_say_whether_somebody_was_asked_in_vain() -> None:
    assert Result.BUSY.is_unanswered
    assert not Result.GONE.is_unanswered
    assert not Result.CALLED_OFF.is_unanswered
