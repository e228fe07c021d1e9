"""What is next for a call that was put through to somebody: dialled, over, or a conversation that goes on."""

from collections.abc import Mapping
from dataclasses import dataclass

from trunkline.life import CALLER_HUNG_UP, TRANSFERRED, Outcome
from trunkline.server.transfer_twiml import go
from trunkline.server.twiml import hang_up
from trunkline.switchboard import Switchboard
from trunkline.transfers.destinations import Room, Then

TOOK = {"completed", "answered", "bridged", "bridging-in-process"}
"""``DialCallStatus``, or ``QueueResult``, of somebody who took the call (Twilio: TwiML Dial, Enqueue)."""

TERMINAL = {"completed", "busy", "failed", "no-answer", "canceled"}
"""``CallStatus`` of a call that is over (Twilio: Call resource)."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody took the call: the conversation goes on, with these words."""

    words: str


async def onward(
    board: Switchboard, sid: str, form: Mapping[str, str], address: str = ""
) -> str | Unanswered | None:
    """The document for a call whose outcome says where it goes; None for any other call.

    Asked twice, it answers the same: a dial that has not ended is the one that the carrier is to make.

    Args:
        board: the calls.
        sid: the call's.
        form: the carrier's question.
        address: what paths end with that name this worker.
    """
    outcome = await board.outcome(sid)
    if outcome is None or outcome.then is None:
        return None
    came_of_it = form.get("DialCallStatus") or form.get("QueueResult")
    if came_of_it in TOOK:
        return _over(board, sid, Outcome(TRANSFERRED, outcome.reason))
    if form.get("CallStatus") in TERMINAL:
        _send_home(board, sid)
        return _over(board, sid, Outcome(CALLER_HUNG_UP.kind, outcome.reason))
    if came_of_it is None and not _is_deserted(board, sid, outcome.then):
        if isinstance(outcome.then.to, Room):
            board.settling.let_in(sid)
        return go(outcome.then, address)
    board.consultations.pop(sid, None)
    await board.reopen(sid)
    return Unanswered(outcome.then.unanswered)


def _over(board: Switchboard, sid: str, outcome: Outcome) -> str:
    board.settle(sid, outcome)
    return hang_up()


def _is_deserted(board: Switchboard, sid: str, then: Then) -> bool:
    """Whether the human has hung up who was to wait in the room."""
    consultation = board.consultations.get(sid)
    return isinstance(then.to, Room) and consultation is not None and consultation.is_deserted


def _send_home(board: Switchboard, sid: str) -> None:
    """The human waits in a room for a caller who has hung up on the way there."""
    consultation = board.consultations.get(sid)
    if consultation is not None:
        consultation.dismiss()
