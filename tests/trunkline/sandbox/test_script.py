"""Scripts of sandbox callers: what a file says is what the caller does, or one clear sentence."""

from pathlib import Path

import pytest

from trunkline.sandbox import phrases
from trunkline.sandbox.errors import ScriptError
from trunkline.sandbox.script import BargeIn, HangUp, Press, Say, Script, Wait, beside, read

PIPELINES = Path(__file__).parents[3] / "pipelines"

WHOLE = """
[[step]]
say = "Hello"
[[step]]
barge_in = "Stop"
after_ms = 700
reply = 2
[[step]]
press = "1#"
[[step]]
wait = 1.5
[[step]]
hang_up = true
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "line.call.toml"


def refusal(file: Path, content: str) -> str:
    file.write_text(content)
    with pytest.raises(ScriptError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}: ")
    return str(caught.value).removeprefix(f"{file}: ")


def test_each_kind_of_step_is_read(file: Path) -> None:
    file.write_text(WHOLE)
    steps = (Say("Hello"), BargeIn("Stop", after_ms=700, reply=2), Press("1#"), Wait(1.5), HangUp())
    assert read(file) == Script(steps)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('speed = 2\n[[step]]\nsay = "Hi"', "the file has the unknown key 'speed'; allowed: step"),
        ('[[step]]\nsay = "Hi"\nvoice = "x"', "step 1 has the unknown key 'voice'; allowed: say"),
        ('[[step]]\nsay = "Hi"\n[[step]]\nsay = "Ho"\nafter_ms = 1', "step 2 has the unknown key 'after_ms'"),
        ('[[step]]\nbarge_in = "x"\nms = 1', "unknown key 'ms'; allowed: after_ms, barge_in, reply"),
        ("[[step]]\nshout = 1", "step 1 has the key 'shout'; expected exactly one of say, barge_in, press"),
        ('[[step]]\nsay = "Hi"\nwait = 1', "step 1 has both say and wait; expected exactly one of say"),
        ("[[step]]", "step 1 has no key; expected exactly one of say"),
        ("step = [1]", "step 1 is no table"),
        ("", "has no steps"),
        ("[[step", "is no TOML"),
        ("[[step]]\nsay = 5", "step 1: say = 5 is nothing that can be said"),
        ('[[step]]\nbarge_in = "x"\nafter_ms = -1', "after_ms = -1; expected a whole number"),
        ('[[step]]\npress = "9x"', "press = '9x'; expected keys of a phone"),
        ('[[step]]\nwait = "long"', "wait = 'long'; expected seconds"),
        ("[[step]]\nhang_up = false", "hang_up = False; expected true"),
    ],
)
def test_what_does_not_fit_is_named_with_what_does(file: Path, content: str, said: str) -> None:
    assert said in refusal(file, content)


def test_a_missing_file_is_named(file: Path) -> None:
    with pytest.raises(ScriptError, match="No such file"):
        read(file)


@pytest.mark.parametrize("name", ["front_desk", "appointments"])
def test_everything_said_in_the_demo_scripts_is_a_recording(name: str) -> None:
    script = read(beside(PIPELINES / f"{name}.py"))
    said = [step.text for step in script.steps if isinstance(step, Say | BargeIn)]
    assert len(said) >= 5
    assert [text for text in said if phrases.find(text) is None] == []
