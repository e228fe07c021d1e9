"""The document that answers a line while no server of ours is to be had.

It is hosted elsewhere, as a TwiML Bin say, and is the number's fallback URL. Twilio asks there when a webhook
fails, in the middle of a call too. It must not ask us anything. It holds the caller for a while: a process
that is back has Twilio ask about its calls by itself.
"""

from twilio.twiml.voice_response import VoiceResponse  # type: ignore[import-untyped]

from processors.language_wording import said_in
from trunkline.fallback import Voicemail
from trunkline.line import Line
from trunkline.overflow import DialOverflow, SayAndHangUp
from trunkline.server import twiml

PAUSES = (6, 6)
"""Seconds of silence in which a caller holds, behind some words each."""

HOLD = float(sum(PAUSES))
"""Seconds for which a caller holds at least."""

MOMENT = "One moment, please."


def document(line: Line, *, holds: bool = True) -> str:
    """TwiML for the calls of a line, from its fallback.

    Args:
        line: which.
        holds: whether there may be somebody who fetches the caller back.
    """
    response = VoiceResponse()
    if holds:
        _hold(response, line)
    match line.fallback:
        case Voicemail():
            return _voicemail(response, line.fallback, line.language)
        case DialOverflow():
            return _dial(response, line.fallback, line.language)
        case SayAndHangUp(text):
            twiml.say(response, text, line.language)
        case _:
            twiml.say(response, line.apology, line.language)
    response.hangup()
    return str(response)


def _hold(response: VoiceResponse, line: Line) -> None:
    words = line.late.words if line.late is not None else (MOMENT,)
    for place, seconds in enumerate(PAUSES):
        twiml.say(response, said_in(words[place % len(words)], line.language), line.language)
        response.pause(length=seconds)


def _dial(response: VoiceResponse, overflow: DialOverflow, language: str) -> str:
    twiml.say(response, overflow.text, language)
    # Without an action the document goes on when the dial has ended, whatever came of it.
    response.dial(overflow.number, timeout=overflow.ring_seconds)
    twiml.say(response, overflow.unanswered, language)
    response.hangup()
    return str(response)


def _voicemail(ask: VoiceResponse, voicemail: Voicemail, language: str) -> str:
    """Without an action Twilio asks for the same document when the message is there.

    The template's conditions, which TwiML Bins know (Mustache), then have it say thanks: else the caller
    would be asked for another message, for ever.
    """
    twiml.say(ask, voicemail.text, language)
    twiml.record(ask, voicemail)
    before = _body(str(ask))
    after = _body(twiml.hang_up(voicemail.thanks, language))
    return (
        f"{HEAD}<Response>{{{{^{URL}}}}}{before}{{{{/{URL}}}}}{{{{#{URL}}}}}{after}{{{{/{URL}}}}}</Response>"
    )


URL = "RecordingUrl"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def _body(document: str) -> str:
    return document.partition("<Response>")[2].rpartition("</Response>")[0]
