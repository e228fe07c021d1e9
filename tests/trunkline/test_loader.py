"""Pipeline files: each mistake is one error that names file, line and what to do; the others load."""

from pathlib import Path

import pytest

from trunkline.errors import LineError
from trunkline.loader import find, load, load_all

GOOD = """
from trunkline.line import Line

line = Line(name="{name}", number="{number}", greeting="Hello.", prompt="Be kind.")

@line.answer
def compose(call):
    return []
"""


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.py"
    path.write_text(text)
    return path


def good(folder: Path, name: str, number: str = "+15550100") -> Path:
    return file(folder, name, GOOD.format(name=name, number=number))


def test_a_good_file_is_its_line(tmp_path: Path) -> None:
    assert load(good(tmp_path, "desk")).name == "desk"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def broken(:\n    pass", r":1: syntax error"),
        ("import math\n\nmath.nothing_here", r":3: AttributeError"),
        ("x = 1", "no line in it"),
        (
            "from trunkline.line import Line\n\nLine(name='x', number='1', greeting='', prompt='')",
            ":3: ValueError",
        ),
        (GOOD.format(name="a", number="+15550100").split("@")[0], "no function decorated"),
        (
            GOOD.format(name="a", number="+15550100")
            + "other = Line(name='b', number='+15550101', greeting='x', prompt='y')",
            "2 lines in it",
        ),
    ],
)
def test_a_mistake_names_file_line_and_remedy(tmp_path: Path, text: str, message: str) -> None:
    path = file(tmp_path, "wrong", text)
    with pytest.raises(LineError, match=message) as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(LineError, match="no such file"):
        load(tmp_path / "nowhere.py")


def test_a_number_belongs_to_one_file_and_the_others_go_on(tmp_path: Path) -> None:
    first, second = good(tmp_path, "first"), good(tmp_path, "second")
    file(tmp_path, "broken", "(")
    third = good(tmp_path, "third", "+15550101")
    loaded, wrong = load_all(find([tmp_path]))
    assert [one.path for one in loaded] == [first, third]
    assert {error.path.name for error in wrong} == {"broken.py", "second.py"}
    assert any(str(first) in str(error) and error.path == second for error in wrong)


def test_files_that_begin_with_an_underscore_are_no_lines(tmp_path: Path) -> None:
    file(tmp_path, "_tools", "x = 1")
    desk = good(tmp_path, "desk")
    assert find([tmp_path]) == [desk]
