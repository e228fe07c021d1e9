"""What is settled before workers are forked: what they share, the port, and which lines can be served."""

import socket
from collections.abc import Sequence

import pytest

from tests.trunkline.conftest import CommandLine
from trunkline.commands.workers import bind, serve_with, shared
from trunkline.errors import LineError, SettingsError, TrunklineError
from trunkline.fleet.prefork import Work
from trunkline.loader import Loaded, load
from trunkline.settings import Settings
from trunkline.settings import load as settings

OFFLINE = {"TWILIO_AUTH_TOKEN": "x", "DEEPGRAM_API_KEY": "x", "DEEPGRAM_BASE_URL": "http://127.0.0.1:9"}


def values(**overrides: object) -> Settings:
    return settings(_env_file=None, **{**OFFLINE, **overrides})


def test_all_workers_have_one_secret() -> None:
    made = shared(values()).secret
    assert made is not None
    assert len(made.get_secret_value()) > 40
    given = values(TRUNKLINE_SECRET="s3cret")
    assert shared(given) == given


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite+aiosqlite:///file:calls?mode=memory&cache=shared&uri=true",
    ],
)
def test_a_database_in_memory_cannot_be_shared(url: str) -> None:
    with pytest.raises(SettingsError, match="expected a file or a server"):
        shared(values(TRUNKLINE_DATABASE_URL=url))


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:///calls.db", "postgresql+asyncpg://h/calls", "nonsense"])
def test_any_other_database_is_taken_at_its_word(url: str) -> None:
    assert shared(values(TRUNKLINE_DATABASE_URL=url)).database_url == url


def test_a_taken_port_is_one_error_that_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(TrunklineError, match=rf"port {port} is taken.*--port {port + 1}"):
            bind("127.0.0.1", port)


def test_every_address_of_a_host_is_listened_on() -> None:
    for host in ("127.0.0.1", "localhost"):
        bound = bind(host, 0)
        for one in bound:
            with one, socket.create_connection(one.getsockname()[:2], timeout=1):
                pass


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> list[Work]:
    """What workers were to be forked for, instead of forking them."""
    works: list[Work] = []

    def run(work: Work, listening: Sequence[socket.socket]) -> int:
        works.append(work)
        work.on_ready()
        work.on_stop(2)
        for one in listening:
            one.close()
        return 7

    monkeypatch.setattr("trunkline.fleet.prefork.run", run)
    return works


def test_what_can_be_served_is_and_the_rest_is_named_once(
    trunkline: CommandLine, forked: list[Work], capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = trunkline.line(), trunkline.line("pipelines/bad.py", "bad", "+15550101")
    bad.write_text(bad.read_text().replace("call.input(), ", ""))
    loaded = [Loaded(path, load(path)) for path in (bad, good)]
    assert serve_with(3, values(), loaded, "127.0.0.1", 0, single=True) == 7
    (work,) = forked
    assert ([one.path for one in work.loaded], work.single, work.fleet.roster.size) == ([good], True, 3)
    out, err = capsys.readouterr()
    assert "with 3 workers" in out
    assert "any number" in out
    assert "2 calls may finish" in out
    assert err.count("error: pipelines/bad.py: no call.input()") == 1
    work.fleet.mailboxes.close()


def test_no_line_left_is_an_error(trunkline: CommandLine, forked: list[Work]) -> None:
    path = trunkline.line()
    path.write_text(path.read_text().replace("call.input(), ", ""))
    with pytest.raises(LineError, match=r"desk.py: no call.input\(\)"):
        serve_with(2, values(), [Loaded(path, load(path))], "127.0.0.1", 0)
    assert forked == []


def test_a_store_that_cannot_be_opened_is_an_error(trunkline: CommandLine, forked: list[Work]) -> None:
    path = trunkline.line()
    wrong = values(TRUNKLINE_DATABASE_URL="sqlite+aiosqlite:///no/such/folder/calls.db")
    with pytest.raises(SettingsError, match="TRUNKLINE_DATABASE_URL"):
        serve_with(2, wrong, [Loaded(path, load(path))], "127.0.0.1", 0)
    assert forked == []
