"""A process that drives the campaign until it is done, or killed."""

import argparse
import asyncio
import sys
from pathlib import Path

from loguru import logger
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.campaigns import chance
from benchmarks.campaigns.dials import CarrierDials
from benchmarks.campaigns.link import Link
from trunkline.calls.models import now
from trunkline.calls.store import CallStore
from trunkline.campaigns.campaign import Campaign, State
from trunkline.campaigns.contacts import Contact
from trunkline.campaigns.driver import Driver
from trunkline.campaigns.engine import Engine
from trunkline.campaigns.lock import Lock
from trunkline.campaigns.pacing import Pacing
from trunkline.campaigns.store import CampaignStore
from trunkline.commands.serving import loop_factory

NAME, LINE = "spring", "desk"


async def create(url: str, contacts: int, at_once: int) -> None:
    """Make the database, and the campaign in it."""
    store = CallStore(url)
    await store.open()
    campaign = Campaign(NAME, LINE, pacing=Pacing(None, at_once), retries=chance.RETRIES)
    people = [Contact(chance.number(index), {"name": f"Person {index}"}) for index in range(contacts)]
    await CampaignStore(store.engine).create(campaign, people, now())
    await store.close()


async def drive(url: str, queues: str, port: int) -> None:
    """Until it is done."""
    # SQLite has one writer at a time: those that wait in line do better than those that try again and again.
    in_line = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 300} if url.startswith("sqlite") else {}
    engine = create_async_engine(url, **in_line)
    store, dials, lock = CampaignStore(engine), CarrierDials(engine), Lock(engine)
    dials.link = await Link.open(port, dials.told)
    if not await lock.take():
        raise RuntimeError("another process drives the campaign")
    async with Driver(store, dials, Engine(queues), [LINE]):
        while (found := await store.campaign(NAME)) is None or found.state is not State.DONE:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    await lock.release()
    await dials.link.close()
    await engine.dispose()


def main() -> None:
    """Drive; what goes wrong is on standard error."""
    parser = argparse.ArgumentParser()
    for name in ("url", "queues"):
        parser.add_argument(name)
    parser.add_argument("port", type=int)
    arguments = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(drive(arguments.url, arguments.queues, arguments.port))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()
