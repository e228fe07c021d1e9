"""The dialogue engine holds the demo's conversations from requests alone, and says what it is."""

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest

from tests.trunkline.sandbox.dialogue.lines import APPOINTMENTS, BOOK, FRONT_DESK, Conversation
from trunkline.sandbox.brain import CallTool, Piece, Say
from trunkline.sandbox.chat_request import ChatRequest, Message
from trunkline.sandbox.dialogue import brain as module
from trunkline.sandbox.dialogue.brain import Dialogue
from trunkline.sandbox.dialogue.similarity import Letters, Similarity
from trunkline.sandbox.errors import EnginesMissing
from trunkline.sandbox.script import BargeIn, read
from trunkline.sandbox.script import Say as Speak
from trunkline.sandbox.speech.intents import meaning

PIPELINES = Path(__file__).parents[4] / "pipelines"


def lines(name: str) -> list[str]:
    steps = read(PIPELINES / f"{name}.call.toml").steps
    return [step.text for step in steps if isinstance(step, Speak | BargeIn)]


@pytest.fixture(params=["letters", pytest.param("meaning", marks=pytest.mark.spoken)])
def similarity(request: pytest.FixtureRequest) -> Similarity:
    return Letters() if request.param == "letters" else meaning()


def reply(*messages: Message, tools: tuple[dict[str, object], ...] = (), **body: object) -> list[Piece]:
    return list(Dialogue(Letters()).reply(ChatRequest("m", messages, tools, body=body)))


def test_the_front_desk_script(similarity: Similarity) -> None:
    call = Conversation(Dialogue(similarity), FRONT_DESK)
    said = [call.say(words) for words in lines("front_desk")]
    assert call.calls == [
        ("look_up", {"topic": "opening hours"}),
        ("look_up", {"topic": "check-up"}),
        ("look_up", {"topic": "whitening"}),
        (
            "take_message",
            {
                "name": "Anna Baker",
                "phone": "5550149",
                "message": "Please call me back about my crown tomorrow morning",
            },
        ),
        ("end_call", {}),
    ]
    assert said[0] == "This is known of opening hours."
    assert said[3] == "Of course. What is your name, please?"
    assert said[-1] == ""  # the tool says goodbye itself


def test_the_appointments_script(similarity: Similarity) -> None:
    call = Conversation(Dialogue(similarity), APPOINTMENTS)
    said = [call.say(words) for words in lines("appointments")]
    assert call.calls == [
        ("find_slots", {"day": "2026-11-24", "part_of_day": "morning"}),
        ("book", {"slot": "2026-11-24 09:30", "name": "Tom Fisher", "reason": "check-up"}),
        ("move", {"name": "Tom Fisher", "slot": "2026-11-24 10:00"}),
        ("end_call", {}),
    ]
    assert said[0] == "Free: Tuesday, November 24 at 9:00, 9:30 or 10:00. Which one suits you?"
    assert said[5] == "Moved: Tom Fisher, to Tuesday, November 24 at 10:00."


@pytest.mark.spoken
def test_the_scripts_as_a_recogniser_writes_them() -> None:
    front_desk = Conversation(Dialogue(meaning()), FRONT_DESK)
    for words in (
        "And how much is a checkup?",
        "Can I leave a message?",
        "My name is Anna Baker.",
        "My number is 555-0149.",
        "Please call me back to-morrow.",
        "No thank you, that's all. good-by.",
    ):
        front_desk.say(words)
    assert [call[1] for call in front_desk.calls] == [
        {"topic": "check-up"},
        {"name": "Anna Baker", "phone": "5550149", "message": "Please call me back to-morrow"},
        {},
    ]
    appointments = Conversation(Dialogue(meaning()), APPOINTMENTS)
    for words in ("Hi, you have anything free on Tuesday morning.", "Half-past nine, please."):
        appointments.say(words)
    assert appointments.say("Tom Fisher.") == "Thank you. What is it for?"
    appointments.say("It's for a checkup.")
    assert appointments.calls[-1][1]["reason"] == "check-up"
    assert appointments.calls[-1][1]["slot"] == "2026-11-24 09:30"


def test_a_conversation_that_has_not_begun_is_greeted() -> None:
    assert reply({"role": "system", "content": "Be brief."}) == [Say("Hello. How can I help you?")]


def test_the_day_is_the_one_in_the_prompt_or_else_the_calendars() -> None:
    call = Conversation(Dialogue(Letters(), lambda: date(2027, 1, 1)), APPOINTMENTS, prompt="No date.")
    call.say("Do you have a free slot tomorrow?")
    assert call.calls == [("find_slots", {"day": "2027-01-02"})]


def test_tool_choice_is_obeyed() -> None:
    asked: Message = {"role": "user", "content": "I would like to book an appointment, please."}
    assert all(isinstance(piece, Say) for piece in reply(asked, tools=APPOINTMENTS, tool_choice="none"))
    chosen = {"type": "function", "function": {"name": "book"}}
    assert reply(asked, tools=APPOINTMENTS, tool_choice=chosen) == [
        Say("Of course. Which day and time would you like?")
    ]


def test_without_tools_it_says_what_it_is() -> None:
    (said,) = reply({"role": "user", "content": "What is the capital of France?"})
    assert isinstance(said, Say)
    assert "stand in for a language model" in said.text


def test_results_of_several_tools_are_all_said() -> None:
    calls = [{"id": str(n), "function": {"name": "look_up", "arguments": "{}"}} for n in (1, 2)]
    results = [{"role": "tool", "tool_call_id": str(n), "content": json.dumps(f"Answer {n}")} for n in (1, 2)]
    asked = {"role": "user", "content": "Opening hours and parking?"}
    said = reply(asked, {"role": "assistant", "tool_calls": calls}, *results, tools=FRONT_DESK)
    assert said == [Say("Answer 1."), Say("Answer 2.")]


def test_while_a_tool_runs_the_caller_is_asked_for_patience() -> None:
    calls = [{"id": "1", "function": {"name": "book", "arguments": "{}"}}]
    running = {"role": "tool", "tool_call_id": "1", "content": "IN_PROGRESS"}
    assert reply({"role": "assistant", "tool_calls": calls}, running, tools=(BOOK,)) == [
        Say("One moment, please.")
    ]


@pytest.mark.spoken
def test_what_was_prepared_takes_no_time() -> None:
    talk = Dialogue()
    request = Conversation(talk, FRONT_DESK).request()
    asyncio.run(talk.prepare(request))
    read_before = meaning().vector.cache_info().misses
    list(talk.reply(request))
    assert meaning().vector.cache_info().misses == read_before


def test_without_the_engines_it_compares_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Similarity:
        raise EnginesMissing("tokenizers")

    monkeypatch.setattr("trunkline.sandbox.speech.intents.meaning", missing)
    assert isinstance(module.best_similarity(), Letters)
    call = Conversation(Dialogue(), FRONT_DESK)
    call.say("Where can I park?")
    assert call.calls == [("look_up", {"topic": "parking"})]


def test_each_reply_follows_from_its_request_alone() -> None:
    messages: list[Message] = []
    for words in ("Can I leave a message?", "Anna Baker"):
        messages.append({"role": "user", "content": words})
        pieces = reply(*messages, tools=FRONT_DESK)
        assert not any(isinstance(piece, CallTool) for piece in pieces)
        messages.append({"role": "assistant", "content": "…"})
    assert pieces == [Say("Thank you. What number can we reach you on?")]
