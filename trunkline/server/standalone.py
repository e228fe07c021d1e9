"""The document that answers a line while no server of ours is to be had.

It is hosted elsewhere, as a TwiML Bin say, and is the number's fallback URL. Twilio asks there when a webhook
fails, in the middle of a call too. It must not ask us anything.
"""

from twilio.twiml.voice_response import VoiceResponse  # type: ignore[import-untyped]

from trunkline.fallback import Voicemail
from trunkline.line import Line
from trunkline.overflow import DialOverflow
from trunkline.server import last_resort, twiml


def document(line: Line) -> str:
    """TwiML for the calls of a line, from its fallback."""
    match line.fallback:
        case Voicemail():
            return _voicemail(line.fallback, line.language)
        case DialOverflow():
            return _dial(line.fallback, line.language)
        case _:
            return last_resort.fall_back(line)


def _dial(overflow: DialOverflow, language: str) -> str:
    response = VoiceResponse()
    twiml.say(response, overflow.text, language)
    # Without an action the document goes on when the dial has ended, whatever came of it.
    response.dial(overflow.number, timeout=overflow.ring_seconds)
    twiml.say(response, overflow.unanswered, language)
    response.hangup()
    return str(response)


def _voicemail(voicemail: Voicemail, language: str) -> str:
    """Without an action Twilio asks for the same document when the message is there.

    The template's conditions, which TwiML Bins know (Mustache), then have it say thanks: else the caller
    would be asked for another message, for ever.
    """
    ask = VoiceResponse()
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
