"""One model and few threads a process: it judges, and nobody waits for it in vain."""

import asyncio
import threading

import pytest

from processors import smart_turn
from processors.g711 import SILENCE
from processors.smart_turn import SmartTurn, features, probability
from trunkline.sandbox.phrases import load

QUESTION = load()["what time do you close today"].rstrip(SILENCE) + SILENCE * 1600


def test_a_whole_question_sounds_over_and_half_of_it_does_not() -> None:
    assert probability(QUESTION) > 0.8
    assert probability(QUESTION[: len(QUESTION) * 6 // 10] + SILENCE * 1600) < 0.5


def test_it_hears_the_last_eight_seconds_with_silence_in_front_of_less() -> None:
    assert features(b"").shape == (80, 800)
    long = SILENCE * 40_000 + QUESTION
    assert probability(long * 3) == pytest.approx(probability((long * 3)[-64_000:]))
    assert probability(QUESTION) == pytest.approx(probability(SILENCE * 80_000 + QUESTION), abs=0.02)


async def test_a_loop_has_one() -> None:
    assert smart_turn.shared() is smart_turn.shared()


async def test_the_calls_of_a_loop_share_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[SmartTurn]()

    class Counted(SmartTurn):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    monkeypatch.setattr(smart_turn, "SmartTurn", Counted)
    for _ in range(3):
        smart_turn.shared()
    assert len(made) == 1


def test_the_real_model_judges_off_the_loop() -> None:
    # On the loop's own clock: a thread's work takes no virtual time.
    smart_turn.warm()
    with asyncio.Runner() as runner:
        assert runner.run(SmartTurn(deadline=20).judge(QUESTION)) == pytest.approx(probability(QUESTION))


class Gated:
    """A model that judges when it is let."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened = threading.Event()
        monkeypatch.setattr(smart_turn, "probability", self.judge)

    def judge(self, _: bytes) -> float:
        assert self.opened.wait(10)
        return 1.0


def test_a_full_pool_says_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Gated(monkeypatch)

    async def scenario() -> None:
        judge = SmartTurn(workers=1, waiting=1, deadline=20)
        first = [asyncio.create_task(judge.judge(b"")) for _ in range(2)]
        await asyncio.sleep(0)
        assert await judge.judge(b"") is None
        model.opened.set()
        assert await asyncio.gather(*first) == [1.0, 1.0]
        assert await judge.judge(b"") == 1.0

    with asyncio.Runner() as runner:
        runner.run(scenario())


def test_a_late_judgement_is_none_and_frees_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    smart_turn.warm()  # else its only thread loads the model until both are late
    model = Gated(monkeypatch)

    async def scenario() -> None:
        judge = SmartTurn(workers=1, waiting=1, deadline=0.25)
        # One at work, one that has not begun: nobody waits for either.
        assert set(await asyncio.gather(judge.judge(b""), judge.judge(b""))) == {None}
        assert judge.at_work == 1
        model.opened.set()
        async with asyncio.timeout(10):
            while judge.at_work:  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    with asyncio.Runner() as runner:
        runner.run(scenario())


def test_a_model_that_fails_is_no_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> float:
        raise ValueError("broken")

    monkeypatch.setattr(smart_turn, "probability", fail)
    with asyncio.Runner() as runner:
        assert runner.run(SmartTurn(deadline=20).judge(b"")) is None
