"""Who is taken, who waits, who is refused and why; nobody overtakes."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from loguru import logger

from tests.trunkline.office import bare_line
from trunkline.admission import Admission, Refused, Waits
from trunkline.line import Line
from trunkline.overflow import Busy, DialOverflow, Queue, Reason, SayAndHangUp
from trunkline.pulse import WINDOW
from trunkline.quotas import Quota, Streams

DESK, SHOP = "+15550100", "+15550101"
QUEUE = Queue("Please wait.", place="Number {place}.")
TALK = Streams(1, 1)


def desk(**values: Any) -> Line:
    return bare_line(**values)


def shop(**values: Any) -> Line:
    return bare_line(**{"name": "shop", "number": SHOP, **values})


class Door:
    """Asks, and takes who is admitted."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self._sids = (f"CA{n}" for n in itertools.count())

    def ask(self, line: Line, sid: str | None = None, *, answered: bool = False) -> Refused | Waits | None:
        sid = sid or next(self._sids)
        turned_away = self.admission.ask(sid, line, answered=answered)
        if turned_away is None:
            self.admission.take(sid, line)
        return turned_away

    def why(self, line: Line, sid: str | None = None) -> Reason | None:
        """None for who is taken."""
        turned_away = self.ask(line, sid)
        return turned_away.reason if turned_away else None

    def burst(self, line: Line, calls: int) -> int:
        """How many of so many are taken."""
        return sum(self.why(line) is None for _ in range(calls))


async def test_so_many_and_no_more() -> None:
    door = Door(Admission(2))
    assert [door.why(desk()) for _ in range(3)] == [None, None, Reason.LIMIT]
    assert door.admission.full([desk()]) is Reason.LIMIT
    door.admission.leave("CA0")
    assert door.admission.full([desk()]) is None
    assert door.why(desk()) is None


async def test_without_limits_everybody_is_taken() -> None:
    door = Door(Admission())
    assert door.burst(desk(), 500) == 500
    assert (door.admission.limit, door.admission.full([desk()])) == (None, None)
    assert Admission(7).limit == 7


@pytest.mark.parametrize(
    ("line", "quota", "needs", "taken", "reason"),
    [
        (desk(max_calls=2), Quota(), TALK, 2, Reason.LINE),
        (desk(), Quota(stt=3), TALK, 3, Reason.STT),
        (desk(), Quota(tts=3), TALK, 3, Reason.TTS),
        (desk(), Quota(stt=3), Streams(2, 0), 1, Reason.STT),
        (desk(), Quota(tts=1), Streams(1, 0), 9, None),
        (desk(stt_streams=2), Quota(stt=3), TALK, 2, Reason.LINE_STT),
        (desk(tts_streams=2), Quota(stt=3), TALK, 2, Reason.LINE_TTS),
    ],
)
async def test_a_quota_refuses_what_would_exceed_it(
    line: Line, quota: Quota, needs: Streams, taken: int, reason: Reason | None
) -> None:
    door = Door(Admission(quota=quota, needs={DESK: needs}))
    assert door.burst(line, 9) == taken
    assert door.why(line) is reason


async def test_lines_share_what_is_for_all_and_nothing_else() -> None:
    door = Door(Admission(quota=Quota(stt=5), needs={DESK: TALK, SHOP: TALK}))
    assert door.burst(desk(stt_streams=3), 9) == 3
    assert door.admission.full([desk(stt_streams=3)]) is Reason.LINE_STT
    assert door.admission.full([desk(stt_streams=3), shop()]) is None
    assert door.burst(shop(), 9) == 2
    assert door.why(shop()) is Reason.STT
    assert door.admission.full([desk(), shop()]) is Reason.STT


async def test_what_calls_leave_of_a_quota_may_wait_for_others() -> None:
    needs = {DESK: TALK, SHOP: Streams(1, 2)}
    door = Door(Admission(quota=Quota(stt=4), needs=needs))
    assert (door.admission.spare("listen"), door.admission.spare("speak")) == (4, None)
    door.burst(shop(), 3)
    assert door.admission.spare("listen") == 1
    door.admission.take("resumed", desk())
    door.admission.take("resumed too", desk())  # one more than there should be
    assert door.admission.spare("listen") == 0
    door.admission.leave("resumed")
    door.admission.leave("resumed too")
    assert door.admission.spare("listen") == 1


async def test_a_resumed_call_is_not_asked_but_counts() -> None:
    door = Door(Admission(1))
    assert door.why(desk()) is None
    door.admission.take("resumed", desk())
    assert door.why(desk()) is Reason.LIMIT
    door.admission.leave("resumed")
    assert door.why(desk()) is Reason.LIMIT


@pytest.mark.parametrize("answer", [Busy(), SayAndHangUp("Later."), DialOverflow("+15550177")])
async def test_the_line_says_what_who_is_refused_hears(answer: Busy | SayAndHangUp | DialOverflow) -> None:
    door = Door(Admission(1))
    door.ask(desk())
    assert door.ask(desk(when_full=answer)) == Refused(Reason.LIMIT, answer)


async def test_it_is_too_late_for_a_busy_signal_once_the_caller_has_heard_us() -> None:
    door = Door(Admission(1))
    door.ask(desk())
    assert door.ask(desk(when_full=Busy()), answered=True) == Refused(Reason.LIMIT, SayAndHangUp())


async def test_who_waits_is_taken_in_order_and_not_overtaken() -> None:
    line = desk(when_full=QUEUE)
    door = Door(Admission(1))
    door.ask(line, "first")
    assert door.ask(line, "a") == Waits(Reason.LIMIT, "Please wait. Number 1.", QUEUE)
    assert door.ask(line, "b") == Waits(Reason.LIMIT, "Please wait. Number 2.", QUEUE)
    door.admission.leave("first")
    assert door.why(shop(), "new") is Reason.LIMIT
    assert door.admission.full([line]) is Reason.LIMIT
    assert door.why(line, "b") is Reason.LIMIT
    assert door.why(line, "a") is None
    assert door.ask(line, "b") == Waits(Reason.LIMIT, "Number 1.", QUEUE)
    door.admission.leave("a")
    assert door.why(line, "b") is None


async def test_two_places_are_for_the_first_two_whoever_asks_first() -> None:
    line = desk(when_full=QUEUE)
    door = Door(Admission(2))
    for sid in ("1", "2", "a", "b", "c"):
        door.ask(line, sid)
    door.admission.leave("1")
    door.admission.leave("2")
    assert [door.why(line, sid) for sid in ("c", "b", "a")] == [Reason.LIMIT, None, None]


async def test_who_waits_for_a_full_line_keeps_nobody_from_another() -> None:
    line = desk(when_full=QUEUE, max_calls=1)
    door = Door(Admission(3))
    door.ask(line, "1")
    assert door.why(line, "a") is Reason.LINE
    assert door.burst(shop(), 9) == 2
    door.admission.leave("1")
    assert door.why(shop()) is Reason.LIMIT
    assert door.why(line, "a") is None


@pytest.mark.parametrize("leave", ["stop_waiting", "lost"])
async def test_who_hangs_up_while_waiting_makes_room_for_the_next(leave: str) -> None:
    line = desk(when_full=QUEUE)
    door = Door(Admission(1))
    for sid in ("1", "a", "b"):
        door.ask(line, sid)
    door.admission.leave("1")
    if leave == "lost":
        asked = 0
        while door.why(line, "b") is not None:
            asked += 1
            await asyncio.sleep(5)
        assert 2 < asked < 10
    else:
        assert door.why(line, "b") is Reason.LIMIT
        door.admission.stop_waiting("a")
        assert door.why(line, "b") is None
    assert door.admission.full([line]) is Reason.LIMIT
    assert len(door.admission.waiting) == 0


async def test_a_queue_has_an_end_and_so_has_patience() -> None:
    overflow = DialOverflow("+15550177")
    line = desk(when_full=Queue(most=2, longest_wait=60, then=overflow))
    door = Door(Admission(1))
    for sid in ("1", "a", "b"):
        door.ask(line, sid)
    assert door.ask(line, "c") == Refused(Reason.LIMIT, overflow)
    await asyncio.sleep(20)
    assert isinstance(door.ask(line, "a"), Waits)
    await asyncio.sleep(20)
    assert isinstance(door.ask(line, "a"), Waits)
    await asyncio.sleep(20)
    assert door.ask(line, "a") == Refused(Reason.LIMIT, overflow)
    assert len(door.admission.waiting) == 0


async def test_nobody_waits_for_a_server_that_stops() -> None:
    line = desk(when_full=QUEUE)
    admission = Admission()
    assert admission.ask("a", line, answered=False, closing=True) == Refused(Reason.CLOSING, SayAndHangUp())
    assert admission.ask("b", desk(when_full=Busy()), answered=False, closing=True) == Refused(
        Reason.CLOSING, Busy()
    )
    full = Door(Admission(1))
    full.ask(line)
    full.ask(line, "a")
    assert isinstance(full.admission.ask("a", line, answered=True, closing=True), Refused)
    assert len(full.admission.waiting) == 0


async def test_the_log_says_why_once_a_call() -> None:
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(message.record["message"]), level="INFO")
    door = Door(Admission(1))
    door.ask(desk(), "one")
    door.ask(desk(), "two")
    for _ in range(3):
        door.ask(desk(when_full=QUEUE), "three")
    logger.remove(sink)
    assert lines == ["call two is refused with 1 calls here: limit", "call three has to wait: limit"]


class Core:
    """A core on which each call costs the same."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cores = 0.0
        self.loop = asyncio.get_running_loop()
        self._used, self._since = 0.0, self.loop.time()
        monkeypatch.setattr("time.process_time", self.used)

    def used(self) -> float:
        now = self.loop.time()
        self._used += self.cores * (now - self._since)
        self._since = now
        return self._used


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Core]:
    return lambda: Core(monkeypatch)


async def test_a_measured_limit_bounds_a_burst_and_follows_the_load(core: Callable[[], Core]) -> None:
    machine = core()
    admission = Admission("auto")
    admission.start()
    door = Door(admission)
    await asyncio.sleep(1)
    assert admission.limit == 80
    assert door.burst(desk(), 200) == 80
    assert door.why(desk()) is Reason.CPU
    machine.cores = 0.4
    await asyncio.sleep(120)
    assert admission.limit == pytest.approx(160, abs=8)
    assert door.why(desk()) is None
    machine.cores = 0.85
    await asyncio.sleep(2 * WINDOW)
    assert door.why(desk()) is Reason.CPU
    assert admission.full([desk()]) is Reason.CPU
    assert admission.limit == 81
    for sid in range(60):
        admission.leave(f"CA{sid}")
    machine.cores = 0.2
    await asyncio.sleep(120)
    assert door.burst(desk(), 20) == 20
    admission.stop()


async def test_a_measured_limit_keeps_places_for_those_who_wait(core: Callable[[], Core]) -> None:
    core()
    line = desk(when_full=QUEUE)
    door = Door(Admission("auto"))
    for sid in "abc":
        door.admission.waiting.join(sid, line, 0.0)
    assert door.burst(desk(), 200) == 77
    assert [door.why(line, sid) for sid in "cba"] == [None] * 3
    assert door.why(line, "d") is Reason.CPU


async def test_other_limits_are_not_measured(core: Callable[[], Core]) -> None:
    machine = core()
    machine.cores = 5.0
    admission = Admission(10)
    admission.start()
    await asyncio.sleep(60)
    assert Door(admission).burst(desk(), 20) == 10
    admission.stop()
