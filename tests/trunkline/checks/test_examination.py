"""All checks together, against vendors that answer."""

from pathlib import Path

import pytest

from tests.trunkline.conftest import CommandLine
from trunkline.checks.examination import examine
from trunkline.checks.finding import Finding, Mark
from trunkline.sandbox.brain import ScriptedBrain
from trunkline.sandbox.ears import PhraseEars
from trunkline.sandbox.telephone.numbers import Number
from trunkline.sandbox.voice import ScriptedVoice
from trunkline.sandbox.world import World

# twilio-python hands aiohttp its credentials in a way that aiohttp 4 will not take.
pytestmark = pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning")

PUBLIC = "https://phone.example.com"
NUMBER = Number(
    phone_number="+15550100",
    voice_url=f"{PUBLIC}/twilio/voice",
    voice_fallback_url="https://elsewhere.example.com/sorry",
    status_callback=f"{PUBLIC}/twilio/status",
)


@pytest.fixture
def world() -> World:
    return World(lambda _: PhraseEars({}), ScriptedVoice(), ScriptedBrain(), carrier={"numbers": [NUMBER]})


async def findings(world: World, folder: Path) -> dict[str, Finding]:
    async with world:
        return {found.name: found for found in await examine(world.settings(folder / "calls.db"))}


async def test_everything_that_a_call_needs_is_looked_at(trunkline: CommandLine, world: World) -> None:
    trunkline.line()
    found = await findings(world, trunkline.folder)
    assert {name: one.mark for name, one in found.items() if name != "spoken extra"} == {
        "Python": Mark.FINE,
        "TWILIO_AUTH_TOKEN": Mark.FINE,
        "DEEPGRAM_API_KEY": Mark.FINE,
        "OPENAI_API_KEY": Mark.FINE,
        "TWILIO_ACCOUNT_SID": Mark.FINE,
        "TRUNKLINE_PUBLIC_URL": Mark.ODD,
        "other settings": Mark.FINE,
        "database": Mark.FINE,
        "pipeline files": Mark.FINE,
        "Twilio": Mark.FINE,
        "number of desk": Mark.FINE,
        "Deepgram": Mark.FINE,
        "OpenAI": Mark.FINE,
        "public URL": Mark.SKIPPED,
    }


async def test_one_that_fails_leaves_the_others_standing(trunkline: CommandLine, world: World) -> None:
    trunkline.line()
    world.carrier.numbers[:] = []
    found = await findings(world, trunkline.folder)
    assert found["number of desk"].mark is Mark.WRONG
    assert found["Deepgram"].mark is Mark.FINE
