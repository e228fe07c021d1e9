"""Who may connect to a listening path, and what is remembered of it."""

import aiohttp
import pytest

from tests.processors.listening import ears, listening
from tests.trunkline.sandbox.microphone import FLUX, NOVA
from trunkline.sandbox.flux import FluxEmulator
from trunkline.sandbox.listen import ListenEmulator
from trunkline.sandbox.listen_faults import ListenFault


@pytest.mark.parametrize("kind", [FluxEmulator, ListenEmulator])
async def test_a_refusal_says_why_twice_and_is_noted(
    kind: type[FluxEmulator | ListenEmulator],
) -> None:
    emulator = kind(ears, faults=[ListenFault(refuse=429), None])
    path = f"{kind.path}?{FLUX if kind is FluxEmulator else NOVA}"
    headers = {"Authorization": "Token any"}
    async with listening(emulator) as url, aiohttp.ClientSession(headers=headers) as session:
        async with session.get(url + path) as answer:
            assert answer.status == 429
            assert (await answer.json())["err_msg"] == answer.headers["dg-error"]
        async with session.get(url + path) as answer:
            assert (answer.status, "upgrade" in answer.headers["dg-error"]) == (400, True)
        async with session.ws_connect(url + path):
            assert len(emulator.open) == 1
    assert [request.status for request in emulator.requests] == [429, 400, 101]
    assert emulator.requests[0].headers["Authorization"] == "Token any"
    assert dict(emulator.requests[2].query)["encoding"] == "mulaw"
    assert emulator.open == []
