"""What a campaign needs of whoever places its calls is what the server's telephone has."""

from inspect import signature

from trunkline.campaigns.dials import Dials, Ended
from trunkline.campaigns.telephone import Telephone


def test_the_telephone_of_a_server_is_one() -> None:
    for name in ("dial", "ended"):
        assert list(signature(getattr(Telephone, name)).parameters) == list(
            signature(getattr(Dials, name)).parameters
        )


def test_an_outcome_alone_says_that_all_may_go_on() -> None:
    assert (Ended("busy").halt, Ended("busy").again_at, Ended("busy").sid) == ("", None, None)
