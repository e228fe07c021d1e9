"""A call's life is a table: every step not in it is refused with the ones that are."""

import pytest

from trunkline.errors import CallError
from trunkline.life import TABLE, State, Step, after


@pytest.mark.parametrize(("state", "step"), [(state, step) for state in State for step in Step])
def test_every_step_is_in_the_table_or_refused(state: State, step: Step) -> None:
    if step in TABLE[state]:
        assert after(state, step) is TABLE[state][step]
    else:
        with pytest.raises(CallError, match=state.value):
            after(state, step)


def test_an_ended_call_stays_ended() -> None:
    assert TABLE[State.ENDED] == {}


def test_every_living_call_can_end() -> None:
    assert all(TABLE[state][Step.OUTCOME] is State.ENDED for state in State if state is not State.ENDED)


def test_a_refusal_names_what_was_possible() -> None:
    with pytest.raises(CallError, match="possible: stream_started, outcome"):
        after(State.RINGING, Step.STREAM_LOST)
