"""The forms of REST answers."""

import json

from aiohttp.test_utils import make_mocked_request

from trunkline.sandbox.telephone.rest_answers import NOT_IN_PROGRESS, invalid, not_found, page


def test_an_error_has_twilios_form() -> None:
    error = not_found("/2010-04-01/Accounts/AC1/Calls/CA1.json")
    assert error.status == 404
    assert error.as_json() == {
        "code": 20404,
        "message": "The requested resource /2010-04-01/Accounts/AC1/Calls/CA1.json was not found",
        "more_info": "https://www.twilio.com/docs/errors/20404",
        "status": 404,
    }
    assert (NOT_IN_PROGRESS.status, NOT_IN_PROGRESS.code) == (400, 21220)
    assert (invalid(21211, "no").status, invalid(21211, "no").code) == (400, 21211)


def test_a_list_comes_in_pages() -> None:
    rows = [{"n": number} for number in range(5)]
    body = page(make_mocked_request("GET", "/Calls.json?PageSize=2&Page=1&To=%2B1"), "calls", rows).text
    assert body is not None
    answer = json.loads(body)
    assert answer["calls"] == [{"n": 2}, {"n": 3}]
    assert (answer["page"], answer["page_size"], answer["start"], answer["end"]) == (1, 2, 2, 3)
    assert answer["next_page_uri"] == "/Calls.json?PageSize=2&Page=2&To=%2B1"
    assert answer["previous_page_uri"] == "/Calls.json?PageSize=2&Page=0"


def test_the_last_page_has_no_next() -> None:
    body = page(make_mocked_request("GET", "/Calls.json"), "calls", []).text
    assert body is not None
    assert json.loads(body)["next_page_uri"] is None
