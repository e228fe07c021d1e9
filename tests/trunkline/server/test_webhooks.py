"""Twilio asks who answers, what comes next, and tells what became of a call."""

import re
from collections.abc import AsyncIterator
from xml.sax.saxutils import escape

import pytest

from tests.trunkline.office import NUMBER, Archive, bare_line, board, no_vendors
from tests.trunkline.server.gate import Client, served
from trunkline.admission import Admission
from trunkline.life import ABANDONED, COMPLETED, Outcome, State
from trunkline.overflow import BUSY, Busy, DialOverflow, Queue, WhenFull
from trunkline.resuming.resumption import Resumed
from trunkline.server import twiml
from trunkline.server.tickets import Tickets
from trunkline.switchboard import Switchboard
from trunkline.vendors import Vendors

SID = "CA" + "1" * 32
FORM = {"CallSid": SID, "From": "+14155550123", "To": NUMBER, "CallStatus": "ringing"}
OTHER = FORM | {"CallSid": "CA" + "2" * 32}
ASKED = FORM | {"CallStatus": "in-progress"}
HANG_UP = "<Response><Hangup /></Response>"


class Office:
    """A switchboard that is being served."""

    def __init__(self, made: Switchboard, archive: Archive, client: Client) -> None:
        self.board, self.archive, self.client = made, archive, client

    async def ask(self, path: str, form: dict[str, str]) -> str:
        """The TwiML in answer."""
        status, kind, body = await self.client.post(f"/twilio/{path}", form)
        assert (status, kind) == (200, "text/xml")
        return body


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    made = no_vendors()
    yield made
    await made.close()


@pytest.fixture
async def office(vendors: Vendors) -> AsyncIterator[Office]:
    archive = Archive()
    made = board(vendors, archive, bare_line(language="de-AT", apology="Verzeihung."), admission=Admission(1))
    async with served(made, Tickets("secret")) as client:
        yield Office(made, archive, client)
        await made.close()


async def test_a_call_is_connected_with_a_ticket_of_its_own(office: Office) -> None:
    body = await office.ask("voice", FORM)
    assert f'<Stream url="{office.client.url.replace("http", "ws")}/twilio/media">' in body
    assert f'<Connect action="/twilio/next{escape(twiml.LIMITS)}" method="POST">' in body
    ticket = re.findall(r'name="ticket" value="([^"]+)"', body)[0]
    Tickets("secret").punch(ticket, SID)
    again = await office.ask("voice", FORM)
    assert ticket not in again
    assert office.archive.begun == [SID]


async def test_who_cannot_be_answered_is_told_so(office: Office) -> None:
    assert twiml.NOT_IN_SERVICE in await office.ask("voice", FORM | {"To": "+15550999"})
    await office.ask("voice", FORM)
    busy = await office.ask("voice", FORM | {"CallSid": "CA" + "2" * 32})
    assert BUSY in busy
    assert 'language="de-DE"' in busy
    assert "<Connect" in await office.ask("voice", FORM)


async def test_a_stream_that_ended_without_an_outcome_is_connected_again(office: Office) -> None:
    await office.ask("voice", FORM)
    session = office.board.calls[SID]
    assert "<Connect" in await office.ask("next", ASKED)
    assert office.board.calls[SID] is session
    for _ in range(2):
        assert "<Connect" in await office.ask("next", ASKED)
    assert "Verzeihung." in await office.ask("next", ASKED)
    assert session.outcome is not None
    assert session.outcome.kind == "failed"


@pytest.mark.parametrize(
    ("outcome", "said"), [(COMPLETED, HANG_UP), (Outcome("failed", "x", "Verzeihung."), "Verzeihung.")]
)
async def test_a_call_with_an_outcome_is_hung_up(office: Office, outcome: Outcome, said: str) -> None:
    await office.ask("voice", FORM)
    office.board.calls[SID].end(outcome)
    assert said in await office.ask("next", ASKED)
    await office.board.close()
    assert said in await office.ask("next", ASKED)
    office.archive.outcomes = {"CA" + "3" * 32: outcome}
    assert said in await office.ask("next", ASKED | {"CallSid": "CA" + "3" * 32})


@pytest.mark.parametrize("known", [None, ABANDONED])
async def test_a_call_of_another_process_is_taken_over(office: Office, known: Outcome | None) -> None:
    history = ({"role": "user", "content": "When?"},)
    office.archive.left = Resumed(messages=history)
    office.archive.outcomes = {SID: known} if known else {}
    assert "<Connect" in await office.ask("next", ASKED)
    session = office.board.calls[SID]
    assert session.state is State.RESUMING
    assert tuple(session.call.llm_context.get_messages()[1:]) == history
    assert session.call.attempts == 2


async def test_a_number_that_lost_its_line_is_not_resumed(office: Office) -> None:
    assert twiml.NOT_IN_SERVICE in await office.ask("next", ASKED | {"To": "+15550999"})


@pytest.mark.parametrize("status", ["completed", "busy", "failed", "no-answer", "canceled"])
async def test_a_caller_who_is_gone_ends_the_call(office: Office, status: str) -> None:
    for path in ("next", "status"):
        await office.ask("voice", FORM)
        session = office.board.calls[SID]
        answer = await office.client.post(f"/twilio/{path}", FORM | {"CallStatus": status})
        assert answer[0] == (200 if path == "next" else 204)
        assert session.outcome is not None
        assert session.outcome.kind == "caller-hung-up"
        await session.over()
        office.board._over.clear()


async def test_progress_that_is_not_the_end_changes_nothing(office: Office) -> None:
    await office.ask("voice", FORM)
    assert (await office.client.post("/twilio/status", ASKED))[0] == 204
    assert office.board.calls[SID].outcome is None


@pytest.mark.parametrize(
    ("answer", "status", "expected"),
    [
        (Busy(), "ringing", ["<Reject"]),
        (Busy(), "in-progress", [BUSY, "<Hangup"]),
        (DialOverflow("+15550177"), "ringing", ["<Dial", "+15550177"]),
        (Queue("Bitte warten."), "ringing", ["Bitte warten.", "<Pause", ">/twilio/voice#", "</Redirect>"]),
    ],
)
async def test_one_too_many_gets_the_line_s_answer(
    vendors: Vendors, answer: WhenFull, status: str, expected: list[str]
) -> None:
    made = board(vendors, Archive(), bare_line(when_full=answer), admission=Admission(1))
    async with served(made) as client:
        office = Office(made, Archive(), client)
        await office.ask("voice", FORM)
        twice = [await office.ask("voice", OTHER | {"CallStatus": status}) for _ in range(2)]
        assert all(word in twice[0] for word in expected), twice[0]
        assert ("<Redirect" in twice[1]) is isinstance(answer, Queue)
        assert OTHER["CallSid"] not in made.calls
        await made.close()


async def test_who_waited_is_connected_when_there_is_a_place(vendors: Vendors) -> None:
    made = board(vendors, Archive(), bare_line(when_full=Queue()), admission=Admission(1))
    async with served(made) as client:
        office = Office(made, Archive(), client)
        await office.ask("voice", FORM)
        assert "<Redirect" in await office.ask("voice", OTHER)
        session = made.calls[SID]
        session.end(COMPLETED)
        await session.over()
        assert "<Connect" in await office.ask("voice", OTHER | {"CallStatus": "in-progress"})
        assert list(made.calls) == [OTHER["CallSid"]]
        await made.close()


@pytest.mark.parametrize("answer", [Queue(), Busy()])
async def test_a_server_that_stops_takes_nobody_and_lets_nobody_wait(
    vendors: Vendors, answer: WhenFull
) -> None:
    made = board(vendors, Archive(), bare_line(when_full=answer))
    async with served(made) as client:
        office = Office(made, Archive(), client)
        await made.close()
        body = await office.ask("voice", FORM)
        assert ("<Reject" if isinstance(answer, Busy) else BUSY) in body


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("completed", HANG_UP),
        ("answered", HANG_UP),
        ("no-answer", "Niemand da."),
        ("busy", "Niemand da."),
        ("failed", "Niemand da."),
    ],
)
async def test_an_overflow_number_that_does_not_answer_is_apologised_for(
    vendors: Vendors, status: str, said: str
) -> None:
    line = bare_line(when_full=DialOverflow("+15550177", unanswered="Niemand da."), apology="Verzeihung.")
    made = board(vendors, Archive(), line, bare_line(number="+15550101", apology="Verzeihung."))
    async with served(made) as client:
        office = Office(made, Archive(), client)
        form = ASKED | {"DialCallStatus": status}
        assert said in await office.ask("next", form)
        changed = await office.ask("next", form | {"To": "+15550101"})
        assert (HANG_UP if said is HANG_UP else "Verzeihung.") in changed
        assert made.calls == {}


async def test_a_lost_call_is_taken_back_although_the_lines_are_full(office: Office) -> None:
    await office.ask("voice", FORM)
    assert "<Connect" in await office.ask("next", OTHER | {"CallStatus": "in-progress"})
    assert len(office.board.calls) == 2


async def test_a_request_that_names_no_call_is_told_what_was_expected(office: Office) -> None:
    status, kind, body = await office.client.post("/twilio/voice", {"To": NUMBER})
    assert (status, kind) == (400, "text/plain")
    assert "CallSid" in body
