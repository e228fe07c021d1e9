"""The fixed set of dialogues: the same for every subject, in every run.

Ten chatty callers listen to long replies, make every sound that is not meant for the agent, and interrupt.
Six thoughtful ones ask short questions, pause in the middle of them, and have noise around them meanwhile.
"""

from collections.abc import Iterator
from itertools import chain, cycle, islice

from benchmarks.dialogue.material import SIDE_SPEECH
from benchmarks.dialogue.moves import Dialogue, Into, Meanwhile, Move, Pause, Say
from benchmarks.dialogue.noises import NOISES
from benchmarks.panel.marks import Kind

OPENINGS = (
    "Hello, what are your opening hours on Saturday?",
    "Hi, do you have anything free on Tuesday morning?",
)

BACKCHANNELS = ("mhm", "okay", "right", "uh-huh", "yeah", "I see")

INTERRUPTIONS = (
    "can I speak to a person",
    "wait",
    "Wait, that's not what I asked.",
    "And what does whitening cost?",
    "Stop, I know that already.",
    "what time do you close today",
    "no",
    "Sorry, one more thing.",
    "Could you read that back to me?",
    "one moment",
    "And how much is a check-up?",
    "no thank you",
)

PLAIN = (
    Say("It's for a check-up."),
    Say("My name is Anna Baker."),
    Say("Half past nine is perfect."),
    Say("yes please"),
    Say("My name is Tom Fisher."),
    Say("That's fine, thank you. Can I leave a message?"),
    Say("Please call me back about my crown tomorrow morning."),
    Say("Sorry, could you move it to ten o'clock instead?"),
)

PAUSED = (
    Say("I would like to book an appointment for my daughter.", (Pause("appointment", 0.6),)),
    Say("my number is five five five zero one four nine", (Pause("five five five", 0.8),)),
    Say("Could you tell me whether you are open on Sunday?", (Pause("tell me", 0.8),)),
    Say(
        "The card ends in four one one, two seven three, nine five.",
        (Pause("four one one,", 0.7), Pause("two seven three,", 0.7)),
    ),
    Say("How do I find you, and where can I park?", (Pause("find you,", 0.5),)),
    Say("I would like to book an appointment for my daughter.", (Pause("appointment", 0.9),)),
    Say("my number is five five five zero one four nine", (Pause("five five five", 0.6),)),
    Say("Could you tell me whether you are open on Sunday?", (Pause("tell me", 0.5),)),
    Say("The card ends in four one one, two seven three, nine five.", (Pause("four one one,", 0.9),)),
)

SHORT = tuple({move.text: None for move in (*PLAIN, *PAUSED)})
"""What is answered in a few words."""

CHATTY, THOUGHTFUL = 10, 6
"""Dialogues."""

ROUNDS = 4
"""Interruptions of a chatty caller."""

FIRST_AT, NEXT_AT, INTERRUPT_AT = 1.0, 1.3, 1.4
"""Seconds for which the agent talks, or the caller is silent, ahead of a sound."""


def dialogues() -> list[Dialogue]:
    """All of them."""
    return [*_chatty(), *_thoughtful()]


def interruptions() -> list[Dialogue]:
    """Those parts of the chatty dialogues that show how fast an agent yields."""
    return [
        Dialogue(f"{chatty.name}, interruptions", tuple(move for move in chatty.moves if _takes_floor(move)))
        for chatty in _chatty()
    ]


def _takes_floor(move: Move) -> bool:
    return isinstance(move, Say) or move.kind is Kind.INTERRUPTION


def _chatty() -> Iterator[Dialogue]:
    backchannels, noises, interrupting = cycle(BACKCHANNELS), cycle(NOISES), cycle(INTERRUPTIONS)
    aside = _aside()
    for number, opening in enumerate(islice(cycle(OPENINGS), CHATTY)):
        rounds: list[Move] = []
        for turn in range(ROUNDS):
            sounds = [
                (Kind.BACKCHANNEL, next(backchannels)),
                (Kind.NOISE, next(noises)),
                next(aside),
            ]
            first = (number + turn) % len(sounds)
            for place, (kind, text) in enumerate(sounds[first:] + sounds[:first]):
                rounds.append(Into(kind, text, NEXT_AT if place else FIRST_AT))
            # No two callers interrupt at the same point of a sentence.
            at = INTERRUPT_AT + (7 * number + 13 * turn) % 20 / 20
            rounds.append(Into(Kind.INTERRUPTION, next(interrupting), at))
        yield Dialogue(f"chatty {number + 1}", (Say(opening), *rounds))


def _thoughtful() -> Iterator[Dialogue]:
    plain, paused, noises = cycle(PLAIN), cycle(PAUSED), cycle(NOISES)
    aside = _aside()
    for number in range(THOUGHTFUL):
        moves: list[Move] = list(chain.from_iterable((next(plain), next(paused)) for _ in range(3)))
        moves.append(next(plain))
        moves.insert(2, Meanwhile(Kind.NOISE, next(noises)))
        moves.insert(5, Meanwhile(*next(aside)))
        moves.insert(8, Meanwhile(Kind.NOISE, next(noises)))
        yield Dialogue(f"thoughtful {number + 1}", tuple(moves))


def _aside() -> Iterator[tuple[Kind, str]]:
    """Somebody else in the room, understood every other time."""
    kinds = cycle((Kind.SIDE_SPEECH, Kind.SIDE_SPEECH_HEARD))
    return zip(kinds, chain.from_iterable((text, text) for text in cycle(SIDE_SPEECH)), strict=False)
