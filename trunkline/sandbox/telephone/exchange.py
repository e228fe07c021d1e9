"""What the calls of one carrier share: the account, the network, the engines, and who is on the line."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import numpy as np

from processors import g711
from trunkline.sandbox.telephone.callee import Callee
from trunkline.sandbox.telephone.faults import SOUND, Faults
from trunkline.sandbox.telephone.reach import Reach
from trunkline.sandbox.telephone.rooms import Rooms
from trunkline.sandbox.telephone.signing import Signer
from trunkline.sandbox.telephone.stream_socket import StreamSocket, narrow_socket, refuse_redirects
from trunkline.sandbox.telephone.tape import RATE
from trunkline.sandbox.telephone.webhooks import Webhooks

if TYPE_CHECKING:
    from trunkline.sandbox.telephone.phone import Phone
    from trunkline.sandbox.telephone.recordings import Recording
    from trunkline.sandbox.telephone.stream import Stream

CarrierVoice = Callable[[str], bytes | Awaitable[bytes]]
"""Text to mu-law: the voice of ``<Say>``."""

CHARACTERS_A_SECOND = 15

TONE_HZ = 440

QUIET = 300
"""Amplitude of the tone, of 32,767: some -40 dB."""


def tone(text: str) -> bytes:
    """The voice of a carrier that has no other: a quiet tone, as long as the text would take to say."""
    samples = np.arange(RATE * math.ceil(10 * len(text) / CHARACTERS_A_SECOND) // 10)
    wave = QUIET * np.sin(2 * np.pi * TONE_HZ / RATE * samples)
    return g711.encode(wave.astype("<i2").tobytes())


@dataclass(slots=True, kw_only=True)
class Exchange:
    """Shared by the calls of one carrier; made and closed by it."""

    account_sid: str
    signer: Signer
    reach: Reach
    voice: CarrierVoice = tone
    callee: Callable[[str], Callee]
    """Who answers a number."""
    faults: Faults = SOUND
    """Of calls for which nothing else is said."""
    keep_audio: bool = True
    """Whether the calls' sound is kept whole."""
    public_url: str = ""
    """Under which customers reach the carrier's own HTTP."""
    phones: dict[str, "Phone"] = field(default_factory=dict)
    """Calls by SID, those that are over too."""
    recordings: dict[str, "Recording"] = field(default_factory=dict)
    rooms: Rooms = field(default_factory=Rooms)
    """Conferences and queues."""
    left_open: list["Stream"] = field(default_factory=list)
    """Streams whose sockets nobody has closed."""
    session: aiohttp.ClientSession = field(init=False)
    webhooks: Webhooks = field(init=False)
    _epoch: datetime = field(init=False)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    _arrivals: list[asyncio.Event] = field(default_factory=list)
    _failures: list[BaseException] = field(default_factory=list)

    def open(self) -> None:
        """Get ready to connect. Called within the event loop."""
        self._epoch = datetime.now(UTC) - timedelta(seconds=asyncio.get_running_loop().time())
        self.session = aiohttp.ClientSession(
            # Each request on a connection of its own: a webhook that is sent twice is then sent on purpose.
            connector=aiohttp.TCPConnector(limit=0, force_close=True, socket_factory=narrow_socket),
            cookie_jar=aiohttp.DummyCookieJar(),
            ws_response_class=cast(type[aiohttp.ClientWebSocketResponse], StreamSocket),
            middlewares=(refuse_redirects,),
        )
        self.webhooks = Webhooks(self.session, self.signer, self.reach)

    @property
    def now(self) -> float:
        """Loop time, in seconds."""
        return asyncio.get_running_loop().time()

    def wall(self, at: float) -> datetime:
        """The date of a loop time, so that dates pass as the loop's clock does."""
        return self._epoch + timedelta(seconds=at)

    async def speak(self, text: str) -> bytes:
        """What ``<Say>`` sounds like."""
        spoken = self.voice(text)
        return spoken if isinstance(spoken, bytes) else await spoken

    def add(self, phone: "Phone") -> None:
        """A call begins."""
        self.phones[phone.sid] = phone
        arrivals, self._arrivals = self._arrivals, []
        for arrival in arrivals:
            arrival.set()

    async def arrival(self, wanted: Callable[["Phone"], bool]) -> "Phone":
        """The newest call that is wanted, or the next one."""
        while True:
            for phone in reversed(self.phones.values()):
                if wanted(phone):
                    return phone
            arrival = asyncio.Event()
            self._arrivals.append(arrival)
            await arrival.wait()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something beside the calls; it is cancelled when the carrier closes."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            self._failures.append(failure)

    async def close(self) -> None:
        """Break off all that is under way.

        Raises:
            BaseException: something run beside the calls failed: the emulator is at fault, not its customer.
        """
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for stream in self.left_open:
            stream.break_off()
        await self.session.close()
        if self._failures:
            raise self._failures[0]
