"""The TwiML of a transfer: where the caller goes, and what a human hears who is to take the call."""

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse  # type: ignore[import-untyped]

from trunkline.server.twiml import NEXT, SAY_LANGUAGES, asking
from trunkline.transfers.destinations import Number, QueueNamed, Room, Sip, Then

PATIENCE = 8
"""Seconds for a key, each time that the menu was said."""

ROUNDS = 2
"""Times that the summary and the menu are said; whoever presses nothing then is somebody's voicemail."""

TAKE, DECLINE = "1", "2"
"""Keys."""

TOO_LATE = "The caller is no longer waiting. Goodbye."
THANKS = "All right. Goodbye."


def go(then: Then, address: str = "") -> str:
    """Put the caller through; the worker at that address is asked what next when that is over."""
    response, action = VoiceResponse(), asking(NEXT + address)
    if isinstance(then.to, QueueNamed):
        waits = {"wait_url": then.to.wait_url} if then.to.wait_url else {}
        response.enqueue(then.to.name, action=action, method="POST", **waits)
        return str(response)
    shown = {"caller_id": then.caller_id} if then.caller_id else {}
    dial = Dial(action=action, method="POST", timeout=then.ring_seconds, answer_on_bridge=True, **shown)
    match then.to:
        case Number(number):
            dial.number(number)
        case Sip(uri):
            dial.sip(uri)
        case Room(name):
            # The human is there first; a caller who comes too late to meet them waits, and is fetched back.
            _enter(dial, name, starts=False)
    response.append(dial)
    return str(response)


def ask(words: str, menu: str, action: str, language: str) -> str:
    """Tell a human what it is about, and have them press a key."""
    response = VoiceResponse()
    for _ in range(ROUNDS):
        gather = Gather(
            action=action, method="POST", input="dtmf", num_digits=1, timeout=PATIENCE, finish_on_key=""
        )
        gather.say(f"{words} {menu}".strip(), language=_say_language(language))
        response.append(gather)
    response.hangup()
    return str(response)


def meet(room: str) -> str:
    """The human has taken the call."""
    response = VoiceResponse()
    dial = Dial()
    _enter(dial, room, starts=True)
    response.append(dial)
    response.hangup()
    return str(response)


def part(words: str, language: str = "en") -> str:
    """The human's call is over."""
    response = VoiceResponse()
    response.say(words, language=_say_language(language))
    response.hangup()
    return str(response)


def _enter(dial: Dial, room: str, *, starts: bool) -> None:
    dial.conference(
        room,
        start_conference_on_enter=starts,
        end_conference_on_exit=True,
        beep="false",
        max_participants=2,
    )


def _say_language(language: str) -> str:
    return SAY_LANGUAGES.get(language.split("-")[0], "en-US")
