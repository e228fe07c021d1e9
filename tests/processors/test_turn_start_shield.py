"""What the caller hears now: may it be interrupted?"""

import pytest
from pipecat.frames.frames import BotStartedSpeakingFrame, BotStoppedSpeakingFrame
from pipecat.utils.text.base_text_aggregator import TextType

from processors.barge_in import Protects
from processors.frames import HeardTextFrame, UninterruptibleSpeechFrame
from processors.turn_start_shield import Shield, ends_sentence

STARTED, STOPPED = BotStartedSpeakingFrame(), BotStoppedSpeakingFrame()
MUST, MAY = UninterruptibleSpeechFrame(playing=True), UninterruptibleSpeechFrame(playing=False)


def heard(text: str) -> HeardTextFrame:
    return HeardTextFrame(text, TextType.SENTENCE)


def test_nothing_is_protected_in_silence() -> None:
    for protects in Protects:
        shield = Shield(protects)
        assert not shield.is_up
        shield.follow(STARTED)
        shield.follow(STOPPED)
        assert not shield.is_up


def test_a_line_that_is_never_interrupted_is_protected_while_it_speaks() -> None:
    shield = Shield(Protects.ALL)
    assert not shield.follow(STARTED)
    assert shield.is_up
    assert not shield.follow(heard("All of it."))
    assert shield.is_up


def test_the_first_sentence_of_each_reply_is_protected() -> None:
    shield = Shield(Protects.FIRST_SENTENCE)
    for _ in range(2):
        shield.follow(STARTED)
        assert not shield.follow(heard("On Mondays,"))
        assert shield.is_up
        assert shield.follow(heard("we are closed."))
        assert not shield.is_up
        assert not shield.follow(heard("We open on Tuesday."))
        shield.follow(STOPPED)


@pytest.mark.parametrize("protects", Protects)
def test_a_text_that_must_be_heard_is_protected_whatever_the_policy(protects: Protects) -> None:
    shield = Shield(protects)
    shield.follow(MUST)
    shield.follow(STARTED)
    shield.follow(heard("This call is recorded."))
    assert shield.is_up
    assert shield.follow(MAY) is (protects is not Protects.ALL)


def test_it_does_not_come_down_by_the_agent_s_falling_silent() -> None:
    shield = Shield(Protects.ALL)
    shield.follow(STARTED)
    assert not shield.follow(STOPPED)


@pytest.mark.parametrize("text", ["Yes.", "Really?", 'He said "no."', "Stop!)", "はい。", "Well…"])
def test_a_sentence_ends_with_its_mark(text: str) -> None:
    assert ends_sentence(text)
    assert not ends_sentence(f"{text} And")
