"""Many workers on one port: calls spread, a worker that dies is replaced, and its callers are heard out."""

import asyncio
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import psutil
import uvloop

from tests.calls.town import (
    DEEPGRAM_KEY,
    GREETING,
    NUMBER,
    OPENAI_KEY,
    PRICE,
    PRICE_QUESTION,
    Outside,
    heard,
    hears,
    make_line,
    outside,
    said,
)
from trunkline.commands.workers import bind
from trunkline.events import CallerSaid, CallStarted, Event
from trunkline.fleet.seat import Fleet, Seat
from trunkline.loader import Loaded
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.carrier import AUTH_TOKEN
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import StreamStarted, StreamStopped, VerbRun
from trunkline.server.service import Service


def slot_of(phone: Phone) -> int:
    """The worker that a caller was last connected to."""
    connects = [verb for verb in phone.log.of(VerbRun) if verb.name == "Connect"]
    return int(connects[-1].attributes["action"].partition("#")[0].rpartition("/")[2])


# Workers in one process, on virtual time.


@asynccontextmanager
async def crew(world: Outside, folder: Path, count: int) -> AsyncIterator[list[Service]]:
    """Services that share a port, as workers do."""
    keys = {"DEEPGRAM_API_KEY": DEEPGRAM_KEY, "OPENAI_API_KEY": OPENAI_KEY, "TRUNKLINE_MAX_CALLS": 9}
    settings = world.settings(folder / "calls.db", TRUNKLINE_SECRET="shared", **keys)
    fleet, lines = Fleet.of(count), [Loaded(Path("desk.py"), make_line())]
    async with AsyncExitStack() as stack:
        stack.callback(fleet.mailboxes.close)
        listening = stack.enter_context(bind("127.0.0.1", 0)[0])
        services = []
        for pid in range(count):
            seat = Seat(fleet, fleet.roster.assign(), pid)
            service = Service(settings, lines, seat=seat, sockets=[listening.dup()])
            services.append(await stack.enter_async_context(service))
            await service.vendors.prompts.ready()
        yield services


async def test_calls_spread_over_the_workers_and_all_are_answered(tmp_path: Path) -> None:
    async with outside() as world, crew(world, tmp_path, 3) as services:
        url = f"{services[0].url}/twilio"
        calls = [
            world.carrier.call(f"{url}/voice", to=NUMBER, status_callback=f"{url}/status") for _ in range(6)
        ]
        phones = await asyncio.gather(*calls)
        await asyncio.gather(*(hears(phone, GREETING) for phone in phones))
        assert [len(service.switchboard.calls) for service in services] == [2, 2, 2]
        assert all(phone.sid in services[slot_of(phone)].switchboard.calls for phone in phones)
        await asyncio.gather(*(phone.say(said(PRICE_QUESTION)) for phone in phones))
        for phone in phones:
            await hears(phone, PRICE)
            await phone.hang_up()
            await phone.ended()
            assert len(phone.log.of(StreamStarted)) == 1
        await asyncio.sleep(2)
        assert not any(service.switchboard.calls for service in services)
        await services[0].store.flush()
        assert {row.outcome for row in await services[0].store.calls()} == {"caller-hung-up"}


async def test_whoever_watches_sees_the_calls_of_all_workers(tmp_path: Path) -> None:
    async with outside() as world, crew(world, tmp_path, 2) as services:
        with services[0].watchers.watching() as events:
            await asyncio.sleep(0.1)
            url = f"{services[0].url}/twilio/voice"
            phones = [await world.carrier.call(url, to=NUMBER) for _ in range(2)]
            seen: list[Event] = []
            for phone in phones:
                await hears(phone, GREETING)
                await phone.say(said(PRICE_QUESTION))
                await hears(phone, PRICE)
                await phone.hang_up()
                await phone.ended()
            await asyncio.sleep(1)
            async with asyncio.timeout(1):
                while sum(type(event).__name__ == "CallEnded" for event in seen) < 2:
                    seen.append(await anext(events))
        assert {slot_of(phone) for phone in phones} == {0, 1}
        for phone in phones:
            of_this = [event for event in seen if event.call == phone.sid]
            assert isinstance(of_this[0], CallStarted)
            assert [event.text for event in of_this if isinstance(event, CallerSaid)] == [PRICE_QUESTION]
        assert not any(service.watchers for service in services[:1])


# Worker processes, in real time.

LINE = '''"""A line for a test: few words, for they take real time."""

from processors.sentence_splitter import SentenceSplitter
from processors.vad import VAD
from trunkline import Call, Line, Resume, Stages

BACK = Resume("Back.", going_on="")
line = Line(name="desk", number="+15550100", greeting="Hi.", prompt="Be kind.", resume=BACK)


@line.answer
def compose(call: Call) -> Stages:
    context = call.context()
    return [
        call.input(), VAD(), call.deepgram_stt(), context.user(), call.openai(), SentenceSplitter(),
        call.aura_tts(), call.output(), context.assistant(),
    ]
'''
QUESTION = "It's for a check-up."
RULES = (Rule("check-up|check up", "Sure."),)
COMMAND = "import sys; from trunkline.cli import main; sys.exit(main())"


class Server:
    """``trunkline serve`` with workers."""

    def __init__(self, process: asyncio.subprocess.Process, errors: Path) -> None:
        self.url = ""
        self.shown = ""
        self._process = process
        self._errors = errors

    async def ready(self) -> None:
        assert self._process.stdout is not None
        while "Ctrl-C stops." not in self.shown:
            line = await self._process.stdout.readline()
            assert line, self.log()
            self.shown += line.decode()
        found = re.search(r"on (http://\S+) with 2 workers", self.shown)
        assert found is not None
        self.url = found[1]

    def log(self) -> str:
        return self._errors.read_text()

    def workers(self) -> list[psutil.Process]:
        """In the order in which they were started."""
        return sorted(psutil.Process(self._process.pid).children(), key=psutil.Process.create_time)

    async def stop(self) -> None:
        """Tell it to stop; returns when it has said so."""
        assert self._process.stdout is not None
        self._process.send_signal(signal.SIGTERM)
        while "Stopping: " not in self.shown:
            self.shown += (await self._process.stdout.readline()).decode()

    async def hurry(self) -> int:
        """Tell it once more; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()


@asynccontextmanager
async def serving(world: Outside, folder: Path) -> AsyncIterator[Server]:
    (folder / "desk.py").write_text(LINE)
    values = world.settings(folder / "calls.db")
    env = {
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "DEEPGRAM_API_KEY": DEEPGRAM_KEY,
        "DEEPGRAM_BASE_URL": world.deepgram.base_url,
        "OPENAI_API_KEY": OPENAI_KEY,
        "OPENAI_BASE_URL": world.openai.base_url,
        "TRUNKLINE_DATABASE_URL": values.database_url,
        "TRUNKLINE_MAX_CALLS": "20",
    }
    arguments = ["serve", "desk.py", "--port", "0", "--workers", "2"]
    with (folder / "errors").open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", COMMAND, *arguments),
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    server = Server(process, folder / "errors")
    try:
        await server.ready()
        yield server
    finally:
        if process.returncode is None:
            left = server.workers()
            process.kill()
            for worker in left:
                worker.kill()
            await process.communicate()


async def live_through_a_death(folder: Path) -> None:
    async with outside(RULES, final_ms=50) as world, serving(world, folder) as server:
        url = f"{server.url}/twilio/voice"
        phones = await asyncio.gather(*(world.carrier.call(url, to=NUMBER) for _ in range(6)))
        await asyncio.gather(*(hears(phone, "Hi.") for phone in phones))
        orphans = [phone for phone in phones if slot_of(phone) == 0]
        others = [phone for phone in phones if slot_of(phone) == 1]
        assert (len(orphans), len(others)) == (3, 3)
        await asyncio.gather(*(phone.say(said(QUESTION)) for phone in phones))
        await asyncio.gather(*(hears(phone, "Hi.Sure.") for phone in phones))
        await asyncio.sleep(0.3)  # until it is in the database

        first, second = server.workers()
        first.kill()
        await asyncio.gather(*(hears(phone, "Hi.Sure.Back.", 5) for phone in orphans))
        await orphans[0].say(said(QUESTION))
        await hears(orphans[0], "Hi.Sure.Back.Sure.")
        contents = [m["content"] for m in world.openai.requests[-1].messages if m["role"] != "system"]
        assert contents == ["Hi.", QUESTION, "Sure.", QUESTION]
        assert {heard(phone) for phone in others} == {"Hi.Sure."}

        workers = server.workers()
        assert len(workers) == 2
        assert second in workers
        assert first not in workers
        while {slot_of(phone) for phone in phones} == {1}:  # until the new worker has one
            phones.append(await world.carrier.call(url, to=NUMBER))
            await hears(phones[-1], "Hi.")

        await server.stop()
        assert f"Stopping: {len(phones)} calls may finish" in server.shown
        assert len(server.workers()) == 2
        await others[0].hang_up()
        while "caller-hung-up" not in outcomes(folder):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        assert await server.hurry() == 0
        assert psutil.wait_procs(workers, timeout=1)[1] == []
        for phone in phones:
            if phone is not others[0]:
                await phone.until(lambda record: isinstance(record, VerbRun) and record.name == "Pause")
        check_records(folder, orphans[0].sid, len(phones))
        log = server.log()
        assert "worker 0 is gone with 3 calls" in log
        assert "Traceback" not in log


def outcomes(folder: Path) -> list[str]:
    """Of the calls in the store, as far as they have one."""
    with closing(sqlite3.connect(folder / "calls.db")) as database:
        return [kind for (kind,) in database.execute("SELECT outcome FROM calls WHERE outcome IS NOT NULL")]


def check_records(folder: Path, sid: str, calls: int) -> None:
    """One record a call, whatever became of its workers."""
    with sqlite3.connect(folder / "calls.db") as database:
        turns = database.execute("SELECT caller FROM turns WHERE call_sid = ? ORDER BY 'index'", (sid,))
        assert [caller for (caller,) in turns.fetchall()] == ["", QUESTION, QUESTION]
    database.close()
    assert sorted(outcomes(folder)) == ["caller-hung-up", *["handed-over"] * (calls - 1)]


def test_a_worker_dies_and_its_callers_go_on(tmp_path: Path) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(asyncio.wait_for(live_through_a_death(tmp_path), 60))


SENTENCES = ("We close at six today.", "On Friday we close at two.")
TALK = (Rule("check-up|check up", " ".join(SENTENCES)),)


async def live_through_a_death_in_mid_sentence(folder: Path) -> None:
    loop = asyncio.get_running_loop()
    async with outside(TALK, final_ms=50) as world, serving(world, folder) as server:
        phone = await world.carrier.call(f"{server.url}/twilio/voice", to=NUMBER)
        await hears(phone, "Hi.")
        await phone.say(said(QUESTION))
        await hears(phone, "On Fri")
        await asyncio.sleep(0.1)
        server.workers()[slot_of(phone)].kill()
        lost_at = (await phone.until(StreamStopped)).at
        await hears(phone, "B", 5)
        assert loop.time() - lost_at < 2
        await hears(phone, f"Back.{SENTENCES[1]}", 10)
        await phone.say(said(QUESTION))
        await phone.until(lambda _: len(world.openai.requests) == 2)
        contents = [m["content"] for m in world.openai.requests[-1].messages if m["role"] != "system"]
        assert contents == ["Hi.", QUESTION, *SENTENCES, QUESTION]
        await phone.hang_up()
        await phone.ended()
        await asyncio.sleep(0.5)
        await server.stop()
    with sqlite3.connect(folder / "calls.db") as database:
        assert database.execute("SELECT outcome FROM calls").fetchall() == [("caller-hung-up",)]
        turns = database.execute('SELECT caller, agent FROM turns ORDER BY "index"').fetchall()
    database.close()
    assert turns[:2] == [("", "Hi."), (QUESTION, " ".join(SENTENCES))]


def test_a_worker_dies_in_mid_sentence_and_another_says_it_again(tmp_path: Path) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(asyncio.wait_for(live_through_a_death_in_mid_sentence(tmp_path), 60))
