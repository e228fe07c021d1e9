"""The buffer before the caller's ear: order, marks and clears, to the sample."""

from hypothesis import given
from hypothesis import strategies as st

from processors.g711 import SILENCE
from trunkline.sandbox.telephone.playout import Playout, Receipt


def played(*names: str) -> list[Receipt]:
    return [Receipt(name, played=True) for name in names]


def cleared(*names: str) -> list[Receipt]:
    return [Receipt(name, played=False) for name in names]


def test_audio_is_played_from_the_sample_at_which_it_came() -> None:
    ear = Playout()
    assert ear.queue(100, b"ab") == 102
    assert ear.queue(101, b"c") == 103
    assert ear.queue(200, b"d") == 201
    ear.advance(300)
    assert ear.tape.whole == SILENCE * 100 + b"abc" + SILENCE * 97 + b"d" + SILENCE * 99


def test_a_mark_comes_back_when_the_last_sample_before_it_is_played() -> None:
    ear = Playout()
    ear.queue(0, b"x" * 100)
    ear.mark(0, "a")
    ear.queue(0, b"y" * 50)
    ear.mark(0, "b")
    assert ear.next_mark() == 100
    ear.advance(99)
    assert ear.receipts() == []
    ear.advance(100)
    assert (ear.receipts(), ear.next_mark()) == (played("a"), 150)
    ear.advance(10_000)
    assert (ear.receipts(), ear.next_mark()) == (played("b"), None)


def test_a_mark_behind_nothing_comes_back_at_once() -> None:
    ear = Playout()
    ear.mark(7, "a")
    assert ear.receipts() == played("a")


def test_a_clear_drops_what_is_not_played_and_gives_the_marks_back() -> None:
    ear = Playout()
    ear.queue(0, b"x" * 100)
    ear.mark(0, "a")
    ear.queue(0, b"y" * 100)
    ear.mark(0, "b")
    assert ear.clear(130) == 70
    assert ear.receipts() == played("a") + cleared("b")
    ear.queue(150, b"z")
    ear.advance(160)
    assert ear.tape.whole == b"x" * 100 + b"y" * 30 + SILENCE * 20 + b"z" + SILENCE * 9


def test_what_one_clears_is_nothing_to_another() -> None:
    ear = Playout()
    ear.queue(0, b"x" * 10, "one")
    ear.mark(0, "a", "one")
    ear.queue(0, b"y" * 10, "other")
    ear.mark(0, "b", "other")
    assert ear.clear(0, "one") == 10
    assert ear.receipts("one") == cleared("a")
    assert ear.next_mark("other") == 10
    ear.advance(20)
    assert ear.receipts("other") == played("b")
    assert ear.tape.whole == b"y" * 10 + SILENCE * 10


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("queue"), st.integers(0, 400)),
            st.tuples(st.just("mark"), st.just(0)),
            st.tuples(st.just("clear"), st.just(0)),
            st.tuples(st.just("wait"), st.integers(0, 300)),
        ),
        max_size=40,
    )
)
def test_however_it_is_used_time_adds_up_and_every_mark_comes_back_once_in_order(
    steps: list[tuple[str, int]],
) -> None:
    ear, now, queued, dropped, marks = Playout(), 0, 0, 0, 0
    came: list[str] = []
    for step, amount in steps:
        if step == "queue":
            ear.queue(now, b"x" * amount)
            queued += amount
        elif step == "mark":
            ear.mark(now, str(marks))
            marks += 1
        elif step == "clear":
            dropped += ear.clear(now)
        now += amount if step == "wait" else 0
        ear.advance(now)
        assert ear.tape.length == now
        came += [receipt.name for receipt in ear.receipts()]
    ear.advance(ear.end)
    came += [receipt.name for receipt in ear.receipts()]
    assert came == [str(number) for number in range(marks)]
    assert ear.tape.whole.count(b"x") == queued - dropped
