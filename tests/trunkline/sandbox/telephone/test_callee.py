"""Who is called."""

from trunkline.sandbox.telephone.callee import Callee, by_number


def test_everybody_answers_unless_told_otherwise() -> None:
    busy = Callee(outcome="busy")
    callee = by_number({"+15550123": busy})
    assert callee("+15550123") is busy
    assert callee("+15550124") == Callee(outcome="answer")
