"""The names that tests of stages share; users import them from ``trunkline.testing``."""

from trunkline.testing.stage import Bench, Heard, StageError, Up, Wait, contents, heard, same

__all__ = ["Bench", "Heard", "StageError", "Up", "Wait", "contents", "heard", "same"]
