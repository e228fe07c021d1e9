"""The way to the carrier's process."""

import asyncio
import json
from collections.abc import Callable
from itertools import count
from typing import Any

News = Callable[[dict[str, Any]], None]


class Link:
    """Orders to the carrier, and its news."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_news: News | None
    ) -> None:
        self._reader, self._writer, self._on_news = reader, writer, on_news
        self._refs = count()
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._task = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, port: int, on_news: News | None = None) -> "Link":
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 26), on_news)

    async def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """What the carrier answers."""
        ref = next(self._refs)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked[ref] = answer
        self._writer.write(json.dumps({"op": op, "ref": ref, **fields}).encode() + b"\n")
        async with asyncio.timeout(30):
            return await answer

    async def close(self) -> None:
        """Disconnect."""
        self._task.cancel()
        self._writer.close()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        while line := await self._reader.readline():
            message = json.loads(line)
            if "to" in message:
                self._asked.pop(message["to"]).set_result(message)
            elif self._on_news is not None:
                self._on_news(message)
