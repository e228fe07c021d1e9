"""Arrows point one way: the import-linter contract holds."""

from importlinter.cli import lint_imports


def test_the_layers_hold() -> None:
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0
