"""A finding is a value; whatever is not fine says what to do."""

from trunkline.checks.finding import Finding, Mark, fine, odd, skipped, wrong


def test_each_kind_has_its_mark() -> None:
    assert fine("a", "well") == Finding("a", Mark.FINE, "well")
    assert odd("a", "hm", "look") == Finding("a", Mark.ODD, "hm", "look")
    assert wrong("a", "no", "mend") == Finding("a", Mark.WRONG, "no", "mend")
    assert skipped("a", "later") == Finding("a", Mark.SKIPPED, "later")
