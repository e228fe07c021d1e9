"""A fault may ask for any refusal that Deepgram makes, and does nothing by itself."""

import aiohttp
import pytest

from tests.processors.listening import ears, listening
from trunkline.sandbox.listen import ListenEmulator
from trunkline.sandbox.listen_faults import REFUSALS, ListenFault

QUERY = "model=nova-3&encoding=mulaw&sample_rate=8000"
HEADERS = {"Authorization": "Token secret"}


@pytest.mark.parametrize("status", REFUSALS)
async def test_a_refusal_is_answered_as_deepgram_words_it(status: int) -> None:
    emulator = ListenEmulator(ears, faults=[ListenFault(refuse=status)])
    async with listening(emulator) as url, aiohttp.ClientSession(headers=HEADERS) as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(f"{url}/v1/listen?{QUERY}")
        assert caught.value.status == status
        assert caught.value.headers is not None
        assert caught.value.headers["dg-error"] == REFUSALS[status]


async def test_faults_are_used_up_one_a_connection_and_then_the_common_one_holds() -> None:
    faults = [ListenFault(refuse=429), None, ListenFault()]
    emulator = ListenEmulator(ears, fault=ListenFault(refuse=503), faults=faults)
    async with listening(emulator) as url, aiohttp.ClientSession(headers=HEADERS) as session:
        for _ in range(4):
            async with session.get(f"{url}/v1/listen?{QUERY}") as answer:
                await answer.read()
    # Without a fault, what is not an upgrade is a bad request.
    assert [request.status for request in emulator.requests] == [429, 400, 400, 503]
