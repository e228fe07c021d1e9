"""The front desk: composes, knows its knowledge file, takes messages, and hangs up when asked."""

from pathlib import Path

import pytest

from trunkline import settings
from trunkline.call import Call
from trunkline.inspection import REHEARSAL, inspect
from trunkline.line import Line
from trunkline.loader import load
from trunkline.vendors import Vendors

FILE = Path(__file__).parents[2] / "pipelines" / "front_desk.py"


@pytest.fixture
def line() -> Line:
    return load(FILE)


def tool(line: Line, name: str):  # type: ignore[no-untyped-def]
    return next(tool for tool in line.tools if tool.__name__ == name)


async def test_it_composes(line: Line) -> None:
    vendors = Vendors(settings.load(_env_file=None))
    plan = inspect(line, FILE, vendors)
    assert plan.stages[0] == "TwilioInput"
    assert plan.voices == ("aura-2-thalia-en",)
    await vendors.close()


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("opening hours", "Monday to Thursday"),
        ("how much is a check-up", "85 dollars"),
        ("teeth whitening", "290 dollars"),
        ("parking", "Mill Lane"),
        ("where are you, the address", "12 Harbour Street"),
        ("emergency at night", "555 0190"),
        ("insurance", "insurance card"),
        ("quantum physics", "Nothing is known"),
    ],
)
async def test_it_answers_from_its_knowledge_file(line: Line, topic: str, expected: str) -> None:
    assert expected in await tool(line, "look_up")(topic)


async def test_a_message_is_kept_with_the_call_and_read_back(line: Line) -> None:
    vendors = Vendors(settings.load(_env_file=None))
    call = Call(REHEARSAL, line, vendors)
    answer = await tool(line, "take_message")(call, "Anna Baker", "5550149", "about the crown")
    assert "Anna Baker" in answer
    assert "5550149" in answer
    assert call.data["messages"] == [{"name": "Anna Baker", "phone": "5550149", "message": "about the crown"}]
    await vendors.close()
