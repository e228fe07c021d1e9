"""A voice starts after enough likely windows and stops after enough unlikely ones."""

import pytest

from processors.voice_activity import Transition, VoiceActivity, VoiceActivitySettings

START, STOP = Transition.STARTED, Transition.STOPPED

YES, MAYBE, NO = 0.9, 0.5, 0.1
"""Above ``enter``; between ``leave`` and ``enter``; below ``leave``."""


def changes(
    probabilities: list[float], settings: VoiceActivitySettings | None = None, level_dbfs: float | None = None
) -> list[tuple[int, Transition]]:
    """Number of the window (from 1) and what changed with it."""
    activity = VoiceActivity(settings)
    heard = [activity.hear(probability, level_dbfs=level_dbfs) for probability in probabilities]
    return [(number, change) for number, change in enumerate(heard, 1) if change is not None]


@pytest.mark.parametrize(
    ("start_ms", "windows", "started"),
    [
        pytest.param(32, [NO, YES], [2], id="one window is enough for 32 ms"),
        pytest.param(64, [YES, YES], [2], id="two for 64 ms"),
        pytest.param(96, [YES, YES], [], id="and too few for 96"),
        pytest.param(100, [YES, YES, YES], [3], id="durations round to the nearest window"),
        pytest.param(64, [YES, NO, YES, YES], [4], id="a click does not count towards the word after it"),
        pytest.param(96, [YES, YES, NO, YES, YES], [5], id="a dip costs its own window, not those before it"),
        pytest.param(64, [YES, NO] * 20, [], id="every other window is no voice"),
        pytest.param(64, [MAYBE] * 20, [], id="nor is what is only maybe one"),
        pytest.param(64, [NO] * 20, [], id="silence"),
        pytest.param(64, [YES] * 20, [2], id="a start is said once"),
    ],
)
def test_a_voice_starts(start_ms: float, windows: list[float], started: list[int]) -> None:
    found = changes(windows, VoiceActivitySettings(start_ms=start_ms))
    assert found == [(number, START) for number in started]


@pytest.mark.parametrize(
    ("stop_ms", "windows", "stopped"),
    [
        pytest.param(32, [NO], [1], id="one window is enough for 32 ms"),
        pytest.param(200, [NO] * 6, [6], id="six for 200 ms"),
        pytest.param(200, [NO] * 5, [], id="five are too few"),
        pytest.param(200, [MAYBE] * 20, [], id="who speaks may be less sure to go on than to start"),
        pytest.param(200, [NO] * 5 + [YES] * 5 + [NO] * 5, [], id="a pause within a sentence"),
        pytest.param(200, [NO] * 3 + [YES] + [NO] * 4, [8], id="a crackle in the silence costs two windows"),
        pytest.param(200, [NO] * 20, [6], id="a stop is said once"),
    ],
)
def test_a_voice_stops(stop_ms: float, windows: list[float], stopped: list[int]) -> None:
    found = changes([YES, YES, *windows], VoiceActivitySettings(stop_ms=stop_ms))
    assert found == [(2, START), *((number + 2, STOP) for number in stopped)]


def test_starts_and_stops_alternate() -> None:
    sentence = [YES] * 10 + [NO] * 10
    assert [change for _, change in changes(sentence * 3)] == [START, STOP] * 3


@pytest.mark.parametrize(
    ("level_dbfs", "started"), [(-49.0, True), (-51.0, False), (-120.0, False), (None, True)]
)
def test_what_is_too_faint_is_no_voice(level_dbfs: float | None, started: bool) -> None:
    assert bool(changes([YES] * 5, level_dbfs=level_dbfs)) is started


def test_a_voice_that_becomes_too_faint_stops() -> None:
    activity = VoiceActivity()
    loud = [activity.hear(YES, level_dbfs=-20) for _ in range(2)]
    faint = [activity.hear(YES, level_dbfs=-60) for _ in range(6)]
    assert (loud[-1], faint[-1]) == (START, STOP)


def test_windows_of_any_length_add_up() -> None:
    activity = VoiceActivity(VoiceActivitySettings(start_ms=64))
    heard = [activity.hear(YES, window_ms=16) for _ in range(4)]
    assert heard == [None, None, None, START]


def test_falling_silent_stops_a_voice_once() -> None:
    activity = VoiceActivity()
    assert activity.fall_silent() is None
    activity.hear(YES)
    activity.hear(YES)
    assert activity.speaking
    assert activity.fall_silent() is STOP
    assert activity.fall_silent() is None


def test_falling_silent_takes_back_what_was_not_yet_a_start() -> None:
    activity = VoiceActivity()
    activity.hear(YES)
    activity.fall_silent()
    assert activity.hear(YES) is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"start_ms": 0}, "start_ms=0"),
        ({"stop_ms": -1}, "stop_ms=-1"),
        ({"enter": 0.3}, "leave=0.35 and enter=0.3"),
        ({"enter": 1.0}, "enter=1.0"),
        ({"leave": 0.0}, "leave=0.0"),
    ],
)
def test_impossible_settings_are_named(values: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        VoiceActivitySettings(**values)


def heard_with_agent(activity: VoiceActivity, level: float, windows: int = 6) -> list[Transition]:
    activity.agent_speaks = True
    return [t for _ in range(windows) if (t := activity.hear(0.9, level_dbfs=level)) is not None]


def known_caller() -> VoiceActivity:
    """One who has spoken at -20 dB for two seconds, and is silent."""
    activity = VoiceActivity()
    for _ in range(60):
        activity.hear(0.9, level_dbfs=-20.0)
    activity.fall_silent()
    return activity


def test_a_far_quieter_voice_does_not_start_while_the_agent_speaks() -> None:
    activity = known_caller()
    assert heard_with_agent(activity, -40.0) == [Transition.FAR]
    assert not activity.speaking
    # The caller is heard as soon as ever, whoever else is heard meanwhile.
    assert heard_with_agent(activity, -22.0, windows=1) == [Transition.STARTED]


def test_a_far_quieter_voice_is_told_each_time_it_begins() -> None:
    activity = known_caller()
    assert heard_with_agent(activity, -40.0) == [Transition.FAR]
    for _ in range(6):
        activity.hear(0.0, level_dbfs=-60.0)
    assert heard_with_agent(activity, -40.0) == [Transition.FAR]


def test_a_far_quieter_voice_starts_while_the_agent_is_silent() -> None:
    activity = known_caller()
    heard_with_agent(activity, -40.0)
    activity.agent_speaks = False
    assert activity.hear(0.9, level_dbfs=-40.0) is Transition.STARTED


def test_a_caller_who_was_not_heard_yet_is_never_far() -> None:
    assert heard_with_agent(VoiceActivity(), -45.0) == [Transition.STARTED]


def test_the_caller_starts_as_soon_as_ever_while_the_agent_speaks() -> None:
    assert heard_with_agent(known_caller(), -24.0, windows=2) == [Transition.STARTED]
