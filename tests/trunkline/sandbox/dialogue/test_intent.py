"""The tool that is meant is found by its name, its description and what it lists."""

from datetime import date

import pytest

from tests.trunkline.sandbox.dialogue.lines import APPOINTMENTS, FRONT_DESK
from trunkline.sandbox.dialogue.intent import wish
from trunkline.sandbox.dialogue.similarity import Letters, Similarity
from trunkline.sandbox.dialogue.tools import read
from trunkline.sandbox.speech.intents import meaning

TODAY = date(2026, 11, 22)

BOTH = [
    ("And how much is a check-up?", "look_up"),
    ("and where can I park?", "look_up"),
    ("Hello. That's fine, thank you. Can I leave a message?", "take_message"),
    ("Do you have anything free on Tuesday?", "find_slots"),
    ("I'd like to book an appointment", "book"),
    ("could you move it to ten o'clock instead?", "move"),
    ("I want to reschedule", "move"),
    ("please cancel my appointment", "cancel"),
    ("Half past nine is perfect.", None),
    ("My name is Tom Fisher.", None),
    ("What is the weather like?", None),
    ("thank you", None),
]

BY_MEANING = [
    ("When do you shut in the evening?", "look_up"),
    ("Is there somewhere to leave my car?", "look_up"),
    ("could someone ring me tomorrow", None),
]


def meant(said: str, similarity: Similarity) -> str | None:
    tools = [read(tool) for tool in (*FRONT_DESK, *APPOINTMENTS)]
    best = wish(said, tools, similarity, TODAY)
    return best.tool.name if best.tool and best.score >= similarity.certain else None


@pytest.mark.parametrize(("said", "tool"), BOTH)
def test_by_letters(said: str, tool: str | None) -> None:
    assert meant(said, Letters()) == tool


@pytest.mark.spoken
@pytest.mark.parametrize(("said", "tool"), [*BOTH, *BY_MEANING])
def test_by_meaning(said: str, tool: str | None) -> None:
    assert meant(said, meaning()) == tool


def test_the_words_that_mean_it_are_kept() -> None:
    tools = [read(tool) for tool in FRONT_DESK]
    assert wish("Fine. Can I leave a message?", tools, Letters(), TODAY).words == "Can I leave a message?"


def test_without_tools_nothing_is_meant() -> None:
    assert wish("book it", [], Letters(), TODAY).tool is None
