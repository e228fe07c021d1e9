"""What the carrier says for us."""

from xml.sax.saxutils import escape

import pytest

from trunkline.fallback import Fallback, Voicemail
from trunkline.life import ABANDONED, COMPLETED, Outcome
from trunkline.line import Line
from trunkline.overflow import DialOverflow, SayAndHangUp
from trunkline.server import last_resort
from trunkline.server.twiml import LIMITS

NEXT = f"/twilio/next{escape(LIMITS)}"
FAILED = Outcome("failed", "the model refused", "I am sorry.")


def line(fallback: Fallback | None = None) -> Line:
    return Line(name="desk", number="+15550100", greeting="Hi.", prompt="Be kind.", fallback=fallback)


@pytest.mark.parametrize(
    ("fallback", "expected"),
    [
        (None, ">I am sorry.</Say><Hangup"),
        (SayAndHangUp("Too bad."), ">Too bad.</Say><Hangup"),
        (DialOverflow("+15550188", text="Moment."), ">Moment.</Say><Dial"),
        (
            Voicemail("Speak.", max_seconds=60),
            f'>Speak.</Say><Record action="{NEXT}" maxLength="60"',
        ),
    ],
)
def test_a_call_that_nobody_has_said_goodbye_to_falls_back(fallback: Fallback | None, expected: str) -> None:
    for outcome in (FAILED, Outcome(ABANDONED.kind, "", "I am sorry.")):
        assert expected in last_resort.ended(outcome, line(fallback), {})


def test_a_call_that_ended_well_is_hung_up() -> None:
    assert last_resort.ended(COMPLETED, line(Voicemail()), {}).endswith("<Response><Hangup /></Response>")
    assert "<Record" not in last_resort.ended(Outcome("failed", "said already"), line(Voicemail()), {})


def test_who_was_put_through_is_not_put_through_again() -> None:
    other = line(DialOverflow("+15550188", unanswered="Nobody is here."))
    assert "Nobody is here." in last_resort.ended(FAILED, other, {"DialCallStatus": "no-answer"})
    assert "<Say" not in last_resort.ended(FAILED, other, {"DialCallStatus": "completed"})


def test_who_has_left_a_message_is_thanked() -> None:
    assert "Thank you." in last_resort.thank(line(Voicemail()))
    assert "<Say" not in last_resort.thank(None)
