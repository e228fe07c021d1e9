"""What is left of a call that was purged: its figures, and not a word in the files."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from trunkline.calls.models import DialRow, now
from trunkline.calls.purge import Purge, Wanted, without_recording
from trunkline.calls.retention import purged
from trunkline.calls.store import CallStore
from trunkline.life import COMPLETED, Outcome
from trunkline.records import Facts, ToolCall, Turn
from trunkline.transfers.destinations import Number, Then

WORDS = "velociraptor"
CALLER = "+14155550123"
HUMAN = "+12025550177"


def begin(store: CallStore, sid: str, line: str = "desk", *, ends: bool = True) -> None:
    made: Any = SimpleNamespace(name=line)
    store.begin(Facts(sid, CALLER, "+15550100"), made)
    tool = ToolCall(f"{WORDS}_tool", {"a": WORDS}, result=WORDS)
    store.turn(sid, Turn(1, f"my {WORDS}", f"your {WORDS}", tools=(tool,), stage=WORDS))
    store.note(sid, state={"data": WORDS}, cost_usd=0.5, cost={"carrier": 0.5}, voicemail=f"https://{WORDS}")
    if ends:
        store.end(sid, COMPLETED)
        store.note(sid, state={"data": WORDS})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[CallStore]:
    made = CallStore(f"sqlite+aiosqlite:///{tmp_path / 'calls.db'}")
    await made.open()
    yield made
    await made.close()


async def doomed(purge: Purge, **wanted: Any) -> list[str]:
    return [call.sid for call in await purge.matching(Wanted(**wanted))]


def on_disk(folder: Path) -> bytes:
    """All bytes of the database, and of its log where there is one."""
    return b"".join(file.read_bytes() for file in folder.glob("calls.db*"))


async def test_the_figures_stay_and_the_words_go(store: CallStore, tmp_path: Path) -> None:
    begin(store, "CA1")
    begin(store, "CA2")
    await store.flush()
    assert WORDS.encode() in on_disk(tmp_path)
    assert await purged(store.purge, await store.purge.matching(Wanted(calls=("CA1",))), tmp_path) == 1
    kept = await store.call("CA1")
    assert kept is not None
    assert (kept.outcome, kept.cost_usd, kept.line, kept.caller) == ("completed", 0.5, "desk", "")
    assert (kept.state, kept.voicemail, kept.last_words) == (None, None, "")
    (turn,) = kept.turns
    assert (turn.caller, turn.agent, turn.tools, turn.stage) == ("", "", [], None)
    assert kept.purged_at is not None
    other = await store.call("CA2")
    assert other is not None
    assert other.caller == CALLER


async def test_no_word_is_left_in_the_files_while_they_are_open(store: CallStore, tmp_path: Path) -> None:
    for number in range(30):
        begin(store, f"CA{number}")
    await store.flush()
    await purged(store.purge, await store.purge.matching(Wanted(line="desk")), tmp_path)
    assert await store.purge.settle()
    assert WORDS.encode() not in on_disk(tmp_path)
    assert CALLER.encode() not in on_disk(tmp_path)


async def test_a_call_may_be_deleted_as_a_whole(store: CallStore, tmp_path: Path) -> None:
    begin(store, "CA1")
    await store.flush()
    await purged(store.purge, await store.purge.matching(Wanted(line="desk")), tmp_path, whole=True)
    assert await store.purge.settle(compact=True)
    assert await store.call("CA1") is None
    assert b"CA1" not in on_disk(tmp_path)


async def test_calls_are_chosen_by_all_that_is_given(store: CallStore) -> None:
    for sid, line in (("CAa1", "desk"), ("CAa2", "shop"), ("CAb1", "desk")):
        begin(store, sid, line)
        await asyncio.sleep(0.01)
    begin(store, "CAc1", ends=False)
    await store.flush()
    assert await doomed(store.purge, calls=("CAa", "CAc")) == ["CAa1", "CAa2"]
    assert await doomed(store.purge, line="desk") == ["CAa1", "CAb1"]
    assert await doomed(store.purge, line="desk", calls=("CAa",)) == ["CAa1"]
    assert await doomed(store.purge, caller="+1999") == []
    assert await doomed(store.purge, before=now() - timedelta(days=1)) == []
    assert len(await doomed(store.purge, before=now() + timedelta(days=1), caller=CALLER)) == 3


async def test_a_purged_call_is_purged_once(store: CallStore, tmp_path: Path) -> None:
    begin(store, "CA1")
    await store.flush()
    await purged(store.purge, await store.purge.matching(Wanted()), tmp_path)
    assert await doomed(store.purge) == []
    assert await doomed(store.purge, again=True) == ["CA1"]


async def test_a_recording_goes_first_and_a_call_whose_recording_stays_is_kept(
    store: CallStore, tmp_path: Path
) -> None:
    recording = tmp_path / "desk" / "a.wav"
    recording.parent.mkdir()
    recording.write_bytes(b"sound")
    for sid, path in (("CA1", "desk/a.wav"), ("CA2", "../elsewhere.wav"), ("CA3", "desk/gone.wav")):
        begin(store, sid)
        store.note(sid, recording=path)
    await store.flush()
    batch = await store.purge.matching(Wanted())
    assert await purged(store.purge, batch, tmp_path) == 2
    assert not recording.exists()
    assert await doomed(store.purge) == ["CA2"]
    assert not without_recording(next(call for call in batch if call.sid == "CA2"), tmp_path)


async def test_what_is_replaced_is_overwritten(store: CallStore, tmp_path: Path) -> None:
    begin(store, "CA1")
    await store.flush()
    store.turn("CA1", Turn(1, "other words"))
    store.note("CA1", state=None, voicemail=None)
    await store.flush()
    await store.purge.settle()
    assert WORDS.encode() not in on_disk(tmp_path)


async def test_the_number_of_who_took_the_call_goes_too(store: CallStore, tmp_path: Path) -> None:
    begin(store, "CA1", ends=False)
    store.end("CA1", Outcome("transferring", "to a number", then=Then(Number(HUMAN), WORDS)))
    await store.flush()
    assert HUMAN.encode() in on_disk(tmp_path)
    await purged(store.purge, await store.purge.matching(Wanted(calls=("CA1",))), tmp_path)
    await store.purge.settle()
    assert HUMAN.encode() not in on_disk(tmp_path)
    kept = await store.call("CA1")
    assert kept is not None
    assert (kept.then, kept.outcome, kept.reason) == (None, "transferring", "to a number")


async def dialled(store: CallStore, id: str, sid: str | None = None, *, over: bool = True) -> None:  # noqa: A002
    await store.dials.create(
        DialRow(id=id, line="desk", number=HUMAN + id, data={"name": WORDS}, claim=HUMAN + id, sid=sid)
    )
    if over:
        await store.dials.advance(id, "ended", outcome="busy")


async def test_attempts_of_which_no_call_is_kept_go_by_themselves(store: CallStore, tmp_path: Path) -> None:
    begin(store, "CA1")
    await dialled(store, "1")
    await dialled(store, "2", "CA2")
    await dialled(store, "3", "CA1")  # goes with its call
    await dialled(store, "4", over=False)
    await store.flush()

    async def left() -> list[str]:
        rows = sorted(await store.dials.latest(), key=lambda row: row.id)
        return [row.number.removeprefix(HUMAN) for row in rows]

    for spared in (
        Wanted(before=now() - timedelta(days=1)),
        Wanted(line="shop"),
        Wanted(caller="+1999"),
        Wanted(calls=("CAb",)),
    ):
        await store.purge.purge_dials(spared)
    assert await left() == ["1", "2", "3", "4"]
    await store.purge.purge_dials(Wanted(calls=("CA",)))
    assert await left() == ["1", "", "3", "4"]
    await store.purge.purge_dials(Wanted(before=now() + timedelta(days=1), line="desk", caller=f"{HUMAN}1"))
    assert await left() == ["", "", "3", "4"]
    await store.purge.settle()
    bytes_left = on_disk(tmp_path)
    assert [f"{HUMAN}{n}".encode() in bytes_left for n in range(1, 5)] == [False, False, True, True]
