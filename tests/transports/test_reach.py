"""The first byte of each speech: on the wire, and heard."""

from transports.reach import Played, Reach, Sent


def test_a_speech_is_sent_and_then_played() -> None:
    reach = Reach()
    reach.begin(800, 1.0)
    reach.sent(800, 1.1)  # what came before it
    assert reach.news() == []
    reach.sent(1600, 1.2)
    reach.sent(2400, 1.3)
    assert reach.news() == [Sent(voiced_at=1.0, sent_at=1.2)]
    reach.proven(2400, 1.5)  # 1,600 bytes of it take 0.2 s
    assert reach.news() == [Played(1.3)]
    reach.proven(3200, 1.6)
    assert reach.news() == []


def test_a_mark_that_comes_too_soon_cannot_mean_that_it_was_played_before_it_was_sent() -> None:
    reach = Reach()
    reach.begin(0, 1.0)
    reach.sent(8000, 1.2)
    reach.proven(8000, 1.21)
    assert reach.news() == [Sent(1.0, 1.2), Played(1.2)]


def test_what_waits_behind_earlier_sound_is_heard_later() -> None:
    reach = Reach()
    reach.begin(0, 1.0)
    reach.sent(8000, 1.0)
    reach.begin(8000, 1.5)
    reach.sent(8800, 1.5)
    reach.proven(8000, 2.0625)
    reach.proven(8800, 2.1625)
    assert reach.news() == [Sent(1.0, 1.0), Sent(1.5, 1.5), Played(1.0625), Played(2.0625)]


def test_a_speech_without_sound_is_forgotten() -> None:
    reach = Reach()
    reach.begin(0, 1.0)
    reach.begin(0, 2.0)
    reach.sent(160, 2.1)
    assert reach.news() == [Sent(2.0, 2.1)]


def test_after_a_cut_nothing_is_sent_and_no_mark_proves_anything() -> None:
    reach = Reach()
    reach.begin(0, 1.0)
    reach.sent(160, 1.1)
    reach.news()
    reach.begin(160, 1.2)
    reach.cut()
    reach.sent(320, 1.3)
    reach.proven(320, 1.4)
    assert reach.news() == []
