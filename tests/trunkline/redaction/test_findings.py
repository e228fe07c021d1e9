"""How much of what is to be left out is found, in utterances that were labelled by hand."""

import pytest

from tests.trunkline.redaction.labelled import Labelled, load, score
from trunkline.redaction.findings import UNSURE, Said, findings
from trunkline.redaction.privacy import Privacy

TUNED, HELD_OUT = load("utterances.txt"), load("held_out.txt")


def test_the_labels_are_many() -> None:
    assert (len(TUNED), len(HELD_OUT)) == (151, 50)
    assert sum(not case.secret for case in (*TUNED, *HELD_OUT)) > 80


@pytest.mark.parametrize("case", TUNED, ids=lambda case: case.line[:60])
def test_each_utterance_is_judged_rightly(case: Labelled) -> None:
    assert score([case, TUNED[0]]).wrong == ()


def test_most_of_what_was_not_seen_before_is_found_and_little_else() -> None:
    scored = score(HELD_OUT)
    assert scored.precision >= 0.99
    assert scored.recall >= 0.99


def said(*texts: str) -> list[Said]:
    return [Said("agent", text[2:]) if text.startswith("> ") else Said("caller", text) for text in texts]


def unsure(*texts: str) -> bool:
    return any(one.kind == UNSURE for one in findings(said(*texts), is_over=False))


def test_a_number_that_may_become_a_card_s_is_unsure_until_something_else_is_said() -> None:
    assert unsure("four one one one")
    assert unsure("four one one one", "> Mhm.", "and one double")
    assert not unsure("four one one one", "that was the code of my door, by the way")
    assert not unsure("my order number is four one one one")
    assert not unsure("nine one one one")
    assert findings(said("four one one one")) == []


def test_only_what_the_line_leaves_out_is_found() -> None:
    turns = said("> Your card number?", "4111 1111 1111 1111", "> Your birthday?", "May fifth 1981")
    assert [one.kind for one in findings(turns)] == ["card", "birth"]
    assert findings(turns, Privacy(cards=False, births="kept")) == []


def test_phone_numbers_are_found_for_lines_that_ask() -> None:
    turns = said("call me at four one five five five five zero one two three")
    assert findings(turns) == []
    assert [one.kind for one in findings(turns, Privacy(entities=("phone",)))] == ["phone"]


def test_the_last_part_knows_the_whole_number() -> None:
    found = findings(said("4111 1111", "1111 1111"))
    assert [one.digits for one in found] == ["", "4111111111111111"]


def test_all_dates_with_a_year_if_the_line_says_so() -> None:
    turns = said("the invoice of March third 2024, and I come on May fifth")
    assert findings(turns) == []
    (found,) = findings(turns, Privacy(births="all"))
    assert turns[0].text[found.start : found.end] == "March third 2024"
