"""The package ships what it needs, and its generic top-level names are nobody else's."""

import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.mark.parametrize("name", PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
def test_a_top_level_name_is_ours_alone(name: str) -> None:
    assert set(packages_distributions().get(name, [])) <= {"trunkline"}
    assert (ROOT / name / "py.typed").exists()


def test_it_cannot_be_uploaded_by_mistake() -> None:
    assert "Private :: Do Not Upload" in PYPROJECT["project"]["classifiers"]


def test_the_lock_pins_every_dependency_by_hash_and_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    pinned = {re.split(r"[=\[]", line)[0] for line in lock.splitlines() if re.match(r"^[a-z]", line)}
    for requirement in PYPROJECT["project"]["dependencies"]:
        name = re.split(r"[>=<\[;! ]", requirement)[0].lower()
        assert name in pinned
    entries = [entry for entry in re.split(r"\n(?=[a-z])", lock) if entry.strip()]
    assert all("--hash=sha256:" in entry for entry in entries)
