"""How audio is taken in and messages go out on any listening socket: see also the tests of either kind."""

import asyncio

import pytest

from tests.processors.listening import NAME, PHRASES, ears
from tests.trunkline.sandbox.microphone import connected
from trunkline.sandbox.flux import FluxEmulator
from trunkline.sandbox.hearing_connection import IDLE_S
from trunkline.sandbox.listen import ListenEmulator

KINDS = pytest.mark.parametrize("kind", [FluxEmulator, ListenEmulator])


@KINDS
async def test_audio_may_come_in_any_pieces(kind: type[FluxEmulator | ListenEmulator]) -> None:
    emulator = kind(ears, keep_audio=False)
    async with connected(emulator) as ws:
        for at in range(0, len(PHRASES[NAME]), 333):
            await ws.send_bytes(PHRASES[NAME][at : at + 333])
        await ws.send_bytes(b"\xff" * 8000)
        await asyncio.sleep(0.2)
        (connection,) = emulator.connections
        assert connection.audio_bytes == len(PHRASES[NAME]) + 8000
        assert connection.audio == b""
        assert any(NAME in str(message) for _, message in connection.sent)


@KINDS
async def test_who_sends_nothing_is_shown_the_door(kind: type[FluxEmulator | ListenEmulator]) -> None:
    async with connected(kind(ears)) as ws:
        start = asyncio.get_running_loop().time()
        async for _ in ws:
            pass
        assert ws.close_code == 1011
        assert asyncio.get_running_loop().time() - start == pytest.approx(IDLE_S, abs=0.1)
