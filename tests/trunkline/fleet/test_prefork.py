"""What gunicorn is told, and what is ours of it. Whole servers run in tests/calls/test_workers.py."""

import logging
import os
import signal
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from loguru import logger

from trunkline.fleet import prefork
from trunkline.fleet.prefork import Application, Arbiter, Log, Work, Worker, share
from trunkline.fleet.roster import Field, State
from trunkline.fleet.seat import Fleet
from trunkline.settings import Settings, load


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    made = Fleet.of(2)
    yield made
    made.mailboxes.close()


@pytest.fixture
def work(fleet: Fleet) -> Work:
    said: list[int] = []
    return Work(
        settings=values(), loaded=[], fleet=fleet, on_ready=lambda: said.append(-1), on_stop=said.append
    )


def values(**overrides: object) -> Settings:
    return load(_env_file=None, **overrides)


@pytest.fixture
def application(work: Work) -> Iterator[Application]:
    with socket.socket() as listening:
        yield Application(work, [listening.fileno()])


def test_gunicorn_is_set_up_here_alone(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--workers 9 --timeout 1")
    cfg = application.cfg
    assert (cfg.workers, cfg.timeout, cfg.worker_class, cfg.pidfile) == (2, prefork.HANGS, Worker, None)
    assert cfg.control_socket_disable
    assert cfg.accesslog is None


def test_slots_go_to_workers_and_back(application: Application, fleet: Fleet) -> None:
    workers: list[Any] = [SimpleNamespace(), SimpleNamespace()]
    parent: Any = SimpleNamespace(stopping=True)
    for worker in workers:
        application.cfg.pre_fork(parent, worker)
    assert [worker.slot for worker in workers] == [0, 1]
    fleet.roster.books(1).add("CA1")
    application.cfg.child_exit(parent, workers[1])
    assert fleet.roster.standing(1).state is State.VACANT
    application.cfg.pre_fork(parent, workers[0])
    assert workers[0].slot == 1


def test_a_lost_worker_is_logged_unless_all_are_to_go(application: Application) -> None:
    said: list[str] = []
    sink = logger.add(lambda message: said.append(message.record["message"]))
    worker: Any = SimpleNamespace()
    for stopping in (False, True):
        application.cfg.pre_fork(None, worker)
        application.cfg.child_exit(SimpleNamespace(stopping=stopping), worker)
    logger.remove(sink)
    assert said == ["worker 0 is gone with 0 calls; another takes its place"]


def test_gunicorns_log_goes_where_ours_goes_and_only_what_went_wrong(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    log = Log(application.cfg)
    log.info("Booting worker with pid: %s", 1)
    log.error("Worker (pid:%s) exited", 1)
    assert caplog.messages == ["Worker (pid:1) exited"]
    assert log.error_log.handlers == []
    assert not log.access_log_enabled
    logging.getLogger("gunicorn.error").setLevel(logging.NOTSET)


def test_all_workers_together_use_what_the_account_has() -> None:
    whole = values(TRUNKLINE_DEEPGRAM_STT_STREAMS=5)
    shares = [share(whole, slot, 3) for slot in range(3)]
    assert [one.deepgram_stt_streams for one in shares] == [2, 2, 1]
    assert {one.deepgram_tts_streams for one in shares} == {None}
    assert {one.max_calls for one in shares} == {whole.max_calls}


def test_it_is_announced_once_when_all_are_there(work: Work, application: Application) -> None:
    said: list[str] = []
    work = Work(
        settings=work.settings,
        loaded=[],
        fleet=work.fleet,
        on_ready=lambda: said.append("ready"),
        on_stop=lambda calls: said.append(f"{calls} calls"),
    )
    application.work = work
    arbiter = Arbiter(application)
    arbiter.wakeup()
    work.fleet.roster.write(0, Field.STATE, State.READY)
    arbiter.wait_for_signals(0)
    assert said == []
    work.fleet.roster.write(1, Field.STATE, State.READY)
    work.fleet.roster.publish(1, 3, 9, 0.0)
    arbiter.wait_for_signals(0)
    arbiter.wait_for_signals(0)
    assert said == ["ready"]
    with pytest.raises(SystemExit) as end:
        arbiter.halt()
    assert (end.value.code, said, arbiter.stopping) == (0, ["ready", "3 calls"], True)


def test_a_second_signal_hurries_the_workers_and_a_third_ends_all_at_once(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    arbiter = Arbiter(application)
    arbiter.signal(signal.SIGTERM, None)
    assert arbiter.wait_for_signals(0) == [signal.SIGTERM]
    arbiter.stopping = True
    ended: list[object] = []
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(arbiter, "kill_workers", ended.append)
    monkeypatch.setattr(os, "kill", lambda pid, sig: ended.append((pid, sig)))
    arbiter.signal(signal.SIGTERM, None)
    assert ended == [signal.SIGTERM]
    arbiter.signal(signal.SIGTERM, None)
    signal.signal(signal.SIGTERM, before)
    assert ended == [signal.SIGTERM, signal.SIGKILL, (os.getpid(), signal.SIGTERM)]


@pytest.mark.parametrize("name", ["int", "term", "quit"])
def test_whatever_signal_stops_it_the_calls_end_in_order(application: Application, name: str) -> None:
    with pytest.raises(StopIteration):
        getattr(Arbiter(application), f"handle_{name}")()


@pytest.mark.parametrize(
    ("failure", "generation", "code"),
    [
        (SystemExit(0), 1, 0),
        (SystemExit(4), 1, 4),
        (OSError("no database"), 1, Arbiter.WORKER_BOOT_ERROR),  # all end
        (OSError("no database"), 2, 1),  # the others go on, and it is tried again
    ],
)
def test_a_replacement_that_cannot_start_takes_nobody_down(
    application: Application,
    fleet: Fleet,
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException,
    generation: int,
    code: int,
) -> None:
    def run(_: object) -> None:
        raise failure

    worker = Worker.__new__(Worker)
    worker.app, worker.booted = application, False
    for _ in range(generation):
        worker.slot = fleet.roster.assign()
        fleet.roster.vacate(worker.slot)
    ended: list[int] = []
    monkeypatch.setattr("aiohttp.worker.GunicornUVLoopWebWorker.run", run)
    monkeypatch.setattr(prefork, "TRY_AGAIN", 0)
    monkeypatch.setattr(os, "_exit", ended.append)
    worker.run()
    assert ended == [code]
