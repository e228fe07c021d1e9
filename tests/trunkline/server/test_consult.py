"""The URLs of a human's call: who they are about stands in them, and only Twilio may ask."""

from pathlib import Path

import pytest

from tests.calls.town import town
from tests.calls.wire import Wire, form

HUMAN = "CA" + "2" * 32


@pytest.mark.parametrize("path", ["/twilio/consult", "/twilio/consult/0"])
async def test_a_human_whom_nobody_waits_for_is_told_so(tmp_path: Path, path: str) -> None:
    async with town(tmp_path) as place, Wire(place) as wire:
        for more in ({}, {"Digits": "1"}, {"Digits": "2"}):
            answer = await wire.post(f"{path}?call=CA1", form(HUMAN, **more))
            assert (answer.status, answer.kind) == (200, "text/xml")
            assert "no longer waiting" in answer.text
        told = await wire.post("/twilio/consult-status?call=CA1", form(HUMAN, CallStatus="completed"))
        assert told.status == 204


@pytest.mark.parametrize("path", ["/twilio/consult", "/twilio/consult-status"])
async def test_a_url_that_names_no_call_and_a_request_that_is_not_twilios_are_refused(
    tmp_path: Path, path: str
) -> None:
    async with town(tmp_path) as place, Wire(place) as wire:
        assert (await wire.post(path, form(HUMAN))).status == 400
        assert (await wire.post(f"{path}?call=CA1", form(HUMAN), "forged")).status == 403
