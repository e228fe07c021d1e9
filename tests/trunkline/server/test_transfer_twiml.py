"""The documents of a transfer, as the carrier reads them."""

from xml.sax.saxutils import escape

import pytest

from trunkline.server.transfer_twiml import ROUNDS, ask, go, meet, part
from trunkline.server.twiml import LIMITS
from trunkline.transfers.destinations import Number, QueueNamed, Room, Sip, Then

HEAD = '<?xml version="1.0" encoding="UTF-8"?><Response>'
NEXT = f"/twilio/next/3{escape(LIMITS)}"
DIAL = f'<Dial action="{NEXT}" answerOnBridge="true"'


@pytest.mark.parametrize(
    ("then", "document"),
    [
        (
            Then(Number("+15550123"), ring_seconds=20, caller_id="+15550100"),
            f'{DIAL} callerId="+15550100" method="POST" timeout="20"><Number>+15550123</Number></Dial>',
        ),
        (
            Then(Sip("sip:a@example.com")),
            f'{DIAL} method="POST" timeout="25"><Sip>sip:a@example.com</Sip></Dial>',
        ),
        (
            Then(Room("call-CA1")),
            f'{DIAL} method="POST" timeout="25"><Conference beep="false" endConferenceOnExit="true" '
            'maxParticipants="2" startConferenceOnEnter="false">call-CA1</Conference></Dial>',
        ),
        (Then(QueueNamed("a&b")), f'<Enqueue action="{NEXT}" method="POST">a&amp;b</Enqueue>'),
        (
            Then(QueueNamed("q", "https://example.com/w")),
            f'<Enqueue action="{NEXT}" method="POST" waitUrl="https://example.com/w">q</Enqueue>',
        ),
    ],
)
def test_the_caller_goes_there_and_the_worker_is_asked_afterwards(then: Then, document: str) -> None:
    assert go(then, "/3") == f"{HEAD}{document}</Response>"


def test_a_human_is_asked_some_times_and_then_left_alone() -> None:
    document = ask("It <hurts>.", "Press 1.", "/twilio/consult/3?call=CA1&x=2", "de-DE")
    gather = '<Gather action="/twilio/consult/3?call=CA1&amp;x=2" finishOnKey="" input="dtmf" method="POST" '
    assert document.count(gather + 'numDigits="1" timeout="8">') == ROUNDS
    assert document.count('<Say language="de-DE">It &lt;hurts&gt;. Press 1.</Say>') == ROUNDS
    assert document.endswith("<Hangup /></Response>")


def test_a_human_starts_the_conference_and_ends_it() -> None:
    assert 'endConferenceOnExit="true" maxParticipants="2" startConferenceOnEnter="true">r</' in meet("r")
    assert part("Bye.") == f'{HEAD}<Say language="en-US">Bye.</Say><Hangup /></Response>'
