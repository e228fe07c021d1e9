"""A socket that says nothing to speech is dead; one that says nothing to silence is not."""

from processors.liveness import HOPELESS, Liveness

SECOND = 8000


def test_speech_without_an_answer() -> None:
    liveness = Liveness()
    assert not liveness.overdue(60 * SECOND)
    liveness.speech_began(60 * SECOND)
    assert not liveness.overdue(63 * SECOND)
    assert liveness.overdue(63 * SECOND + 1)


def test_an_answer_while_speaking_starts_another_wait() -> None:
    liveness = Liveness()
    liveness.speech_began(0)
    liveness.answered(2 * SECOND)
    assert not liveness.overdue(5 * SECOND)
    assert liveness.overdue(6 * SECOND)


def test_an_answer_after_speech_ends_the_wait() -> None:
    liveness = Liveness()
    liveness.speech_began(0)
    liveness.speech_ended(SECOND)
    liveness.answered(2 * SECOND)
    assert not liveness.overdue(60 * SECOND)


def test_speech_that_ended_before_the_last_answer_is_answered() -> None:
    liveness = Liveness()
    liveness.speech_began(0)
    liveness.answered(2 * SECOND)
    liveness.speech_ended(SECOND)
    assert not liveness.overdue(60 * SECOND)


def test_the_next_socket_gets_more_time_and_the_third_is_the_last() -> None:
    liveness, place = Liveness(), 0
    liveness.speech_began(place)
    for seconds in (3, 6, 12):
        assert not liveness.overdue(place + seconds * SECOND)
        assert liveness.overdue(place + seconds * SECOND + 1)
        assert not liveness.hopeless
        place += seconds * SECOND + 1
        liveness.died()
        liveness.replaced(place)
    assert HOPELESS == 3
    assert liveness.hopeless
    liveness.answered(place)
    assert not liveness.hopeless
