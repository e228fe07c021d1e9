"""Sound is gathered while the caller has enough to listen to, and never when he has not."""

import pytest

from processors.lead import LONGEST, PACKET, SHARE, Lead

SECOND = 8000


def test_the_first_sound_waits_for_nothing() -> None:
    assert (Lead().patience(5.0), Lead().gather(5.0)) == (0.0, 0)


def test_the_longer_the_lead_the_more_is_gathered_up_to_half_a_second() -> None:
    lead = Lead()
    lead.handed_on(SECOND // 10, 5.0)
    assert lead.patience(5.0) == pytest.approx(SHARE * 0.1)
    assert lead.gather(5.0) == pytest.approx(SECOND * SHARE * 0.1, abs=1)
    lead.handed_on(4 * SECOND, 5.0)
    assert lead.patience(5.0) == LONGEST
    assert lead.gather(5.0) == SECOND * LONGEST


def test_the_lead_melts_as_it_is_heard_and_begins_anew_after_silence() -> None:
    lead = Lead()
    lead.handed_on(SECOND, 5.0)
    assert lead.patience(5.8) == pytest.approx(SHARE * 0.2)
    assert lead.gather(5.97) == 0
    assert lead.patience(7.0) == 0.0
    lead.handed_on(PACKET, 7.0)
    assert lead.patience(7.0) == pytest.approx(SHARE * 0.02)


def test_after_a_barge_in_the_next_sound_is_the_first_again() -> None:
    lead = Lead()
    lead.handed_on(SECOND, 5.0)
    lead.cut()
    assert lead.patience(5.0) == 0.0


def test_it_is_not_waited_longer_than_was_told_whatever_the_lead_is() -> None:
    lead = Lead()
    lead.handed_on(10 * SECOND, 5.0)
    assert lead.wait(5.0) == LONGEST
    assert lead.wait(5.1) is None
    assert lead.gather(5.0 + LONGEST / 2) == SECOND * LONGEST
    assert lead.gather(5.0 + LONGEST) == 0
    lead.handed_on(PACKET, 5.5)
    assert lead.gather(5.5) == SECOND * LONGEST
