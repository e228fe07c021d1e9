"""``trunkline do-not-call``: who is on the list is shown, added and taken off."""

import json

import pytest

from tests.trunkline.conftest import CommandLine

ANN = "+12025550123"


def test_a_number_is_added_listed_and_taken_off(trunkline: CommandLine) -> None:
    assert "Nobody is on" in trunkline("do-not-call").out
    assert "is not called any more" in trunkline("do-not-call", "add", ANN, "--reason", "asked").out
    assert "on the list already" in trunkline("do-not-call", "add", "+1 (202) 555-0123").out
    (row,) = json.loads(trunkline("do-not-call", "list", "--json").out)
    assert (row["number"], row["reason"]) == (ANN, "asked")
    assert ANN in trunkline("do-not-call").out
    assert "may be called again" in trunkline("do-not-call", "remove", ANN).out
    gone = trunkline("do-not-call", "remove", ANN)
    assert (gone.code, "not on the list" in gone.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add"], "expected `list`"),
        (["forget", ANN], "expected `list`"),
        (["add", "202 555 0123"], "has no country"),
        (["add", "+12"], "phone number"),
    ],
)
def test_what_does_not_fit_is_one_sentence(trunkline: CommandLine, arguments: list[str], says: str) -> None:
    ran = trunkline("do-not-call", *arguments)
    assert ran.code == 1
    assert says in ran.err
