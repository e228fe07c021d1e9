"""A rehearsal: the caller plays a script by ear, and a recording of both sides is left."""

import wave
from pathlib import Path

import numpy as np

from tests.calls.town import (
    BOOK,
    GREETING,
    LONG,
    NUMBER,
    PRICE_QUESTION,
    QUESTION,
    RULES,
    VOICE,
    make_line,
    said,
)
from trunkline import settings
from trunkline.events import AgentSaid, CallEnded, CallerSaid, Event, Replied, ToolCalled
from trunkline.loader import Loaded
from trunkline.sandbox.brain import ScriptedBrain
from trunkline.sandbox.ears import PhraseEars
from trunkline.sandbox.rehearsal import Cast, Taped, rehearsal
from trunkline.sandbox.script import BargeIn, HangUp, Say, Script, Step


async def recording(text: str) -> bytes:
    return said(text)


async def perform(folder: Path, *steps: Step) -> tuple[list[Event], Taped]:
    """What happens when a scripted cast plays these steps."""
    cast = Cast(lambda _: PhraseEars(BOOK, 100), VOICE, ScriptedBrain(RULES), recording)
    line = Loaded(Path("desk.py"), make_line(NUMBER))
    async with rehearsal(line, settings.load(_env_file=None), cast) as place:
        happened = [event async for event in place.events(Script(steps), folder)]
    *events, taped = happened
    assert isinstance(taped, Taped)
    return [event for event in events if isinstance(event, Event)], taped


async def test_a_script_with_a_barge_in_ends_politely(tmp_path: Path) -> None:
    events, taped = await perform(
        tmp_path,
        Say(QUESTION),
        BargeIn("no thank you", after_ms=2000),
        Say("goodbye"),
    )
    agent = [event for event in events if isinstance(event, AgentSaid)]
    assert agent[0].text == GREETING
    assert agent[1].interrupted
    assert LONG.startswith(agent[1].text)
    assert [event.text for event in events if isinstance(event, CallerSaid)][1:] == [
        "no thank you",
        "goodbye",
    ]
    assert [event.name for event in events if isinstance(event, ToolCalled)] == ["end_call"]
    assert len([event for event in events if isinstance(event, Replied)]) == 3
    assert isinstance(events[-1], CallEnded)
    assert events[-1].outcome == "completed"
    assert taped.status == "completed"


async def test_both_voices_are_on_the_recording(tmp_path: Path) -> None:
    _, taped = await perform(tmp_path, Say(PRICE_QUESTION), HangUp())
    with wave.open(str(taped.wav)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert len(sound) / 8000 == taped.seconds
    loud = (np.abs(sound) > 1000).mean(axis=0)
    assert (loud > 0.05).all()
