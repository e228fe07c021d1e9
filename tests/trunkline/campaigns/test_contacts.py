"""Contacts: every row is looked at before anybody is called, and a bad one says where and why."""

from functools import partial
from pathlib import Path

import pytest

from trunkline import e164
from trunkline.campaigns.contacts import Contact, read, sift
from trunkline.errors import CampaignError

NORMAL = partial(e164.normalise, home="+12025550100")


def file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "people.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_columns_become_data_and_numbers_become_one(tmp_path: Path) -> None:
    path = file(tmp_path, 'name,Number,age\nAnn,(202) 555-0123,41\n"Bo, Jr",+442079460018,\n\n')
    found = read(path, NORMAL)
    assert found.good == (
        Contact("+12025550123", {"name": "Ann", "age": "41"}),
        Contact("+442079460018", {"name": "Bo, Jr", "age": ""}),
    )
    assert (found.wrong, found.doubles, found.excluded) == ((), (), ())


def test_a_spreadsheets_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    path = file(tmp_path, "number,name\n+12025550123,Ann\n", "utf-8-sig")
    assert [one.number for one in read(path, NORMAL).good] == ["+12025550123"]


def test_bad_rows_are_named_by_the_line_of_the_file(tmp_path: Path) -> None:
    rows = "12,Ann", ",Bo", "+12025550123,Cy", "+12025550123,Cy again", "+12025550124,Di", "+12025550125,E,F"
    text = "\n".join(("number,name", *rows))
    found = read(file(tmp_path, text), NORMAL, never={"+12025550124"})
    assert [str(one).split(";")[0] for one in found.wrong] == [
        "row 2: '12' is a number that nobody can have",
        "row 3: no number",
        "row 7: more fields than the header has",
    ]
    assert [str(one) for one in found.doubles] == ["row 5: the number stands in row 4"]
    assert [one.row for one in found.excluded] == [6]
    assert [one.number for one in found.good] == ["+12025550123"]


def test_a_row_needs_what_the_line_says(tmp_path: Path) -> None:
    text = "phone,name\n+12025550123,\n+12025550124,Bo\n"
    found = read(file(tmp_path, text), NORMAL, column="phone", needed=["name"])
    assert [str(one) for one in found.wrong] == ["row 2: no 'name', which the line says to who answers"]
    assert [one.data for one in found.good] == [{"name": "Bo"}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty; expected a header row"),
        ("phone,name\n1,2\n", "no column 'number' among 'phone', 'name'; name it with --number-column"),
        ('number\n"+1', "not a CSV file"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CampaignError, match=said):
        read(file(tmp_path, text), NORMAL)


def test_other_encodings_and_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="UTF-8"):
        read(file(tmp_path, "number,name\n1,Zoë\n", "latin-1"), NORMAL)
    with pytest.raises(CampaignError, match="No such file"):
        read(tmp_path / "none.csv", NORMAL)


def test_values_of_a_table_become_what_json_has() -> None:
    from datetime import date

    row = {"number": "+12025550123", "age": 41, "born": date(1985, 1, 2), "vip": True, "note": None}
    assert sift([(1, row)], NORMAL, column="number").good[0].data == {
        "age": 41,
        "born": "1985-01-02",
        "vip": True,
        "note": None,
    }
