"""One change at a time; the last word counts, and what was refused is taken back."""

import orjson

from processors.flux_options import FluxOptions
from processors.flux_tuning import ANSWER_LATE, FluxTuning

CALM = FluxOptions()


def ask(tuning: FluxTuning, now: float) -> dict[str, float] | None:
    message = tuning.due(now)
    if message is None:
        return None
    tuning.sent(now)
    thresholds: dict[str, float] = orjson.loads(message)["thresholds"]
    return thresholds


def test_nothing_is_due_at_first() -> None:
    tuning = FluxTuning(CALM)
    assert tuning.due(0) is None
    tuning.want(CALM.but(eot_threshold=0.7))
    assert tuning.due(0) is None


def test_one_at_a_time_and_only_what_differs_from_what_was_taken() -> None:
    tuning = FluxTuning(CALM)
    for threshold in (0.8, 0.9):
        tuning.want(CALM.but(eot_threshold=threshold))
        asked = ask(tuning, 0)
        assert asked == ({"eot_threshold": 0.8} if threshold == 0.8 else None)
    tuning.answered(True)
    assert ask(tuning, 1) == {"eot_threshold": 0.9}
    tuning.answered(True)
    assert ask(tuning, 2) is None


def test_back_to_what_it_was_is_a_change_too() -> None:
    tuning = FluxTuning(CALM)
    tuning.want(CALM.but(eot_threshold=0.9))
    ask(tuning, 0)
    tuning.want(CALM)
    tuning.answered(True)
    assert ask(tuning, 0) == {"eot_threshold": 0.7}


def test_what_is_refused_is_taken_back_unless_something_else_is_wanted_by_now() -> None:
    tuning = FluxTuning(CALM)
    tuning.want(CALM.but(eot_threshold=0.9))
    ask(tuning, 0)
    tuning.answered(False)
    assert tuning.wanted == CALM
    assert ask(tuning, 0) is None
    tuning.want(CALM.but(eot_threshold=0.9))
    ask(tuning, 0)
    tuning.want(CALM.but(eot_threshold=0.8))
    tuning.answered(False)
    assert ask(tuning, 0) == {"eot_threshold": 0.8}


def test_an_answer_that_never_comes_does_not_block_for_ever_and_one_too_many_changes_nothing() -> None:
    tuning = FluxTuning(CALM)
    tuning.answered(True)
    tuning.want(CALM.but(eot_threshold=0.9))
    ask(tuning, 0)
    assert tuning.due(ANSWER_LATE - 0.1) is None
    assert ask(tuning, ANSWER_LATE) == {"eot_threshold": 0.9}


def test_a_new_socket_is_opened_with_all_that_is_wanted() -> None:
    tuning = FluxTuning(CALM)
    tuning.want(CALM.but(eot_threshold=0.9))
    ask(tuning, 0)
    tuning.want(CALM.but(eot_threshold=0.8))
    assert tuning.opening().eot_threshold == 0.8
    assert tuning.due(0) is None
