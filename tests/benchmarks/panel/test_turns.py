import pytest

from benchmarks.panel import turns
from benchmarks.panel.marks import Kind
from tests.benchmarks.panel.channels import call, mark

TURN, INTERRUPTION = Kind.TURN, Kind.INTERRUPTION


def test_response_latency_runs_from_the_callers_last_sound_to_the_agents_first() -> None:
    found = turns.responses(call([(0, 1), (4.36, 6)], mark(TURN, 2, 4)))
    assert found == [pytest.approx(0.36, abs=0.001)]


def test_silence_around_what_was_said_is_no_part_of_it() -> None:
    recording = call([(4.5, 6)], mark(TURN, 2, 4))
    wider = type(recording)(recording.caller, recording.agent, [mark(TURN, 1.8, 4.2)])
    assert turns.responses(wider) == [pytest.approx(0.5, abs=0.001)]


def test_a_turn_is_unanswered_if_the_caller_has_to_speak_again_first() -> None:
    assert turns.responses(call([(9, 10)], mark(TURN, 2, 4), mark(TURN, 6, 8))) == [None, pytest.approx(1.0)]


def test_a_noise_behind_a_turn_takes_no_answer_from_it() -> None:
    recording = call([(5, 6)], mark(TURN, 2, 4), mark(Kind.NOISE, 4.4, 4.6))
    assert turns.responses(recording) == [pytest.approx(1.0)]


def test_the_last_turn_of_a_call_that_ends_says_nothing() -> None:
    assert turns.responses(call([(0, 1)], mark(TURN, 2, 4))) == []


def test_an_interruption_to_which_the_agent_yields_is_answered() -> None:
    recording = call([(0, 3.4), (5.0, 6)], mark(INTERRUPTION, 3, 4.5))
    assert turns.responses(recording) == [pytest.approx(0.5)]


def test_a_word_over_before_the_agent_has_yielded_is_answered_too() -> None:
    recording = call([(0, 3.5), (4.0, 6)], mark(INTERRUPTION, 3, 3.4))
    assert turns.responses(recording) == [pytest.approx(0.6)]


def test_an_interruption_that_is_talked_through_is_no_turn() -> None:
    assert turns.responses(call([(0, 8), (9, 10)], mark(INTERRUPTION, 3, 4))) == []


def test_an_agent_that_yields_and_cannot_wait_has_not_answered() -> None:
    assert turns.responses(call([(0, 3.3), (4.5, 6), (8, 9)], mark(INTERRUPTION, 3, 5))) == []


def test_beginning_to_talk_while_the_caller_talks_is_talking_over() -> None:
    assert turns.talked_over(call([(0, 1), (3, 5)], mark(TURN, 2, 4))) == [True]


def test_neither_an_answer_nor_yielding_is_talking_over() -> None:
    recording = call([(0, 2.3), (4.4, 6)], mark(INTERRUPTION, 2, 4), mark(TURN, 8, 9))
    assert turns.talked_over(recording) == [False, False]


def test_an_answer_into_a_pause_is_a_false_cut_off_and_no_talking_over() -> None:
    cut = call([(3.4, 3.9)], mark(TURN, 2, 5, paused=True), pause=(3.0, 3.8))
    assert turns.cut_off(cut) == [True]
    assert turns.talked_over(cut) == [False]


def test_waiting_through_a_pause_is_no_cut_off_and_turns_without_one_do_not_count() -> None:
    waited = call([(5.4, 6)], mark(TURN, 2, 5, paused=True), mark(TURN, 8, 9), pause=(3.0, 3.8))
    assert turns.cut_off(waited) == [False]
