"""A line is checked when it is made, and names what does not fit."""

from typing import Any

import pytest

from trunkline.line import Line
from trunkline.overflow import Busy, DialOverflow, Queue, SayAndHangUp, WhenFull

GOOD: dict[str, Any] = {"name": "desk", "number": "+15550100", "greeting": "Hello.", "prompt": "Be kind."}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", " ", "needs a name"),
        ("number", "5550100", "not E.164"),
        ("number", "+0123456789", "not E.164"),
        ("greeting", "", "needs a greeting"),
        ("prompt", " ", "needs a prompt"),
        ("prompt", lambda: "", "needs a prompt"),
        ("max_calls", 0, "max_calls=0; expected 1 or more"),
        ("stt_streams", 0, "stt_streams=0"),
        ("tts_streams", -1, "tts_streams=-1"),
        ("when_full", "busy", r"when_full='busy'; expected one of Busy\(\), SayAndHangUp\(text\)"),
        ("when_full", DialOverflow("+15550100"), "puts callers through to itself"),
        ("when_full", Queue(then=DialOverflow("+15550100")), "puts callers through to itself"),
    ],
)
def test_a_value_that_no_line_can_have_is_named(field: str, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Line(**{**GOOD, field: value})


@pytest.mark.parametrize("answer", [Busy(), SayAndHangUp("Later."), Queue(), DialOverflow("+15550177")])
def test_what_a_refused_caller_hears_is_the_line_s_choice(answer: WhenFull) -> None:
    assert Line(**GOOD, max_calls=1, when_full=answer).when_full == answer
    assert Line(**GOOD).when_full == SayAndHangUp()


def test_a_prompt_may_be_asked_for_at_each_call() -> None:
    days = iter(["", "Monday", "Tuesday"])
    line = Line(**{**GOOD, "prompt": lambda: f"Today is {next(days)}."})
    assert [line.instructions(), line.instructions()] == ["Today is Monday.", "Today is Tuesday."]


def test_a_second_answer_is_refused() -> None:
    line = Line(**GOOD)
    line.answer(lambda call: [])
    with pytest.raises(ValueError, match=r"two @line\.answer"):
        line.answer(lambda call: [])


def test_a_line_without_an_answer_has_no_stages() -> None:
    with pytest.raises(ValueError, match="no function decorated"):
        Line(**GOOD).stages(None)  # type: ignore[arg-type]
