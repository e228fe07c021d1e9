"""``trunkline dial``: what cannot be called is one sentence; a spoken rehearsal shows itself."""

from pathlib import Path

import pytest

from tests.trunkline.conftest import CommandLine
from trunkline.cli import main
from trunkline.commands.dial import fields
from trunkline.errors import TrunklineError

FILE = Path(__file__).parents[3] / "pipelines" / "front_desk.py"
ANN = "+12025550123"


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dial", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "trunkline dial pipelines/front_desk.py +12025550123" in shown
    assert "--sandbox machine" in shown


def test_data_are_names_and_values() -> None:
    assert fields(["name=Ann", "note=a=b"]) == {"name": "Ann", "note": "a=b"}
    for wrong in ("name", "=Ann", "first name=Ann"):
        with pytest.raises(TrunklineError, match="as name=Ann"):
            fields([wrong])


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([str(FILE), ANN], 2, "not set"),
        (["nowhere", ANN], 1, "no line is called 'nowhere'"),
        (["nowhere.py", ANN], 1, "no such file"),
        ([str(FILE), ANN, "--sandbox", "ghost"], 1, "expected one of human, machine, busy"),
        ([str(FILE), ANN, "--data", "Ann"], 1, "as name=Ann"),
    ],
)
def test_what_does_not_fit_is_one_sentence(
    trunkline: CommandLine, arguments: list[str], code: int, says: str
) -> None:
    ran = trunkline("dial", *arguments)
    assert ran.code == code
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_the_carrier_has_to_reach_us(trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "DEEPGRAM_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "x")
    ran = trunkline("dial", str(FILE), ANN)
    assert ran.code == 2
    assert "TRUNKLINE_PUBLIC_URL is not set" in ran.err


@pytest.mark.realtime
@pytest.mark.spoken
def test_a_spoken_rehearsal_with_a_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dial", str(FILE), ANN, "--sandbox", "machine"]) == 1
    shown = capsys.readouterr().out
    assert "It rings." in shown
    assert "Answered by: machine_end_beep." in shown
    assert "A machine answered" in shown
