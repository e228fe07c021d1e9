"""A call's life is a table: every step not in it is refused with the ones that are."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import trunkline
from trunkline.calls.dials import OUTCOMES
from trunkline.errors import CallError
from trunkline.life import KINDS, PROVISIONAL, TABLE, TOLD_LATER, State, Step, after


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


def kinds_in(source: Path) -> Iterator[str]:
    """Outcomes that a module names."""
    for node in ast.walk(ast.parse(source.read_text())):
        match node:
            case ast.Call(func=ast.Name(id="Outcome"), args=[ast.Constant(value=str(kind)), *_]):
                yield kind


def test_every_outcome_that_is_written_is_known() -> None:
    package = Path(trunkline.__file__).parent
    written = {kind for source in package.rglob("*.py") for kind in kinds_in(source)}
    assert "failed" in written
    assert written <= set(KINDS)
    assert set(OUTCOMES) - {"answered-human"} <= set(KINDS)
    assert set(KINDS) >= PROVISIONAL | TOLD_LATER
    assert len(set(KINDS)) == len(KINDS)


def test_the_documentation_names_every_outcome() -> None:
    page = (Path(trunkline.__file__).parents[1] / "docs" / "waterfall.md").read_text()
    assert [kind for kind in KINDS if f"`{kind}`" not in page] == []
