"""``trunkline lines``: what each line makes of a call; what is wrong, with file and line."""

import json
import re

import pytest

from tests.trunkline.conftest import CommandLine


def test_a_line_is_its_name_number_file_and_pipeline(trunkline: CommandLine) -> None:
    trunkline.line()
    ran = trunkline("lines")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "desk  +15550100  pipelines/desk.py\n  TwilioInput ─ VAD ─ DeepgramSTT ─ AuraTTS ─ TwilioOutput\n\n"
    )


def test_a_wrong_file_is_named_with_its_line_and_the_others_are_listed(trunkline: CommandLine) -> None:
    trunkline.line()
    trunkline.file("pipelines/broken.py", "from trunkline import Line\n\nline = Line(name='x')\n")
    ran = trunkline("lines")
    assert ran.code == 1
    assert "desk  +15550100" in ran.out
    assert ran.err.startswith("error: pipelines/broken.py:3: TypeError: ")


def test_json(trunkline: CommandLine) -> None:
    trunkline.line()
    trunkline.file("pipelines/empty.py", "x = (")
    ran = trunkline("lines", "--json")
    found = json.loads(ran.out)
    assert ran.code == 1
    assert found["lines"] == [
        {
            "name": "desk",
            "number": "+15550100",
            "file": "pipelines/desk.py",
            "pipeline": ["TwilioInput", "VAD", "DeepgramSTT", "AuraTTS", "TwilioOutput"],
            "voices": ["aura-2-thalia-en"],
        }
    ]
    assert found["wrong"] == [
        {"file": "pipelines/empty.py", "line": 1, "message": "syntax error: '(' was never closed"}
    ]


@pytest.mark.parametrize("arguments", [(), ("nowhere.py",)])
def test_no_file_is_an_error_that_says_what_to_name(
    trunkline: CommandLine, arguments: tuple[str, ...]
) -> None:
    ran = trunkline("lines", *arguments)
    assert ran.code == 1
    assert "no such file; name a pipeline file or a folder" in ran.err


def test_an_empty_folder_is_an_error(trunkline: CommandLine) -> None:
    (trunkline.folder / "pipelines").mkdir()
    ran = trunkline("lines")
    assert (ran.code, ran.err.count("no pipeline file found")) == (1, 1)


def test_a_narrow_terminal_folds_the_pipeline(
    trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "40")
    trunkline.line()
    lines = re.sub(r"\x1b\[[\d;]*m", "", trunkline("lines").out).splitlines()
    assert all(len(line) <= 40 for line in lines)
    assert sum(line.startswith("  ") for line in lines) == 2
