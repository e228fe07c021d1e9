"""House rules about files: every module has its test, none outgrows one concept, functions stay short."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("pipelines", "processors", "transports", "trunkline")

MODULE_LINES = 400
TEST_LINES = 500
FUNCTION_LINES = 60

WITHOUT_TEST = {
    "trunkline/calls/migrations/env.py",  # run by tests/trunkline/calls/test_store.py, as Alembic runs it
    "trunkline/calls/migrations/versions/0001_calls_and_turns.py",
    "trunkline/calls/migrations/versions/0002_waterfall.py",  # by test_migrate.py
    "trunkline/calls/migrations/versions/0003_going_on.py",
    "trunkline/calls/migrations/versions/0004_outbound.py",
    "trunkline/calls/migrations/versions/0005_campaigns.py",  # by test_migrate.py
    "trunkline/calls/models.py",  # declarations
    "trunkline/campaigns/models.py",  # declarations
}


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.name != "__init__.py":
                yield path.relative_to(ROOT)


@pytest.mark.parametrize("module", list(modules()), ids=str)
def test_every_module_has_its_test(module: Path) -> None:
    if str(module) not in WITHOUT_TEST:
        test = ROOT / "tests" / module.parent / f"test_{module.stem.lstrip('_')}.py"
        assert test.exists(), f"{module} has no {test.relative_to(ROOT)}"


def files() -> Iterator[Path]:
    for package in (*PACKAGES, "tests", "benchmarks"):
        yield from sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("path", list(files()), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_and_no_function_outgrows_its_concept(path: Path) -> None:
    text = path.read_text()
    limit = TEST_LINES if path.is_relative_to(ROOT / "tests") else MODULE_LINES
    assert text.count("\n") <= limit
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= FUNCTION_LINES, f"{node.name} in line {node.lineno}"


@pytest.mark.parametrize("module", list(modules()), ids=str)
def test_every_module_says_what_it_is_for(module: Path) -> None:
    assert ast.get_docstring(ast.parse((ROOT / module).read_text()))


def test_the_environment_is_read_in_one_place() -> None:
    readers = [
        str(path)
        for path in modules()
        if ("environ" in (text := (ROOT / path).read_text()) and "os.environ" in text) or "getenv" in text
    ]
    assert readers == []
