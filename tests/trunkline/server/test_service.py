"""A server starts with all it needs or says what is missing, and stops without leaving anything."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pipecat.processors.frame_processor import FrameProcessor

from tests.trunkline.server.gate import Client
from trunkline import settings
from trunkline.call import Call
from trunkline.errors import LineError, SettingsError
from trunkline.line import Line
from trunkline.loader import Loaded
from trunkline.overflow import Reason
from trunkline.server.service import Service


def options(folder: Path, **values: Any) -> settings.Settings:
    return settings.load(
        **{
            "_env_file": None,
            "TRUNKLINE_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/calls.db",
            "TWILIO_AUTH_TOKEN": "token",
            "DEEPGRAM_BASE_URL": "http://127.0.0.1:9",
            "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
            **values,
        }
    )


def loaded(name: str, number: str, *, whole: bool = True) -> Loaded:
    line = Line(name=name, number=number, greeting="Hi.", prompt="Be kind.")

    @line.answer
    def compose(call: Call) -> list[FrameProcessor]:
        stages: list[FrameProcessor] = [
            call.input(),
            call.deepgram_stt(),
            call.aura_tts(),
            call.output(),
        ]
        return stages if whole else stages[:-1]

    return Loaded(Path(f"{name}.py"), line)


GOOD = loaded("good", "+15550100")
BAD = loaded("bad", "+15550101", whole=False)


async def test_it_serves_what_can_be_served_and_names_the_rest(tmp_path: Path) -> None:
    async with Service(options(tmp_path), [BAD, GOOD]) as service:
        assert [plan.line.name for plan in service.plans] == ["good"]
        assert [str(error) for error in service.wrong] == [
            "bad.py: no call.output() in the pipeline; expected one"
        ]
        async with aiohttp.ClientSession() as session, session.get(f"{service.url}/readyz") as answer:
            assert answer.status == 200
        assert service.switchboard.line("+15550101") is None


async def test_its_limits_are_the_settings_and_what_the_lines_take(tmp_path: Path) -> None:
    values = {
        "TRUNKLINE_MAX_CALLS": 9,
        "TRUNKLINE_DEEPGRAM_STT_STREAMS": 3,
        "TRUNKLINE_DEEPGRAM_TTS_STREAMS": 2,
    }
    async with Service(options(tmp_path, **values), [GOOD]) as service:
        admission = service.switchboard.admission
        assert admission.limit == 9
        for sid in ("a", "b"):
            assert admission.full([GOOD.line]) is None
            admission.take(sid, GOOD.line)
        assert admission.full([GOOD.line]) is Reason.TTS


async def test_it_measures_while_it_runs(tmp_path: Path) -> None:
    async with Service(options(tmp_path), [GOOD]) as service:
        headroom = service.switchboard.admission.headroom
        assert headroom is not None
        before = headroom.reading
        await asyncio.sleep(1)
        assert headroom.reading is not before
    last = headroom.reading
    await asyncio.sleep(1)
    assert headroom.reading is last


async def test_one_line_alone_answers_every_number(tmp_path: Path) -> None:
    async with Service(options(tmp_path), [GOOD], single=True) as service:
        assert service.switchboard.line("+15550999") is GOOD.line


async def test_nothing_to_serve_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LineError, match=r"bad\.py: no call\.output\(\)"):
        async with Service(options(tmp_path), [BAD]):
            pass


async def test_a_store_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    values = {"TRUNKLINE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/calls.db"}
    with pytest.raises(SettingsError, match="TRUNKLINE_DATABASE_URL"):
        async with Service(options(tmp_path, **values), [GOOD]):
            pass


async def test_a_port_that_is_taken_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    async with Service(options(tmp_path), [GOOD]) as service:
        port = int(service.url.rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"):
            async with Service(options(tmp_path), [GOOD], port=port):
                pass


async def test_a_stop_does_not_wait_for_a_socket_on_which_nothing_is_said(tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as session:
        async with Service(options(tmp_path), [GOOD]) as service:
            ws = await Client(service.url, session).media()
        message = await ws.receive()
        assert message.type is not aiohttp.WSMsgType.TEXT
        assert "no start within" not in (message.extra or "")
