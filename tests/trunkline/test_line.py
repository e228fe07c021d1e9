"""A line is checked when it is made, and names what does not fit."""

from typing import Any

import pytest

from processors.barge_in import never, words
from processors.tools import tool
from trunkline.idle import Idle
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
        ("idle", 8, r"idle=8; expected Idle\(...\) or None"),
        ("fillers", "Let me see.", "expected a tuple of texts"),
        ("fillers", ("Let me see.", ""), "expected a tuple of texts"),
        ("filler_after", 0, "filler_after=0; expected more than 0"),
        ("max_seconds", 0, "max_seconds=0; expected seconds"),
        ("warn_seconds", -1, "warn_seconds=-1; expected seconds"),
        ("turn_end", "flux", r"turn_end='flux'; expected endpointing\(ms\), flux\(eot_"),
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


def test_its_prompts_are_all_that_is_said_word_for_word() -> None:
    @tool(filler="The calendar is slow.")
    def calendar() -> str:
        """Look it up."""
        return ""

    @tool(filler="")
    def book() -> str:
        """Book it."""
        return ""

    idle = Idle(prompts=("Hello?",), farewell="Goodbye.")
    line = Line(**GOOD, idle=idle, fillers=["Let me see."], tools=[calendar, book, len])
    said = line.prompts()
    assert said[0] == "Hello."
    assert {*idle.texts, "Let me see.", "The calendar is slow.", line.warning, line.time_up} <= {*said}
    assert all(said)
    assert line.tool_fillers() == {"calendar": "The calendar is slow.", "book": ""}
    assert line.warning not in Line(**GOOD, warn_seconds=None).prompts()
    assert line.warning not in Line(**GOOD, max_seconds=30).prompts()


def test_a_second_answer_is_refused() -> None:
    line = Line(**GOOD)
    line.answer(lambda call: [])
    with pytest.raises(ValueError, match=r"two @line\.answer"):
        line.answer(lambda call: [])


def test_a_line_without_an_answer_has_no_stages() -> None:
    with pytest.raises(ValueError, match="no function decorated"):
        Line(**GOOD).stages(None)  # type: ignore[arg-type]


def test_the_first_of_several_languages_is_the_line_s() -> None:
    line = Line(**{**GOOD, "greeting": {"es": "Hola.", "en": "Hello."}, "languages": ["es", "en-GB"]})
    assert (line.language, line.languages) == ("es", ("es", "en-GB"))
    assert Line(**GOOD).languages == ("en",)
    assert Line(**GOOD, language="pt-BR").languages == ("pt-BR",)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"languages": "en"}, "expected a tuple of tags"),
        ({"languages": ("english!",)}, "expected a tag such as 'en'"),
        ({"language": "de", "languages": ("en", "es")}, "which is not in"),
        ({"languages": ("en", "es"), "greeting": {"en": "Hello."}}, "cannot say 'Hello.' in es"),
        ({"languages": ("en", "es"), "fillers": [{"en": "Well."}]}, "cannot say 'Well.' in es"),
    ],
)
def test_languages_that_do_not_go_together_are_refused(values: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Line(**{**GOOD, **values})


def test_words_interrupt_the_agent_unless_the_line_says_otherwise() -> None:
    assert Line(**GOOD).barge_in == words(1)
    assert Line(**GOOD, barge_in=never).barge_in is never


@pytest.mark.parametrize("policy", ["vad", words, None, 1])
def test_a_barge_in_policy_is_one_of_four(policy: Any) -> None:
    with pytest.raises(ValueError, match=r"expected words\(n\), vad, never or first_sentence_protected"):
        Line(**GOOD, barge_in=policy)


@pytest.mark.parametrize(("what", "value"), [("privacy", None), ("privacy", True), ("budget", 5.0)])
def test_privacy_and_budget_are_values_of_their_own(what: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"has {what}="):
        Line(**GOOD, **{what: value})
