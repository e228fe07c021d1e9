"""What is told of one call: rows that are written again, events, states, numbers."""

from dataclasses import replace

import pytest

from tests.trunkline.office import Archive, bare_line, facts
from trunkline.events import AgentSaid, CallerSaid, CallerSpeaking, Failed, ToolCalled
from trunkline.life import ABANDONED, COMPLETED
from trunkline.records import Facts, ToolCall, Turn
from trunkline.redaction.discretion import WINDOW, Discretion
from trunkline.redaction.privacy import Privacy

SID = facts().sid


class Kept(Archive):
    """What came to be kept of the facts, too."""

    facts: Facts

    def begin(self, facts: Facts, line: object) -> None:
        self.facts = facts


def discretion(privacy: Privacy | None = None) -> tuple[Kept, Discretion]:
    kept = Kept()
    return kept, Discretion(kept, bare_line(privacy=privacy or Privacy()))


def said(kept: Archive) -> dict[int, str]:
    """The caller's words as the rows have them."""
    return {turn.index: turn.caller for turn in kept.turns[SID]}


def test_rows_are_written_again_when_a_number_proves_to_be_a_card_s() -> None:
    kept, told = discretion()
    told.turn(SID, Turn(1, "it's four one one one"))
    told.turn(SID, Turn(2, "one one one one"))
    assert said(kept) == {1: "it's [digits]", 2: "[digits]"}
    told.turn(SID, Turn(3, "one one one one one one one one"))
    assert said(kept) == {1: "it's [card number]", 2: "[card number]", 3: "[card number]"}


def test_rows_are_written_again_when_it_proves_to_be_none() -> None:
    kept, told = discretion()
    told.turn(SID, Turn(1, "four one one one"))
    told.turn(SID, Turn(2, "that is the code of my front door, you know"))
    assert said(kept)[1] == "four one one one"


@pytest.mark.parametrize(("outcome", "words"), [(COMPLETED, "four one one one"), (ABANDONED, "[digits]")])
def test_the_end_of_a_call_settles_what_was_unsure(outcome: object, words: str) -> None:
    kept, told = discretion()
    told.turn(SID, Turn(1, "four one one one"))
    told.end(SID, outcome)  # type: ignore[arg-type]
    assert said(kept)[1] == words
    assert kept.outcomes == {SID: outcome}


def test_rows_that_have_not_changed_are_not_written_again() -> None:
    kept, told = discretion()
    for index in range(WINDOW + 4):
        told.turn(SID, Turn(index, f"I come at nine, or at {index}", "Fine."))
    told.turn(SID, Turn(WINDOW + 3, f"I come at nine, or at {WINDOW + 3}", "Fine.", interrupted=True))
    assert [turn.index for turn in kept.turns[SID]] == [*range(WINDOW + 4), WINDOW + 3]
    assert kept.turns[SID][-1].interrupted


def test_tools_are_told_without_what_the_caller_said() -> None:
    kept, told = discretion()
    tool = ToolCall("charge", {"card": "4111111111111111"}, "call_1", "charged 4111111111111111")
    told.turn(SID, Turn(1, "4111 1111 1111 1111", tools=(tool,)))
    (turn,) = kept.turns[SID]
    assert turn.tools == (ToolCall("charge", {"card": "[card number]"}, "call_1", "charged [card number]"),)


def test_events_are_told_like_rows() -> None:
    _, told = discretion()
    told.turn(SID, Turn(1, "4111 1111 1111"))
    spoken = CallerSpeaking(call=SID, at=0.0, text="11")
    assert told.event(replace(spoken, text="1111")) == replace(spoken, text="[card number]")
    told.turn(SID, Turn(2, "1111"))
    assert told.event(CallerSaid(call=SID, at=0.0, text="1111")) == CallerSaid(
        call=SID, at=0.0, text="[card number]"
    )
    back = AgentSaid(call=SID, at=0.0, text="4111 1111 1111 1111, right?", interrupted=False)
    assert told.event(back) == replace(back, text="[card number], right?")
    tool = ToolCalled(call=SID, at=0.0, name="charge", arguments={"card": 4111111111111111})
    assert told.event(tool) == replace(tool, arguments={"card": "[card number]"})
    failed = Failed(call=SID, at=0.0, error="OpenAI is away")
    assert told.event(failed) is failed


def test_a_state_is_noted_without_it_and_other_columns_as_they_are() -> None:
    kept, told = discretion()
    told.note(
        SID, state={"messages": [{"role": "user", "content": "4111 1111 1111 1111"}]}, recording="a.wav"
    )
    assert kept.notes[SID]["state"]["messages"][0]["content"] == "[card number]"
    assert kept.notes[SID]["recording"] == "a.wav"
    told.note(SID, state=None)
    assert kept.notes[SID]["state"] is None


def test_values_of_the_call_s_data_are_left_out() -> None:
    kept, told = discretion(Privacy(data=("name",)))
    told.turn(SID, Turn(1, "I am Anna Baker"))
    told.data = {"name": "Anna Baker"}
    told.turn(SID, Turn(2, "yes", "Thank you, Anna."))
    assert said(kept)[1] == "I am [name]"
    assert kept.turns[SID][-1].agent == "Thank you, [name]."


def test_numbers_of_callers_may_be_masked() -> None:
    kept, told = discretion(Privacy(caller_numbers="masked"))
    told.begin(facts(), bare_line())
    assert (kept.facts.caller, kept.facts.called) == ("•••123", facts().called)
    dialled = Facts("CA1", "+15550100", "+14155550123", "outbound-api")
    assert told.facts(dialled).called == "•••123"
