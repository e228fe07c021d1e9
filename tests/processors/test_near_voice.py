"""Who is far quieter than the caller has been is somebody else; who always was quiet is the caller."""

import pytest

from processors.near_voice import ENOUGH, NearVoice

SPEECH = (-30.0, -16.0, -22.0, -15.0, -40.0, -18.0, -25.0, -15.0, -35.0, -20.0) * 10
"""Levels of windows as they follow each other in speech at -20 dB."""


def caller(offset: float = 0.0, windows: int = len(SPEECH)) -> NearVoice:
    near = NearVoice()
    for level in SPEECH[:windows]:
        near.learn(level + offset)
    return near


@pytest.mark.parametrize("offset", [0.0, -15.0, -25.0])
def test_the_caller_is_near_however_quiet_they_are(offset: float) -> None:
    near = caller(offset)
    assert all(near.is_near(loudest + offset) for loudest in (-15.0, -20.0, -24.0))


@pytest.mark.parametrize("offset", [0.0, -15.0])
def test_what_is_15_db_quieter_is_somebody_else(offset: float) -> None:
    assert not caller(offset).is_near(-15.0 - 15.0 + offset)


def test_nobody_is_somebody_else_before_the_caller_was_heard() -> None:
    assert caller(windows=ENOUGH - 1).is_near(-49.0)
    assert not caller(windows=ENOUGH).is_near(-49.0)


def test_a_caller_who_puts_the_phone_down_is_near_again_after_some_words() -> None:
    near = caller()
    assert not near.is_near(-32.0)
    for level in SPEECH:
        near.learn(level - 17)
    assert near.is_near(-32.0)


def test_a_shout_changes_little() -> None:
    near = caller()
    for _ in range(5):
        near.learn(-2.0)
    assert near.is_near(-24.0)
