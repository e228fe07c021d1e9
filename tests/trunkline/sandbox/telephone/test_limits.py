"""Connection overrides in the fragment of a webhook's URL."""

import pytest

from trunkline.sandbox.telephone.limits import Limits, split


def test_without_a_fragment_twilios_defaults_hold() -> None:
    address, limits = split("https://h/p?b=2&a=%41")
    assert address == "https://h/p?b=2&a=%41"
    assert (limits.connect, limits.read, limits.total, limits.retries) == (5, 15, 15, 1)


def test_the_fragment_overrides_and_is_not_part_of_the_address() -> None:
    address, limits = split("https://h/p?#ct=2000&rt=4000&tt=10000&rc=2&rp=ct,5xx&e=ashburn&sni=y")
    assert address == "https://h/p?"
    assert limits == Limits(2, 4, 10, 2, frozenset({"ct", "5xx"}))


@pytest.mark.parametrize("fragment", ["ct=50", "rt=16000", "rc=6", "tt=soon", "ct=-1", "unknown=1", "", "&&"])
def test_what_is_out_of_range_or_unknown_does_not_count(fragment: str) -> None:
    assert split(f"https://h/p#{fragment}")[1] == Limits()


def test_only_a_failed_connection_is_tried_again_and_only_once() -> None:
    limits = Limits()
    assert limits.retry("ct", 1)
    assert not limits.retry("ct", 2)
    assert not limits.retry("5xx", 1)
    assert Limits(policy=frozenset({"all"}), retries=5).retry("rt", 5)
