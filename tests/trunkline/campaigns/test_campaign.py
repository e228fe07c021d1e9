"""A campaign has a name that can stand anywhere, and attempts whose ids anybody can work out."""

import re

import pytest

from trunkline.campaigns.campaign import Campaign, attempt_id


@pytest.mark.parametrize("name", ["", "Recall", "re call", "-x", "a" * 61, "../x", "réponse"])
def test_a_name_that_does_not_fit_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="lower-case letters, digits and dashes"):
        Campaign(name, "desk")


def test_an_attempt_has_the_same_id_for_everybody_and_another_than_any_other() -> None:
    ids = {attempt_id(name, contact, n) for name in ("a", "b") for contact in (1, 11) for n in (1, 2)}
    assert len(ids) == 8
    assert attempt_id("a", 1, 1) == attempt_id("a", 1, 1)
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)


def test_ids_that_were_given_once_stay_for_ever() -> None:
    # An upgrade in the middle of a campaign must find what was begun before it.
    assert attempt_id("recall", 1, 1) == "2c49945f40495e2786f02e4b81dd07a9"
