"""What starting a call costs, and for how long at a stretch the event loop is held up by it.

Calls come one after another to a server in this process; the carrier and the vendors are in another. A start
is all from the webhook's call to a pipeline that takes frames. Three passes, each a fresh server:

- cpu: uvloop; CPU time of this thread;
- turns: uvloop; a callback asks for its turn again and again, and the longest time between two turns is what
  another caller's packet would have waited;
- names: asyncio's own loop; each callback is timed, so that a stretch has a name.

    python -m benchmarks.call_start --calls 30
    python -m benchmarks.call_start --calls 50 --profile start.prof
"""

import argparse
import asyncio
import cProfile
import gc
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, cast

import uvloop
from loguru import logger

from benchmarks.one_call import NUMBER, RULES
from benchmarks.start_window import PARTS, Starts, Window, callbacks_timed, turns_timed, watched
from benchmarks.subjects.trunkline import LINE
from trunkline import garbage, loader
from trunkline.sandbox.brain import ScriptedBrain
from trunkline.sandbox.carrier import AUTH_TOKEN
from trunkline.sandbox.ears import Phrasebook, PhraseEars
from trunkline.sandbox.phrases import load as phrases
from trunkline.sandbox.telephone.records import MediaReceived
from trunkline.sandbox.voice import ScriptedVoice
from trunkline.sandbox.world import KEY, World
from trunkline.server.service import Service
from trunkline.settings import load

WARM_UP = 5
"""Calls that do not count: what the first ones import and cache is not the cost of a start."""

PAUSE = 0.3
"""Seconds in which a call that is over leaves, before the next one starts."""

SHOWN = 15
"""Callbacks that the report names."""


# The world, in a process of its own.


async def run_world() -> None:
    """Say where everybody is; then call the URL that each line of stdin names, and say when that is over."""
    book = Phrasebook(phrases())
    world = World(lambda _: PhraseEars(book), ScriptedVoice(), ScriptedBrain(RULES))
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with world:
        say(world.settings(Path("unused")).model_dump(mode="json", include=ADDRESSES, by_alias=True))
        while url := (await lines.readline()).decode().strip():
            phone = await world.carrier.call(url, to=NUMBER)
            await phone.until(MediaReceived)
            await phone.hang_up()
            await phone.ended()
            say("over")


ADDRESSES = {"twilio_account_sid", "twilio_base_url", "deepgram_base_url", "openai_base_url"}


def say(message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


# The server, in this process.


@asynccontextmanager
async def server(folder: Path) -> AsyncIterator[Callable[[], Any]]:
    """A server in the world of another process, and what has somebody call it and hang up."""
    world = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.call_start", "--world", stdin=PIPE, stdout=PIPE
    )
    orders, answers = cast(asyncio.StreamWriter, world.stdin), cast(asyncio.StreamReader, world.stdout)
    told = {
        "_env_file": None,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "DEEPGRAM_API_KEY": KEY,
        "OPENAI_API_KEY": KEY,
        "TRUNKLINE_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'calls.db'}",
        "TRUNKLINE_PUBLIC_URL": None,
        **json.loads(await answers.readline()),
    }
    async with Service(load(**told), loader.load_all([LINE])[0]) as service:
        await service.vendors.prompts.ready()
        garbage.settle(service.switchboard)

        async def call() -> None:
            orders.write(f"{service.url}/twilio/voice\n".encode())
            await answers.readline()

        yield call
    orders.close()
    await world.wait()


async def start_calls(
    count: int, watch: Callable[[Window], AbstractContextManager[None]], profile: cProfile.Profile | None
) -> Starts:
    with TemporaryDirectory() as folder:
        async with server(Path(folder)) as call:
            for _ in range(WARM_UP):
                await call()
            window = Window(profile)
            with watched(window), watch(window):
                for _ in range(count):
                    await call()
                    await asyncio.sleep(PAUSE)
            return window.starts


def run(
    count: int, uv: bool, watch: Callable[[Window], AbstractContextManager[None]], profile: Any = None
) -> Starts:
    gc.collect()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if uv else None) as runner:
        return runner.run(start_calls(count, watch, profile))


def nothing(_: Window) -> AbstractContextManager[None]:
    return nullcontext()


def summary(values: Sequence[float]) -> dict[str, float]:
    found = sorted(values)
    return {
        "p50": round(median(found), 2),
        "p95": round(found[int(0.95 * len(found))], 2),
        "max": round(found[-1], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=30, help="calls in each pass (default: 30)")
    parser.add_argument("--profile", metavar="FILE", help="write a cProfile of the starts (and nothing else)")
    parser.add_argument("--world", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    if options.world:
        asyncio.run(run_world())
    elif options.profile:
        profile = cProfile.Profile()
        run(options.calls, False, nothing, profile)
        profile.dump_stats(options.profile)
    else:
        report(options.calls)


def report(calls: int) -> None:
    """Milliseconds; parts and stretches by name, the longest first."""
    cpu = run(calls, True, nothing)
    turns = run(calls, True, turns_timed)
    names = run(calls, False, callbacks_timed)
    found = {
        "calls": calls,
        "cpu_ms": summary(cpu.cpu),
        "of_it_collecting_garbage_ms": summary(cpu.collecting),
        "took_ms": summary(cpu.took),
        "parts_cpu_ms": {name: summary(cpu.parts[name]) for name in PARTS if name in cpu.parts},
        "longest_turn_ms": summary(turns.longest),
        "longest_turn_cpu_ms": summary(turns.longest_cpu),
        "longest_callback_cpu_ms": summary(names.longest_cpu),
        "callbacks": callbacks(names, calls),
    }
    print(json.dumps(found, indent=2))


def callbacks(starts: Starts, calls: int) -> dict[str, dict[str, float]]:
    """What held the loop up, by what ran; the costliest first."""
    ranked = sorted(starts.stretches.items(), key=lambda item: -sum(item[1]))
    return {
        name: {
            "a_start": round(len(found) / calls, 1),
            "cpu_ms_a_start": round(sum(found) / calls, 2),
            "longest_cpu_ms": round(max(found), 2),
        }
        for name, found in ranked[:SHOWN]
    }


if __name__ == "__main__":
    main()
