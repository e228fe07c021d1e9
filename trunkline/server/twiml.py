"""What we tell Twilio to do: the few TwiML documents of a line, written with twilio-python."""

from twilio.twiml.voice_response import Connect, Dial, VoiceResponse  # type: ignore[import-untyped]

from trunkline.fallback import Voicemail
from trunkline.overflow import Busy, DialOverflow, LastAnswer, Queue, SayAndHangUp
from trunkline.server.tickets import PARAMETER

VOICE = "/twilio/voice"
NEXT = "/twilio/next"
MEDIA = "/twilio/media"
STATUS = "/twilio/status"
AMD = "/twilio/amd"

LIMITS = "#ct=2000&rt=5000&tt=6000"
"""Milliseconds to connect, for an answer, and in all, while a caller waits in silence (Twilio: Webhooks,
connection overrides). Twilio's own are 5, 15 and 15 s; then the number's fallback URL speaks. It keeps the
fragment to itself, and does not sign it."""


def paths(path: str) -> tuple[str, str]:
    """A path, and the same with the address of a worker."""
    return path, path + r"/{slot:\d+}"


def asking(path: str) -> str:
    """A question of the carrier's for which a caller waits: a path of ours, or an absolute URL."""
    return path + LIMITS


def connect(
    stream_url: str, ticket: str, address: str = "", *, words: str = "", language: str = "en", after: int = 0
) -> str:
    """Connect the caller to a stream; when it ends, ask the worker at that address what next.

    Args:
        stream_url: where.
        ticket: lets the stream in.
        address: of the worker.
        words: said before, in the carrier's own voice.
        language: of the words.
        after: seconds of silence before.
    """
    response = VoiceResponse()
    say(response, words, language)
    if after:
        response.pause(length=after)
    verb = Connect(action=asking(NEXT + address), method="POST")
    verb.stream(url=stream_url).parameter(name=PARAMETER, value=ticket)
    response.append(verb)
    return str(response)


def hang_up(last_words: str = "", language: str = "en") -> str:
    """Hang up, after some last words in the carrier's own voice."""
    response = VoiceResponse()
    say(response, last_words, language)
    response.hangup()
    return str(response)


def come_back(seconds: int) -> str:
    """Ask again, after so many seconds of silence: whoever answers then goes on with the call."""
    response = VoiceResponse()
    response.pause(length=seconds)
    response.redirect(asking(NEXT), method="POST")
    return str(response)


def ask_again(origin: str, address: str = "", words: str = "", language: str = "en") -> str:
    """Have a call that goes on ask the worker at that address what is next; for an order over REST.

    Args:
        origin: ours; an order has no URL to which a path could be relative.
        address: of the worker.
        words: said before, in the carrier's own voice.
        language: of the words.
    """
    response = VoiceResponse()
    say(response, words, language)
    response.redirect(asking(origin + NEXT + address), method="POST")
    return str(response)


def refuse(answer: LastAnswer, language: str = "en") -> str:
    """What a caller hears for whom there is no room, and who does not wait for it."""
    match answer:
        case Busy():
            return _busy()
        case SayAndHangUp():
            return hang_up(answer.text, language)
        case DialOverflow():
            return _dial(answer, language)


def wait(words: str, queue: Queue, language: str = "en", address: str = "") -> str:
    """Let a caller wait, and ask again, at the worker at that address."""
    response = VoiceResponse()
    say(response, words, language)
    if queue.music:
        response.play(queue.music)
    else:
        response.pause(length=queue.ask_seconds)
    response.redirect(asking(VOICE + address), method="POST")
    return str(response)


def _busy() -> str:
    response = VoiceResponse()
    response.reject(reason="busy")
    return str(response)


def voicemail(answer: Voicemail, language: str = "en") -> str:
    """Have the caller leave a message; where it is, is told with the question what comes next."""
    response = VoiceResponse()
    say(response, answer.text, language)
    record(response, answer, action=asking(NEXT), method="POST")
    return str(response)


def record(response: VoiceResponse, answer: Voicemail, **then: str) -> None:
    """Take a message; a caller who says nothing is hung up on, for Twilio asks no action then."""
    response.record(max_length=answer.max_seconds, timeout=answer.silence_seconds, **then)
    response.hangup()


def _dial(overflow: DialOverflow, language: str) -> str:
    response = VoiceResponse()
    say(response, overflow.text, language)
    # Unless something was said, the call is answered when the other end is; until then it rings.
    dial = Dial(
        action=asking(NEXT),
        method="POST",
        timeout=overflow.ring_seconds,
        answer_on_bridge=not overflow.text,
    )
    dial.number(overflow.number)
    response.append(dial)
    return str(response)


def say(response: VoiceResponse, words: str, language: str) -> None:
    """In the carrier's own voice; nothing if there are no words."""
    if words:
        response.say(words, language=SAY_LANGUAGES.get(language.split("-")[0], "en-US"))


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
