"""The scout finds what is wrong before workers are forked, and leaves nothing in the process that sent it."""

import os
import signal
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from pipecat.processors.frame_processor import FrameProcessor

from trunkline import settings
from trunkline.call import Call
from trunkline.errors import TrunklineError
from trunkline.fleet.scout import look_over, scout
from trunkline.line import Line
from trunkline.loader import Loaded


def options(folder: Path, **values: Any) -> settings.Settings:
    database = f"sqlite+aiosqlite:///{folder}/calls.db"
    return settings.load(**{"_env_file": None, "TRUNKLINE_DATABASE_URL": database, **values})


def loaded(name: str, compose: Any) -> Loaded:
    line = Line(name=name, number="+15550100", greeting="Hi.", prompt="Be kind.")
    line.answer(compose)
    return Loaded(Path(f"{name}.py"), line)


def whole(call: Call) -> list[FrameProcessor]:
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    return [call.input(), call.deepgram_stt(), call.output()]


def half(call: Call) -> list[FrameProcessor]:
    return [call.input(), call.deepgram_stt()]


def fatal(call: Call) -> list[FrameProcessor]:
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def test_wrong_lines_are_named_and_the_store_is_made(tmp_path: Path) -> None:
    threads = threading.active_count()
    found = scout(options(tmp_path), [loaded("good", whole), loaded("bad", half)])
    assert [str(error) for error in found.errors()] == [
        "bad.py: no call.output() in the pipeline; expected one"
    ]
    assert found.failure == ""
    assert threading.active_count() == threads
    with sqlite3.connect(tmp_path / "calls.db") as database:
        assert database.execute("SELECT COUNT(*) FROM calls").fetchone() == (0,)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()


def test_a_store_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    found = scout(options(tmp_path / "nowhere"), [loaded("good", whole)])
    assert "TRUNKLINE_DATABASE_URL" in found.failure


def test_a_scout_that_does_not_come_back_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrunklineError, match="exit code -9"):
        scout(options(tmp_path), [loaded("fatal", fatal)])


@pytest.mark.asyncio(loop_factories=["virtual"])
async def test_the_look_itself(tmp_path: Path) -> None:
    found = await look_over(options(tmp_path), [loaded("bad", half)])
    assert found == [(Path("bad.py"), "no call.output() in the pipeline; expected one", None)]
