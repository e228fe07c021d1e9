"""The policies as values: what they are called, what they refuse, what they build."""

import subprocess
import sys

import pytest

import trunkline
from processors.barge_in import BargeIn, Protects, first_sentence_protected, never, vad, words
from processors.turn_start import SpokenTurnStart

WRITTEN = {
    "words(1)": words(1),
    "words(2, meanwhile='hold')": words(2, meanwhile="hold"),
    "vad": vad,
    "never": never,
    "first_sentence_protected": first_sentence_protected,
    "first_sentence_protected(then=vad)": first_sentence_protected(then=vad),
    "first_sentence_protected(then=words(2))": first_sentence_protected(then=words(2)),
}


@pytest.mark.parametrize(("text", "policy"), WRITTEN.items())
def test_they_print_as_they_are_written(text: str, policy: BargeIn) -> None:
    assert repr(policy) == text
    assert hash(policy) == hash(BargeIn(policy.words, policy.meanwhile, policy.protects))


def test_lines_import_them_from_trunkline() -> None:
    assert (trunkline.words(2), trunkline.vad, trunkline.never) == (words(2), vad, never)
    assert trunkline.first_sentence_protected is first_sentence_protected


def test_they_are_all_different() -> None:
    assert len(set(WRITTEN.values())) == len(WRITTEN)
    assert first_sentence_protected(then=words(1)) == first_sentence_protected


@pytest.mark.parametrize("n", [0, -1, 1.5, "two", True])
def test_a_number_of_words_is_one_or_more(n: object) -> None:
    with pytest.raises(ValueError, match="expected a whole number, 1 or more"):
        words(n)  # type: ignore[arg-type]


def test_meanwhile_the_agent_is_ducked_or_held() -> None:
    with pytest.raises(ValueError, match="meanwhile='mute'; expected 'duck' or 'hold'"):
        words(1, meanwhile="mute")  # type: ignore[arg-type]


def test_only_the_first_sentence_has_something_that_comes_then() -> None:
    with pytest.raises(ValueError, match="barge-in policy never takes no `then`"):
        never(then=vad)
    for then in (never, first_sentence_protected, "vad", words):
        with pytest.raises(ValueError, match=r"expected vad or words\(n\)"):
            first_sentence_protected(then=then)  # type: ignore[arg-type]


def test_each_call_has_strategies_of_its_own() -> None:
    (one,), (other,) = never.start_strategies(), never.start_strategies()
    assert isinstance(one, SpokenTurnStart)
    assert one is not other
    assert never.protects is Protects.ALL


def test_a_policy_needs_no_pipecat() -> None:
    """A line is listed without it."""
    code = "import sys, processors.barge_in; sys.exit('pipecat' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603
