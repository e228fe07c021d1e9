"""Serving: it answers until a signal comes, then ends in order; a second signal hands over what goes on."""

import asyncio
import os
import signal
import socket
import subprocess
import sys

import aiohttp
import pytest

from tests.trunkline.conftest import CommandLine
from trunkline.commands.serving import loop_factory, serve, until_signal
from trunkline.errors import LineError, TrunklineError
from trunkline.loader import Loaded, load
from trunkline.settings import Settings
from trunkline.settings import load as settings

OFFLINE = {"TWILIO_AUTH_TOKEN": "x", "DEEPGRAM_API_KEY": "x", "DEEPGRAM_BASE_URL": "http://127.0.0.1:9"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def values() -> Settings:
    return settings(**OFFLINE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_answers_until_a_signal_comes(
    trunkline: CommandLine, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    path, port = trunkline.line(), free_port()
    serving = asyncio.create_task(serve(values(), [Loaded(path, load(path))], "127.0.0.1", port))
    shown = ""
    while "Ctrl-C stops." not in shown:
        await asyncio.sleep(0.05)
        shown += capsys.readouterr().out
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/healthz") as response,
    ):
        assert response.status == 200
    os.kill(os.getpid(), number)
    await serving
    assert "answers 1 line on" in shown
    assert capsys.readouterr().out == "Stopping: no call is live.\n"
    socket.create_server(("127.0.0.1", port)).close()


async def test_a_taken_port_is_one_error_that_says_what_to_do(trunkline: CommandLine) -> None:
    path = trunkline.line()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(TrunklineError, match=rf"port {port} is taken.*--port {port + 1}"):
            await serve(values(), [Loaded(path, load(path))], "127.0.0.1", port)


async def test_an_address_of_another_machine_is_one_error(trunkline: CommandLine) -> None:
    path = trunkline.line()
    with pytest.raises(TrunklineError, match=r"192\.0\.2\.1 is not an address of this machine"):
        await serve(values(), [Loaded(path, load(path))], "192.0.2.1", 0)


async def test_a_line_that_cannot_be_composed_is_its_error(trunkline: CommandLine) -> None:
    path = trunkline.line()
    path.write_text(path.read_text().replace("call.input(), ", ""))
    with pytest.raises(LineError, match=r"desk.py: no call.input\(\) in the pipeline"):
        await serve(values(), [Loaded(path, load(path))], "127.0.0.1", 0)


async def test_a_bad_line_is_named_and_the_good_one_served(
    trunkline: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = trunkline.line(), trunkline.line("pipelines/bad.py", "bad", "+15550101")
    bad.write_text(bad.read_text().replace("call.input(), ", ""))
    loaded = [Loaded(path, load(path)) for path in (bad, good)]
    serving = asyncio.create_task(serve(values(), loaded, "127.0.0.1", 0))
    out = err = ""
    while "Ctrl-C stops." not in out:
        await asyncio.sleep(0.05)
        captured = capsys.readouterr()
        out, err = out + captured.out, err + captured.err
    os.kill(os.getpid(), signal.SIGTERM)
    await serving
    assert "error: pipelines/bad.py: no call.input()" in err
    assert "desk" in out
    assert "bad" not in out


async def test_handlers_of_signals_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with until_signal():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


STUCK = """
import asyncio
from trunkline.commands.serving import loop_factory, until_signal

async def main():
    with until_signal() as signals:
        print("ready", flush=True)
        await signals.stop.wait()
        print("stopping", flush=True)
        await signals.hurry.wait()
        print("hurrying", flush=True)
        await asyncio.Event().wait()

with asyncio.Runner(loop_factory={factory}) as runner:
    runner.run(main())
"""


@pytest.mark.parametrize("factory", ["None", "loop_factory()"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_third_signal_ends_a_process_that_does_not_stop(number: signal.Signals, factory: str) -> None:
    command = [sys.executable, "-c", STUCK.format(factory=factory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.readline() == "stopping\n"
        process.send_signal(number)
        assert process.stdout.readline() == "hurrying\n"
        process.send_signal(number)
    assert process.returncode == -number


def test_uvloop_is_used_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    factory = loop_factory()
    assert factory is not None
    assert factory.__module__.startswith("uvloop")
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert loop_factory() is None
