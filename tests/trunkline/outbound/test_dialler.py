"""The process-wide dialler; whole calls are in tests/calls/test_outbound.py and test_outbound_orders.py."""

from typing import Any

import pytest

from trunkline.errors import TrunklineError
from trunkline.outbound import dialler as outbound
from trunkline.outbound.dialler import Dialled


def test_the_last_that_serves_is_asked() -> None:
    with pytest.raises(TrunklineError, match="no server runs in this process"):
        outbound.current()
    one: Any = object()
    two: Any = object()
    first, second = outbound.serve(one), outbound.serve(two)
    assert outbound.current() is two
    second()
    assert outbound.current() is one
    first()
    with pytest.raises(TrunklineError):
        outbound.current()


def test_a_call_without_a_name_is_unknown() -> None:
    assert Dialled("a", None).is_unknown
    assert not Dialled("a", "CA1").is_unknown
