"""A call's life: its states, the steps between them, and who may cause each.

::

    ringing ──stream──► live ──stream lost──► resuming ──stream──► live
       │                 │                       │
       └──────outcome────┴───────outcome─────────┴──────► ended

A call is *ended* when it has an outcome. The end of a stream alone is none: Twilio then asks what next
(``/twilio/next``), and a call without an outcome is resumed.
"""

from dataclasses import dataclass
from enum import Enum

from trunkline.errors import CallError


class State(Enum):
    """Where a call stands."""

    RINGING = "ringing"
    LIVE = "live"
    RESUMING = "resuming"
    ENDED = "ended"


class Step(Enum):
    """What moves a call on, and who causes it."""

    STREAM_STARTED = "the carrier's socket, with a valid ticket"
    STREAM_LOST = "the carrier's socket, closed without a word"
    OUTCOME = "the caller, a tool, a failure, a limit"


TABLE: dict[State, dict[Step, State]] = {
    State.RINGING: {Step.STREAM_STARTED: State.LIVE, Step.OUTCOME: State.ENDED},
    State.LIVE: {
        Step.STREAM_STARTED: State.LIVE,  # a second stream of the call supersedes the first
        Step.STREAM_LOST: State.RESUMING,
        Step.OUTCOME: State.ENDED,
    },
    State.RESUMING: {Step.STREAM_STARTED: State.LIVE, Step.OUTCOME: State.ENDED},
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
    """``completed``, ``caller-hung-up``, ``failed``, ``abandoned``, ``too-long`` or ``idle``."""
    reason: str = ""
    """For a failure: what failed, as an error says it. Never a secret, a number or a word of the caller."""
    last_words: str = ""
    """What the carrier's own voice says before it hangs up; empty when all was said."""


COMPLETED = Outcome("completed")
CALLER_HUNG_UP = Outcome("caller-hung-up")
ABANDONED = Outcome("abandoned", "no stream came, or none came back")
HANDED_OVER = Outcome("handed-over", "the server was stopped, and another goes on with it")

PROVISIONAL = frozenset({ABANDONED.kind, HANDED_OVER.kind})
"""Outcomes that give way: the call may go on elsewhere, and then ends in a better one."""
