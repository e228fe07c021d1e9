"""The call store keeps what it was told, in order, without making anybody wait."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trunkline.calls.store import CallStore
from trunkline.calls.summary import waterfall
from trunkline.errors import SettingsError
from trunkline.life import ABANDONED, COMPLETED, HANDED_OVER, TRANSFERRING, Outcome
from trunkline.line import Line
from trunkline.records import Facts, ToolCall, Turn
from trunkline.resuming.resumption import Left
from trunkline.transfers.destinations import Number, Then
from trunkline.waterfall import Waterfall

FACTS = Facts(sid="CA" + "1" * 32, caller="+14155550123", called="+15550100")
LINE = Line(name="desk", number="+15550100", greeting="Hello.", prompt="Be kind.")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[CallStore]:
    store = CallStore(f"sqlite+aiosqlite:///{tmp_path}/calls.db")
    await store.open()
    yield store
    await store.close()


async def test_a_call_and_its_turns_are_kept(store: CallStore) -> None:
    store.begin(FACTS, LINE)
    store.turn(FACTS.sid, Turn(index=0, agent="Hello."))
    latency = Waterfall(vad=210, stt=70, model=100, output=20, played=25)
    tools = (ToolCall("look_up", {"topic": "hours"}),)
    store.turn(
        FACTS.sid, Turn(index=1, caller="When?", agent="At", interrupted=True, tools=tools, latency=latency)
    )
    store.end(FACTS.sid, COMPLETED)
    await store.flush()
    row = await store.call(FACTS.sid)
    assert row is not None
    assert (row.line, row.caller, row.outcome) == ("desk", "+14155550123", "completed")
    assert row.ended_at is not None
    greeting, turn = row.turns
    assert (greeting.agent, greeting.total_ms) == ("Hello.", None)
    assert (turn.caller, turn.interrupted, turn.total_ms) == ("When?", True, 400)
    assert waterfall(turn) == latency
    assert waterfall(greeting) is None
    assert turn.tools == [{"name": "look_up", "arguments": {"topic": "hours"}}]


async def test_a_turn_told_twice_is_one(store: CallStore) -> None:
    store.begin(FACTS, LINE)
    store.turn(FACTS.sid, Turn(index=1, caller="When?"))
    store.turn(FACTS.sid, Turn(index=1, caller="When?", agent="At eight."))
    await store.flush()
    row = await store.call(FACTS.sid)
    assert row is not None
    assert [turn.agent for turn in row.turns] == ["At eight."]


async def test_a_repeated_webhook_is_one_call(store: CallStore) -> None:
    store.begin(FACTS, LINE)
    store.begin(FACTS, LINE)
    await store.flush()
    assert len(await store.calls()) == 1


async def test_the_conversation_can_be_taken_up_again(store: CallStore) -> None:
    store.begin(FACTS, LINE)
    store.turn(FACTS.sid, Turn(index=0, agent="Hello."))
    store.turn(FACTS.sid, Turn(index=1, caller="When?", agent="At eight."))
    await store.flush()
    assert await store.outcome(FACTS.sid) is None
    assert list((await store.resumed(FACTS.sid)).messages) == [
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "When?"},
        {"role": "assistant", "content": "At eight."},
    ]


async def test_the_outcome_answers_what_next(store: CallStore) -> None:
    outcome = Outcome("failed", "Deepgram answered 401", "I am sorry.")
    store.begin(FACTS, LINE)
    store.end(FACTS.sid, outcome)
    await store.flush()
    assert await store.outcome(FACTS.sid) == outcome


@pytest.mark.parametrize(
    ("outcome", "is_left"),
    [
        (None, True),
        (ABANDONED, True),
        (HANDED_OVER, True),
        (COMPLETED, False),
        (Outcome(TRANSFERRING, then=Then(Number("+15550123"))), False),
    ],
)
async def test_calls_that_have_not_ended_can_be_asked_for(
    store: CallStore, outcome: Outcome | None, is_left: bool
) -> None:
    store.begin(FACTS, LINE)
    store.note(FACTS.sid, state={"place": "here"})
    if outcome is not None:
        store.end(FACTS.sid, outcome)
    await store.flush()
    assert await store.left() == ([Left(FACTS.sid, LINE.name, {"place": "here"})] if is_left else [])


async def test_nothing_is_lost_on_a_normal_stop(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/calls.db"
    first = CallStore(url)
    await first.open()
    first.begin(FACTS, LINE)
    for index in range(200):
        first.turn(FACTS.sid, Turn(index=index, caller=str(index)))
    await first.close()
    second = CallStore(url)
    await second.open()
    row = await second.call(FACTS.sid)
    assert row is not None
    assert len(row.turns) == 200
    await second.close()


async def test_the_latest_calls_come_first_and_one_line_can_be_asked_for(store: CallStore) -> None:
    other = Line(name="other", number="+15550101", greeting="Hi.", prompt="Be kind.")
    for number, line in enumerate((LINE, other, LINE)):
        store.begin(Facts(sid=f"CA{number}", caller="x", called=line.number), line)
        await store.flush()
    assert [row.sid for row in await store.calls()] == ["CA2", "CA1", "CA0"]
    assert [row.sid for row in await store.calls(line="desk")] == ["CA2", "CA0"]
    assert [row.sid for row in await store.calls(limit=1)] == ["CA2"]


async def test_a_database_that_cannot_be_opened_says_which_variable(tmp_path: Path) -> None:
    store = CallStore(f"sqlite+aiosqlite:///{tmp_path}/nowhere/calls.db")
    with pytest.raises(SettingsError, match="TRUNKLINE_DATABASE_URL"):
        await store.open()


async def test_the_first_outcome_counts_but_a_guess_gives_way(store: CallStore) -> None:
    store.begin(FACTS, LINE)
    store.end(FACTS.sid, ABANDONED)
    store.end(FACTS.sid, COMPLETED)
    store.end(FACTS.sid, ABANDONED)
    store.end(FACTS.sid, Outcome("failed"))
    await store.flush()
    assert await store.outcome(FACTS.sid) == COMPLETED


async def test_more_becomes_known_of_a_call_in_any_order(store: CallStore) -> None:
    store.begin(FACTS, LINE)
    store.note(FACTS.sid, answered_by="human", cost_usd=0.5)
    store.note(FACTS.sid, cost_usd=0.75, state={"stage": "name"})
    store.note("CA" + "2" * 32, answered_by="fax")
    await store.flush()
    row = await store.call(FACTS.sid)
    assert row is not None
    assert (row.answered_by, row.cost_usd, row.state) == ("human", 0.75, {"stage": "name"})
    assert len(await store.calls()) == 1


async def test_where_a_call_goes_is_kept_until_it_is_known_what_came_of_it(store: CallStore) -> None:
    then = Then(Number("+15550123"), "Nobody is free.")
    going = Outcome("transferring", "to a number", then=then)
    store.begin(FACTS, LINE)
    store.end(FACTS.sid, going)
    await store.flush()
    assert await store.outcome(FACTS.sid) == going
    store.end(FACTS.sid, Outcome("transferred", "to a number"))
    store.end(FACTS.sid, COMPLETED)
    await store.flush()
    assert await store.outcome(FACTS.sid) == Outcome("transferred", "to a number")
