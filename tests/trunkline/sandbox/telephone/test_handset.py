"""Mouth and ear run on one clock."""

import asyncio
from itertools import islice

import pytest

from processors.g711 import SILENCE
from trunkline.sandbox.telephone.handset import Handset


async def test_said_and_heard_run_side_by_side() -> None:
    handset = Handset()
    handset.answer()
    handset.mouth.say(b"a" * 160)
    await asyncio.sleep(0.5)
    await handset.play(b"b" * 400)
    assert handset.said == b"a" * 160 + SILENCE * 4240
    assert handset.heard == SILENCE * 4000 + b"b" * 400
    assert handset.heard_since(4300) == b"b" * 100
    assert handset.heard_since(5000) == b""
    handset.close()
    await asyncio.sleep(1)
    assert len(handset.said) == len(handset.heard) == handset.now == 4400


async def test_slots_are_whole_packets_from_now_on() -> None:
    handset = Handset()
    await asyncio.sleep(1)
    handset.answer()
    assert list(islice(handset.slots(), 2)) == [(0, 1.02), (1, 1.04)]
    await asyncio.sleep(0.021)
    slot, due = next(handset.slots())
    assert slot == 2
    assert due == pytest.approx(1.06)


async def test_who_stops_playing_is_not_heard_any_more() -> None:
    handset = Handset()
    handset.answer()
    playing = asyncio.create_task(handset.play(b"b" * 8000))
    await asyncio.sleep(0.25)
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    await asyncio.sleep(1)
    assert handset.heard.strip(SILENCE) == b"b" * 2000
