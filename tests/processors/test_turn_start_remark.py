"""What was said while the agent spoke: how much of it is more than a backchannel, and what is kept."""

from pipecat.frames.frames import InterimTranscriptionFrame, TranscriptionFrame

from processors.turn_start_remark import Remark


def interim(text: str) -> InterimTranscriptionFrame:
    return InterimTranscriptionFrame(text, "caller", "")


def final(text: str) -> TranscriptionFrame:
    return TranscriptionFrame(text, "caller", "")


def test_interim_words_take_the_place_of_those_before_them() -> None:
    remark = Remark()
    for text in ("no", "no not", "no not this"):
        remark.add(interim(text), 0.0)
    assert remark.beyond == 3
    assert remark.kept == []
    remark.add(final("not this"), 0.1)
    assert remark.beyond == remark.worth == 2
    remark.add(interim("one"), 0.2)
    assert remark.beyond == 3


def test_each_utterance_counts_for_itself_and_all_of_them_are_kept() -> None:
    remark = Remark()
    remark.add(final("no"), 0.0)
    remark.end()
    remark.add(final("wait"), 5.0)
    assert (remark.beyond, remark.worth) == (1, 2)
    assert [frame.text for frame in remark.kept] == ["no", "wait"]


def test_a_backchannel_is_one_as_long_as_nothing_follows() -> None:
    remark = Remark()
    remark.add(interim("I"), 0.0)
    assert (remark.is_backchannel, remark.beyond) == (False, 0)
    remark.add(interim("I see"), 0.1)
    assert (remark.is_backchannel, remark.beyond) == (True, 0)
    remark.add(final("I see"), 0.2)
    assert remark.is_backchannel
    remark.add(interim("but"), 0.3)
    assert (remark.is_backchannel, remark.beyond) == (False, 1)


def test_a_backchannel_is_forgotten_after_a_while() -> None:
    remark = Remark()
    remark.add(final("okay"), 0.0)
    remark.end()
    assert remark.is_fresh(1.0)
    assert not remark.is_fresh(1.1)
    remark.add(final("mhm"), 0.5)
    remark.end()
    assert [frame.text for frame in remark.kept] == ["okay", "mhm"]
    remark.add(final("stop"), 3.0)
    assert [frame.text for frame in remark.kept] == ["stop"]


def test_words_are_not_forgotten() -> None:
    remark = Remark()
    remark.add(final("on Tuesday"), 0.0)
    remark.end()
    remark.add(final("okay"), 60.0)
    assert [frame.text for frame in remark.kept] == ["on Tuesday", "okay"]
    assert remark.worth == 2


def test_it_is_under_way_until_it_ends() -> None:
    remark = Remark()
    assert not remark.is_under_way
    remark.add(interim("no"), 0.0)
    assert remark.is_under_way
    remark.end()
    assert not remark.is_under_way
    assert not remark.is_backchannel
