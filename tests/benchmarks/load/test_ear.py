from benchmarks.load.ear import Ear


def test_what_is_sent_in_time_leaves_no_gap() -> None:
    gaps: list[float] = []
    ear = Ear(gaps.append)
    ear.play(10.0, 8000)
    ear.play(10.9, 800)
    assert gaps == []
    assert ear.end == 11.1


def test_a_late_piece_of_a_reply_leaves_a_gap() -> None:
    gaps: list[float] = []
    ear = Ear(gaps.append)
    ear.play(10.0, 8000)
    ear.play(11.25, 8000)
    assert gaps == [0.25]
    assert ear.end == 12.25


def test_the_silence_before_another_reply_is_no_gap() -> None:
    gaps: list[float] = []
    ear = Ear(gaps.append)
    ear.play(10.0, 8000)
    ear.next_reply()
    ear.play(15.0, 8000)
    assert gaps == []
    assert ear.sent == 8000


def test_a_mark_is_due_when_all_before_it_was_played() -> None:
    ear = Ear()
    ear.play(10.0, 8000)
    ear.mark(10.0, "one")
    ear.play(10.0, 4000)
    ear.mark(10.0, "two")
    assert ear.next_mark == 11.0
    assert ear.due(10.99) == []
    assert ear.due(11.0) == ["one"]
    assert ear.next_mark == 11.5
    assert ear.due(20.0) == ["two"]
    assert ear.next_mark is None


def test_a_mark_in_silence_is_due_at_once() -> None:
    ear = Ear()
    ear.play(10.0, 800)
    ear.mark(12.0, "late")
    assert ear.due(12.0) == ["late"]


def test_clear_drops_what_was_not_played_and_gives_its_marks_back() -> None:
    ear = Ear()
    ear.play(10.0, 80_000)
    ear.mark(10.0, "unheard")
    ear.clear(12.0)
    assert ear.end == 12.0
    assert ear.due(12.0) == ["unheard"]


def test_what_comes_after_clear_is_another_reply() -> None:
    gaps: list[float] = []
    ear = Ear(gaps.append)
    ear.play(10.0, 8000)
    ear.clear(10.5)
    ear.play(11.5, 800)
    assert gaps == []
    assert ear.end == 11.6


def test_clear_in_silence_moves_nothing() -> None:
    ear = Ear()
    ear.play(10.0, 800)
    ear.clear(12.0)
    assert ear.end == 10.1
