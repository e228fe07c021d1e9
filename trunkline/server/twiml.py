"""What we tell Twilio to do: the few TwiML documents of a line, written with twilio-python."""

from twilio.twiml.voice_response import Connect, VoiceResponse  # type: ignore[import-untyped]

from trunkline.server.tickets import PARAMETER

NEXT = "/twilio/next"
MEDIA = "/twilio/media"


def connect(stream_url: str, ticket: str) -> str:
    """Connect the caller to a stream; when it ends, ask what next."""
    response = VoiceResponse()
    verb = Connect(action=NEXT, method="POST")
    verb.stream(url=stream_url).parameter(name=PARAMETER, value=ticket)
    response.append(verb)
    return str(response)


def hang_up(last_words: str = "", language: str = "en") -> str:
    """Hang up, after some last words in the carrier's own voice."""
    response = VoiceResponse()
    if last_words:
        response.say(last_words, language=SAY_LANGUAGES.get(language.split("-")[0], "en-US"))
    response.hangup()
    return str(response)


SAY_LANGUAGES = {
    "en": "en-US",
    "de": "de-DE",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
    "ja": "ja-JP",
    "nl": "nl-NL",
    "pt": "pt-BR",
}
"""What ``<Say>`` calls a language."""

NOT_IN_SERVICE = "The number you have dialled is not in service. Please check the number and call again."
BUSY = "All our lines are busy right now. Please call again in a few minutes."
