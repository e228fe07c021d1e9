"""A carrier in a process of its own: it calls whom it is asked to call, and writes down what it was asked.

One JSON object a line, both ways. Like the real one it tells the end of a call to whoever listens at that
moment, and once.
"""

import argparse
import asyncio
import json
import random
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.campaigns import chance

ANSWER = (0.0, 0.02)
"""Seconds, at least and at most, until it answers an order."""

CALL = (0.1, 0.5)
"""Seconds that a call lasts; all is over within :data:`LONGEST`."""

LONGEST = 1.0


@dataclass(slots=True)
class Ledger:
    """All that it saw."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    """Each with the order's id, the number and the outcome."""
    at_once: int = 0
    """The most calls that went on at a time."""
    doubles: list[str] = field(default_factory=list)
    """Ids of orders for a number that was being called."""


class Carrier:
    """Calls people."""

    def __init__(self, seed: int) -> None:
        self.ledger = Ledger()
        self._seed = seed
        self._live: set[str] = set()
        self._nth: dict[str, int] = {}
        self._status: dict[str, str] = {}
        self._ears: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self._ears.add(writer)
        try:
            while line := await reader.readline():
                self._later(self._answer(json.loads(line), writer))
        except ConnectionError:
            pass
        finally:
            self._ears.discard(writer)
            writer.close()

    async def _answer(self, order: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        match order["op"]:
            case "create":
                sid = self._create(order["id"], order["to"])
                await asyncio.sleep(random.uniform(*ANSWER))
                said: dict[str, Any] = {"sid": sid}
            case "status":
                said = {"status": self._status.get(order["sid"])}
            case _:
                said = {"count": len(self.ledger.calls)} if order["op"] == "count" else asdict(self.ledger)
        self._say(writer, {"to": order["ref"], **said})

    def _create(self, order: str, number: str) -> str:
        ledger = self.ledger
        sid = f"CA{len(ledger.calls):032x}"
        self._nth[number] = nth = self._nth.get(number, 0) + 1
        outcome = chance.outcome(self._seed, number, nth)
        if number in self._live:
            ledger.doubles.append(order)
        self._live.add(number)
        ledger.calls.append({"id": order, "number": number, "outcome": outcome, "sid": sid})
        ledger.at_once = max(ledger.at_once, len(self._live))
        self._status[sid] = "in-progress"
        self._later(self._call(order, number, sid, outcome))
        return sid

    async def _call(self, order: str, number: str, sid: str, outcome: str) -> None:
        await asyncio.sleep(random.uniform(*CALL))
        self._live.discard(number)
        self._status[sid] = outcome
        for writer in list(self._ears):
            self._say(writer, {"ended": order, "sid": sid, "outcome": outcome})

    def _say(self, writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
        if not writer.is_closing():
            writer.write(json.dumps(message).encode() + b"\n")

    def _later(self, what: Any) -> None:
        task = asyncio.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def main(seed: int) -> None:
    """Serve until killed; the port is the first line that is printed."""
    server = await asyncio.start_server(Carrier(seed).serve, "127.0.0.1", 0, limit=1 << 24)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("seed", type=int)
    asyncio.run(main(arguments.parse_args().seed))
