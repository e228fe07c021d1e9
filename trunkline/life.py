"""A call's life: its states, the steps between them, and who may cause each.

::

    ringing ──stream──► live ──stream lost──► resuming ──stream──► live
       │                 │                       │
       ├──────outcome────┼───────outcome─────────┼──────► ended
       │                 └───────transfer────────┴──────► transferring ──outcome──► ended
       │                                         ▲             │
       │                                         └─unanswered──┘

A call is *ended* when it has an outcome. The end of a stream alone is none: Twilio then asks what next
(``/twilio/next``), and a call without an outcome is resumed.
"""

from dataclasses import dataclass
from enum import Enum

from trunkline.errors import CallError
from trunkline.transfers.destinations import Then


class State(Enum):
    """Where a call stands."""

    RINGING = "ringing"
    LIVE = "live"
    RESUMING = "resuming"
    TRANSFERRING = "transferring"
    ENDED = "ended"


class Step(Enum):
    """What moves a call on, and who causes it."""

    STREAM_STARTED = "the carrier's socket, with a valid ticket"
    STREAM_LOST = "the carrier's socket, closed without a word"
    TRANSFER = "a tool or the line's code, once the announcement was heard; a human who takes the call"
    UNANSWERED = "the carrier, which asks what is next because nobody took the call"
    OUTCOME = "the caller, a tool, a failure, a limit"


TABLE: dict[State, dict[Step, State]] = {
    State.RINGING: {Step.STREAM_STARTED: State.LIVE, Step.OUTCOME: State.ENDED},
    State.LIVE: {
        Step.STREAM_STARTED: State.LIVE,  # a second stream of the call supersedes the first
        Step.STREAM_LOST: State.RESUMING,
        Step.TRANSFER: State.TRANSFERRING,
        Step.OUTCOME: State.ENDED,
    },
    State.RESUMING: {
        Step.STREAM_STARTED: State.LIVE,
        Step.TRANSFER: State.TRANSFERRING,
        Step.OUTCOME: State.ENDED,
    },
    # No stream here: the conversation that goes on is another session of the call, which begins as resuming.
    State.TRANSFERRING: {Step.UNANSWERED: State.RESUMING, Step.OUTCOME: State.ENDED},
    State.ENDED: {},
}


def after(state: State, step: Step) -> State:
    """The state after a step.

    Raises:
        CallError: the step is not possible in that state.
    """
    try:
        return TABLE[state][step]
    except KeyError:
        possible = ", ".join(s.name.lower() for s in TABLE[state]) or "nothing"
        raise CallError(
            f"a call that is {state.value} cannot take the step {step.name.lower()}; possible: {possible}"
        ) from None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended; the answer to Twilio's "what next?"."""

    kind: str
    """One of :data:`KINDS`, or whatever a line's own code calls it."""
    reason: str = ""
    """For a failure: what failed, as an error says it. Never a secret, a number or a word of the caller."""
    last_words: str = ""
    """What the carrier's own voice says before it hangs up; empty when all was said."""
    then: Then | None = None
    """Where the call goes instead of being hung up."""


COMPLETED = Outcome("completed")
CALLER_HUNG_UP = Outcome("caller-hung-up")
ABANDONED = Outcome("abandoned", "no stream came, or none came back")
HANDED_OVER = Outcome("handed-over", "the server was stopped, and another goes on with it")

TRANSFERRING, TRANSFERRED = "transferring", "transferred"
"""Put through to somebody, of whom nobody knows yet whether they take the call; and they did."""

VOICEMAIL = Outcome("voicemail")
"""The caller has left a message where nothing could go on with the call."""

TOO_LONG, IDLE, OVER_BUDGET = "too-long", "idle", "over-budget"
"""The call was ended politely: it has lasted, been silent or cost as much as it may."""

VOICEMAIL_LEFT, MACHINE, FAX = "voicemail-left", "answered-machine", "fax"
"""No person has answered the call that we made; *voicemail-left*: the machine has our message."""

UNANSWERED = ("busy", "no-answer", "canceled")
"""Nobody has; in the carrier's words."""

KINDS = (
    COMPLETED.kind,
    CALLER_HUNG_UP.kind,
    TRANSFERRED,
    TRANSFERRING,
    VOICEMAIL.kind,
    VOICEMAIL_LEFT,
    MACHINE,
    FAX,
    *UNANSWERED,
    IDLE,
    TOO_LONG,
    OVER_BUDGET,
    HANDED_OVER.kind,
    ABANDONED.kind,
    "failed",
)
"""All outcomes that there are, but for those that a line's own code names."""

TOLD_LATER = frozenset({TRANSFERRED, *UNANSWERED})
"""Those of which the carrier tells when no session of the call is left, or has never been."""

PROVISIONAL = frozenset({ABANDONED.kind, HANDED_OVER.kind, TRANSFERRING})
"""Outcomes that give way: the call may go on elsewhere, and then ends in a better one."""
