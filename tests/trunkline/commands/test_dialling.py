"""A call from the command line is followed to its end, and ends with the right code."""

from pathlib import Path
from typing import Any

import pytest

from tests.calls.dialling import ANN, attempt, callee, outgoing
from tests.calls.town import town
from trunkline import terminal
from trunkline.calls.models import DialRow
from trunkline.commands import dialling
from trunkline.commands.dialling import follow, sum_up
from trunkline.loader import Loaded


def row(**values: Any) -> DialRow:
    return DialRow(**{"id": "a", "line": "desk", "number": ANN, "error": "", **values})


@pytest.mark.parametrize(
    ("outcome", "error", "code", "says"),
    [
        ("answered-human", "", 0, "A person answered."),
        ("voicemail-left", "", 0, "has our message."),
        ("answered-machine", "", 1, "hung up on."),
        ("failed", "SIP 404", 1, "The call failed (SIP 404)."),
        ("odd", "", 1, "It ended as odd."),
    ],
)
def test_who_was_reached_decides_the_code(
    capsys: pytest.CaptureFixture[str], outcome: str, error: str, code: int, says: str
) -> None:
    assert sum_up(row(outcome=outcome, error=error)) == code
    assert says in capsys.readouterr().out


async def test_each_step_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with town(tmp_path, outgoing(), **callee(stays=8.0, detection=3.0)) as place:
        ending = await follow(place.service, await attempt(place), terminal.screen())
        assert ending.outcome == "answered-human"
        shown = capsys.readouterr().out
        for step in ("It rings.", "Answered.", "Answered by: human.", "Hello Ann, this is Harbour Dental."):
            assert step in shown
        await (await place.world.carrier.callee(ANN)).ended()


async def test_a_server_that_runs_already_takes_a_call_that_is_only_ordered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = outgoing()
    async with town(tmp_path, line, **callee(stays=6.0, detection=2.0)) as place:
        values = place.service.settings.model_copy(update={"public_url": place.service.url})
        loaded = Loaded(Path("desk.py"), line)
        code = await dialling._elsewhere(loaded, values, ANN, {"name": "Ann"}, anyway=False)
        assert code == 0
        assert "Calling: CA" in capsys.readouterr().out
        phone = await place.world.carrier.callee(ANN)
        await phone.ended()
        (kept,) = await place.service.dialler.dials.latest()
        assert (kept.outcome, kept.sid, kept.data) == ("answered-human", phone.sid, {"name": "Ann"})
        await place.left(phone)
