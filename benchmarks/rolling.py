"""A rolling restart under live calls: is any of them dropped?

Two servers (or the two workers of one) are told to stop, one after the other, in the middle of calls, with
only seconds for calls to finish: all the rest is handed over. Callers ask the same question again and again,
and count what they hear. Or a server that is the only one is killed with -9, and started again, while its
callers hold. Vendors are the sandbox's; everything takes its real time.

    dropped      calls that ended before their caller hung up
    handed over  calls that went on in another process
    repeated     questions that a restart cut short, and that were asked once more
    silence      seconds from the end of a stream to the agent's next sound, the longest of all calls
    unanswered   questions without an answer even then

    python -m benchmarks.rolling
    python -m benchmarks.rolling --workers --calls 20
    python -m benchmarks.rolling --alone
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from loguru import logger

from benchmarks.lines import survivor
from benchmarks.matrix.town import static
from benchmarks.server import Server, free_port
from benchmarks.survival import Caller, env, kept, street
from trunkline.sandbox.world import World
from trunkline.server.standalone import document

PUBLIC = "https://voice.example.com"


@dataclass(frozen=True, slots=True)
class Result:
    """What the callers of a restart went through."""

    calls: int
    dropped: int
    handed_over: int
    silence: float
    """Seconds."""
    repeated: int
    unanswered: int
    records: int
    """Calls in the store."""

    @property
    def good(self) -> bool:
        """Whether nobody was dropped or left without an answer, and each call is one record."""
        return self.dropped == self.unanswered == 0 and self.records == self.calls

    def text(self) -> str:
        return (
            f"{self.calls} calls, {self.dropped} dropped, {self.handed_over} handed over, "
            f"longest silence {self.silence:.2f} s, {self.repeated} repeated, {self.unanswered} unanswered, "
            f"{self.records} records"
        )


async def servers(calls: int, folder: Path) -> Result:
    """Two servers behind one address are replaced, one after the other."""
    leads = {PUBLIC: ""}
    async with street(leads) as world, AsyncExitStack() as stack:
        environment = env(world, folder, TRUNKLINE_PUBLIC_URL=PUBLIC, TRUNKLINE_SECRET="between the two")

        async def start() -> Server:
            server = Server(Path(survivor.__file__), environment, folder / "log")
            return await stack.enter_async_context(server)

        old = [await start(), await start()]
        leads[PUBLIC] = old[0].url
        callers = [await ring(world, f"{PUBLIC}/twilio/voice") for _ in range(calls // 2)]
        leads[PUBLIC] = old[1].url
        callers += [await ring(world, f"{PUBLIC}/twilio/voice") for _ in range(calls - calls // 2)]
        async with talking(callers):
            old[0].signal(signal.SIGTERM)  # the address leads to the other one, as /readyz has a proxy do
            await old[0].ended()
            new = await start()
            await asyncio.gather(*(caller.answered() for caller in callers))
            leads[PUBLIC] = new.url
            old[1].signal(signal.SIGTERM)
            await old[1].ended()
            await asyncio.gather(*(caller.answered() for caller in callers))
        return result(callers, folder)


async def workers(calls: int, folder: Path) -> Result:
    """The two workers of a server are replaced, one after the other."""
    async with street({}) as world:
        file = Path(survivor.__file__)
        async with Server(file, env(world, folder), folder / "log", workers=2) as server:
            callers = [await ring(world, f"{server.url}/twilio/voice") for _ in range(calls)]
            async with talking(callers):
                for worker in server.workers():
                    await replaced(server, worker)
                    await asyncio.gather(*(caller.answered() for caller in callers))
        return result(callers, folder)


async def alone(calls: int, folder: Path) -> Result:
    """The only server is killed with -9, and started again as a supervisor does it."""
    leads = {PUBLIC: ""}
    async with (
        street(leads) as world,
        static(document(survivor.line)) as fallback_url,
        AsyncExitStack() as stack,
    ):
        environment = env(world, folder, TRUNKLINE_PUBLIC_URL=PUBLIC)
        port = free_port()

        async def start() -> Server:
            server = Server(Path(survivor.__file__), environment, folder / "log", port=port)
            return await stack.enter_async_context(server)

        server = await start()
        leads[PUBLIC] = server.url
        callers = [await ring(world, f"{PUBLIC}/twilio/voice", fallback_url) for _ in range(calls)]
        async with talking(callers):
            await server.kill()
            await start()
            await asyncio.gather(*(caller.answered() for caller in callers))
        return result(callers, folder)


async def replaced(server: Server, worker: psutil.Process) -> None:
    """Tell a worker to stop, and wait for the one in its place to be ready."""
    worker.send_signal(signal.SIGTERM)
    while worker in server.workers() or await server.ready_workers() < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.1)


async def ring(world: World, url: str, fallback_url: str = "") -> Caller:
    phone = await world.carrier.call(url, to=survivor.line.number, fallback_url=fallback_url)
    caller = Caller(phone)
    await caller.hears(survivor.line.greeting)
    return caller


@asynccontextmanager
async def talking(callers: Sequence[Caller]) -> AsyncIterator[None]:
    """Have all of them ask, until this is left; then they hang up."""
    tasks = [asyncio.create_task(caller.ask()) for caller in callers]
    try:
        await asyncio.gather(*(caller.answered() for caller in callers))
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for caller in callers:
            caller.count()
            await caller.phone.hang_up()
            await caller.phone.ended()


def result(callers: Sequence[Caller], folder: Path) -> Result:
    return Result(
        calls=len(callers),
        dropped=sum(caller.was_dropped for caller in callers),
        handed_over=sum(caller.streams > 1 for caller in callers),
        silence=max(caller.silence for caller in callers),
        repeated=sum(caller.repeated for caller in callers),
        unanswered=sum(caller.unanswered for caller in callers),
        records=len(kept(folder)),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.rolling",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--calls", type=int, default=20)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--workers", action="store_true", help="restart workers instead of servers")
    what.add_argument("--alone", action="store_true", help="kill the only server, and start it again")
    given = parser.parse_args(arguments)
    logger.remove()
    restart = workers if given.workers else alone if given.alone else servers
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(restart(given.calls, Path(folder)))
    sys.stdout.write(found.text() + "\n")
    return 0 if found.good else 1


if __name__ == "__main__":
    sys.exit(main())
