"""What is next for a call that was put through: the same answer to the same question, in any process."""

from typing import Any

import pytest

from tests.trunkline.office import Archive, board, no_vendors
from trunkline.life import Outcome
from trunkline.server.onward import Unanswered, onward
from trunkline.switchboard import Switchboard
from trunkline.transfers.destinations import Number, Room, Then

SID = "CA" + "1" * 32
THEN = Then(Number("+15550123"), "Nobody is free.")


async def kept(outcome: Outcome | None = None) -> tuple[Switchboard, Archive]:
    archive = Archive()
    if outcome is not None:
        archive.end(SID, outcome)
    return board(no_vendors(), archive), archive


TRANSFERRING = Outcome("transferring", "to a number", then=THEN)


@pytest.mark.parametrize("outcome", [None, Outcome("completed"), Outcome("abandoned")])
async def test_another_call_is_none_of_its_business(outcome: Outcome | None) -> None:
    there, _ = await kept(outcome)
    assert await onward(there, SID, {"DialCallStatus": "completed"}) is None


async def test_it_dials_until_it_is_told_of_the_end() -> None:
    there, _ = await kept(TRANSFERRING)
    answers = [await onward(there, SID, {"CallStatus": "in-progress"}, "/2") for _ in range(2)]
    assert answers[0] == answers[1]
    assert '<Dial action="/twilio/next/2#' in str(answers[0])


@pytest.mark.parametrize(
    "form", [{"DialCallStatus": "completed"}, {"DialCallStatus": "answered"}, {"QueueResult": "bridged"}]
)
@pytest.mark.parametrize("status", ["in-progress", "completed"])
async def test_who_talked_was_transferred(form: dict[str, str], status: str) -> None:
    there, archive = await kept(TRANSFERRING)
    for _ in range(2):
        answer = await onward(there, SID, {"CallStatus": status, **form})
        assert "<Hangup" in str(answer) or answer is None  # the second time it is a call that is over
    assert archive.outcomes[SID] == Outcome("transferred", "to a number")


@pytest.mark.parametrize(
    "form", [{"DialCallStatus": "busy"}, {"QueueResult": "leave"}, {"QueueResult": "queue-full"}]
)
async def test_who_did_not_talk_comes_back(form: dict[str, str]) -> None:
    there, archive = await kept(TRANSFERRING)
    assert await onward(there, SID, {"CallStatus": "in-progress", **form}) == Unanswered("Nobody is free.")
    assert archive.notes[SID] == {"outcome": None, "reason": "", "then": None, "ended_at": None}


async def test_a_caller_who_hung_up_first_has_hung_up() -> None:
    there, archive = await kept(TRANSFERRING)
    answer = await onward(there, SID, {"CallStatus": "completed", "DialCallStatus": "no-answer"})
    assert "<Hangup" in str(answer)
    assert archive.outcomes[SID] == Outcome("caller-hung-up", "to a number")


async def test_a_room_of_another_process_is_entered() -> None:
    there, _ = await kept(Outcome("transferring", then=Then(Room("call-1"))))
    assert "<Conference" in str(await onward(there, SID, {"CallStatus": "in-progress"}))


class Human:
    """Waits in the room."""

    is_deserted = is_dismissed = False

    def dismiss(self) -> None:
        self.is_dismissed = True


@pytest.mark.parametrize("asks", [True, False])
async def test_who_was_let_into_the_room_was_transferred_whatever_is_told_of_it(asks: bool) -> None:
    there, archive = await kept(Outcome("transferring", then=Then(Room("call-1"))))
    human: Any = Human()
    there.consultations[SID] = human
    if asks:
        await onward(there, SID, {"CallStatus": "in-progress"})
    await there.hung_up(SID)
    assert archive.outcomes[SID].kind == "transferring"
    await there.close()
    assert archive.outcomes[SID].kind == ("transferred" if asks else "caller-hung-up")
    assert human.is_dismissed is not asks
