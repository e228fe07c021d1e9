"""Verbs that the caller hears."""

import asyncio
import io
import wave

import pytest
from aiohttp import web

from processors import g711
from processors.g711 import SILENCE
from tests.trunkline.sandbox.customer import Reply, twiml
from tests.trunkline.sandbox.telephone.lines import World, codes, said, world
from trunkline.sandbox.telephone.exchange import tone
from trunkline.sandbox.telephone.records import Played


async def test_say_takes_as_long_as_its_text() -> None:
    async with world(pages={"/voice": twiml("<Say>thirty characters of this text</Say>")}) as there:
        phone = await there.through()
        assert there.now == pytest.approx(31 / 15, abs=0.1)
        assert len(phone.heard) == len(phone.said) == round(there.now * 8000)
        assert set(phone.said) == {0xFF}
        loudest = max(abs(sample) for sample in memoryview(g711.decode(phone.heard)).cast("h"))
        assert 100 < loudest < 400


async def test_say_speaks_with_the_voice_it_is_given() -> None:
    async def voice(text: str) -> bytes:
        await asyncio.sleep(0.5)
        return text.encode()

    async with world(pages={"/voice": twiml('<Say voice="alice" loop="2">abc</Say>')}, voice=voice) as there:
        phone = await there.through()
        assert phone.heard == SILENCE * 4000 + b"abcabc"
        assert said(phone) == ["abc", "abc"]


async def test_a_caller_who_hangs_up_hears_no_more() -> None:
    async with world(pages={"/voice": twiml("<Say>long</Say>")}, voice=lambda _: b"\x10" * 80_000) as there:
        phone = await there.call()
        await phone.answered()
        await asyncio.sleep(0.5)
        await phone.hang_up()
        await phone.ended()
        assert phone.heard == b"\x10" * 4000
        assert there.now == 0.5


async def test_a_pause_is_silence_and_a_first_one_lets_it_ring() -> None:
    pages: dict[str, Reply] = {"/voice": twiml("<Pause length='5'/>", "<Say>a</Say>", "<Pause/>")}
    async with world(pages=pages, voice=lambda _: b"a" * 8) as there:
        phone = await there.call()
        await asyncio.sleep(4)
        assert phone.status == "ringing"
        await phone.ended()
        assert phone.answered_at == 5
        assert phone.heard == b"a" * 8 + SILENCE * 8000


def _wav(rate: int, frames: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(frames)
    return file.getvalue()


async def _play(there: World, body: bytes, content_type: str) -> bytes:
    there.customer.pages["/sound"] = web.Response(body=body, content_type=content_type)
    return (await there.through()).heard


async def test_play_plays_a_phone_lines_own_formats_as_they_are() -> None:
    speech = bytes(range(128, 255)) * 10
    async with world(pages={"/voice": twiml("<Play>/sound</Play>")}) as there:
        assert await _play(there, speech, "audio/basic") == speech
    async with world(pages={"/voice": twiml("<Play>/sound</Play>")}) as there:
        assert await _play(there, _wav(8000, g711.decode(speech)), "audio/wav") == speech


async def test_play_stands_in_for_formats_it_does_not_know() -> None:
    async with world(pages={"/voice": twiml("<Play>/sound</Play>")}) as there:
        there.customer.pages["/sound"] = web.Response(body=b"ID3...", content_type="audio/mpeg")
        phone = await there.through()
        assert phone.heard == tone("." * 15)
        assert codes(phone) == [12300]
        assert phone.log.of(Played)[0].url == there.customer.url("/sound")


async def test_play_goes_on_when_there_is_nothing_to_play() -> None:
    async with world(pages={"/voice": twiml("<Play>/gone</Play>", "<Say>on</Say>")}) as there:
        there.customer.pages["/gone"] = web.Response(status=404)
        phone = await there.through()
        assert (codes(phone), said(phone)) == ([11200], ["on"])


async def test_played_keys_take_their_time() -> None:
    async with world(pages={"/voice": twiml('<Play digits="1w2"/>')}) as there:
        phone = await there.through()
        assert phone.log.of(Played)[0].digits == "1w2"
        assert there.now == pytest.approx(0.7)
