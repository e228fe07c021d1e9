"""A rehearsal with somebody who is an emulator; spoken ones are in test_dial.py."""

from typing import Any

import pytest

from trunkline import settings
from trunkline.commands.dial_rehearsal import MACHINE, PAUSE, WHO, _callee, rehearse
from trunkline.errors import TrunklineError


class Cast:
    async def speak(self, text: str) -> bytes:
        return text.encode()


async def test_a_machine_beeps_when_it_has_spoken() -> None:
    cast: Any = Cast()
    machine = await _callee("machine", cast)
    assert (machine.who, machine.greeting) == ("machine", MACHINE.encode())
    assert machine.beep == pytest.approx(len(MACHINE) / 8000 + PAUSE)


@pytest.mark.parametrize("who", ["busy", "no-answer", "failed"])
async def test_who_does_not_answer_needs_no_voice(who: str) -> None:
    cast: Any = None
    assert (await _callee(who, cast)).outcome == who


def test_nobody_else_can_be_called() -> None:
    line: Any = None
    with pytest.raises(TrunklineError, match=", ".join(WHO)):
        rehearse(line, "+12025550123", {}, "ghost", settings.load(_env_file=None))
