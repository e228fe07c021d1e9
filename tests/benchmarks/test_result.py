from pathlib import Path

import pytest

from benchmarks.result import Run, Spread
from tests.benchmarks.runs import point, run


def test_a_run_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    made = run([point("trunkline", 1), point("stock", 6, failures=["no reply"], noise="others")])
    made.write(tmp_path / "deep/er/bench.json")
    assert Run.read(tmp_path / "deep/er/bench.json") == made


def test_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 2"):
        Run.of({"version": 2})


def test_a_spread() -> None:
    assert Spread.of([]) == Spread(0.0, 0.0, 0.0, 0)
    assert Spread.of([5.0]) == Spread(5.0, 5.0, 5.0, 1)
    assert Spread.of([float(number) for number in range(101)]) == Spread(50.0, 95.0, 100.0, 101)
