"""Heard error: the words that the agent takes for heard, against those that were played."""

from collections.abc import Sequence
from difflib import SequenceMatcher


def words_off(believed: Sequence[str], played: Sequence[str]) -> int:
    """How many words were believed and not played, or played and not believed."""
    alike = SequenceMatcher(None, believed, played, autojunk=False).get_matching_blocks()
    common = sum(block.size for block in alike)
    return len(believed) + len(played) - 2 * common
