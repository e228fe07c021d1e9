"""The document that answers a line while we are away asks us nothing."""

import re
from dataclasses import replace

import pytest

from trunkline.fallback import Fallback, Voicemail
from trunkline.late import Late
from trunkline.line import Line
from trunkline.overflow import DialOverflow, SayAndHangUp
from trunkline.server.standalone import document


def made(fallback: Fallback | None) -> str:
    return document(
        Line(name="desk", number="+15550100", greeting="Hi.", prompt="Be kind.", fallback=fallback)
    )


@pytest.mark.parametrize(
    "fallback", [None, SayAndHangUp("No."), DialOverflow("+15550188"), Voicemail("Speak.", thanks="Thanks.")]
)
def test_it_asks_us_nothing(fallback: Fallback | None) -> None:
    assert "/twilio/" not in made(fallback)


def test_the_caller_holds_for_somebody_who_may_be_back_soon() -> None:
    line = Line(name="desk", number="+15550100", greeting="Hi.", prompt="Be kind.", language="de-DE")
    hold = '<Say language="de-DE">One moment, please.</Say><Pause length="6" />'
    sorry = f'<Say language="de-DE">{line.apology}</Say><Hangup />'
    assert document(line).endswith(f"<Response>{hold}{hold}{sorry}</Response>")
    assert document(line, holds=False).endswith(f"<Response>{sorry}</Response>")
    patient = replace(line, late=Late(words=("Moment.", "Noch einen.")))
    assert [">Moment.<" in document(patient), ">Noch einen.<" in document(patient)] == [True, True]
    assert "One moment" in document(replace(line, late=None))


def test_a_dial_that_nobody_answers_goes_on_in_the_document() -> None:
    twiml = made(DialOverflow("+15550188", unanswered="Nobody is here.", ring_seconds=9))
    assert '<Dial timeout="9">+15550188</Dial><Say language="en-US">Nobody is here.</Say><Hangup />' in twiml


def rendered(template: str, *, recorded: bool) -> str:
    """As Mustache has it: a section is there if its variable is, an inverted one if it is not."""
    gone, kept = ("^", "#") if recorded else ("#", "^")
    without = re.sub(rf"{{{{\{gone}RecordingUrl}}}}.*?{{{{/RecordingUrl}}}}", "", template)
    return without.replace(f"{{{{{kept}RecordingUrl}}}}", "").replace("{{/RecordingUrl}}", "")


def test_a_message_is_asked_for_once() -> None:
    template = made(Voicemail("Speak.", thanks="Thanks."))
    first, second = (rendered(template, recorded=recorded) for recorded in (False, True))
    assert re.search(r">Speak\.</Say><Record [^>]*/><Hangup /></Response>$", first)
    assert second.endswith('<Response><Say language="en-US">Thanks.</Say><Hangup /></Response>')
