"""One phone call, as the carrier handles it: answers, interrupts and ends it, asks and tells its customer."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from transports.media_events import Start
from trunkline.sandbox.telephone.call_log import CallLog
from trunkline.sandbox.telephone.exchange import Exchange
from trunkline.sandbox.telephone.faults import Fallible, Faults, Signature
from trunkline.sandbox.telephone.handset import Handset
from trunkline.sandbox.telephone.interruption import Interruptions, Source
from trunkline.sandbox.telephone.records import Answered, Ended, Warned
from trunkline.sandbox.telephone.resource import CallResource, new_sid
from trunkline.sandbox.telephone.status import StatusCallback
from trunkline.sandbox.telephone.stream import Stream
from trunkline.sandbox.telephone.stream_socket import open_socket
from trunkline.sandbox.telephone.webhooks import Answer, Ask, WebhookFailed

T = TypeVar("T")


class LiveCall(Fallible):
    """A call in progress. ``faults`` may be changed at any time.

    Args:
        exchange: what it shares with other calls.
        call: who calls whom.
        status: who hears of its progress.
        faults: how it is mistreated.
    """

    def __init__(
        self, exchange: Exchange, call: CallResource, status: StatusCallback | None, faults: Faults
    ) -> None:
        super().__init__(faults)
        self.exchange = exchange
        self.call = call
        self.log = CallLog()
        self.handset = Handset(keep=exchange.keep_audio)
        self.streams: list[Stream] = []
        """The media streams that are up, the newest last."""
        self.status_callback = status or StatusCallback("")
        self.is_answered = asyncio.Event()
        self.is_over = asyncio.Event()
        self.tasks: set[asyncio.Task[Any]] = set()
        """What the carrier still does for this call."""
        self.closing: list[Callable[[], dict[str, str]]] = []
        """What else ends with the call; returns parameters for the status callback."""
        self.interruptions = Interruptions()
        self._loop = asyncio.get_running_loop()
        self._keys: asyncio.Queue[str] | None = None

    def answer(self) -> None:
        """Pick up; once is enough."""
        if self.is_answered.is_set() or self.call.is_over:
            return
        self.call.answered = self._loop.time()
        self.call.status = "in-progress"
        self.handset.answer()
        self.log.add(Answered(at=self._loop.time()))
        self.is_answered.set()
        self.tell("answered")

    @property
    def sid(self) -> str:
        return self.call.sid

    def over(self, status: str) -> None:
        """The call ends with this status; what it was busy with is interrupted. Once is enough."""
        if self.call.is_over:
            return
        self.call.status = status
        self.call.ended = self._loop.time()
        self.handset.close()
        self.log.add(Ended(at=self._loop.time(), status=status, duration=self.call.duration))
        extra = {name: value for close in self.closing for name, value in close().items()}
        self.tell("completed", extra)
        self.is_over.set()
        self.interruptions.end()

    def replace(self, source: Source) -> None:
        """Follow another document from now on."""
        self.interruptions.replace(source)

    async def live(self, work: Coroutine[Any, Any, T]) -> T:
        """The outcome of ``work``, unless the call is over or goes on elsewhere before.

        Raises:
            Interruption: so it is.
        """
        return await self.interruptions.wait(work)

    async def to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        """The outcome of ``work``, unless the call is over before.

        Raises:
            CallOver: so it is.
        """
        return await self.interruptions.wait(work, to_the_end=True)

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run something that belongs to the call: it is not over before."""
        task: asyncio.Task[T] = self.exchange.spawn(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def ask(self, ask: Ask) -> Answer:
        """Ask the customer.

        Raises:
            WebhookFailed: there was no proper answer.
        """
        return await self.exchange.webhooks.ask(ask, self.log, self.faults)

    async def deliver(self, ask: Ask) -> None:
        """Tell the customer something; whatever the answer is, it changes nothing."""
        try:
            await self.ask(ask)
        except WebhookFailed as failure:
            self.warn(failure.code, str(failure))

    def tell(self, event: str, extra: dict[str, str] | None = None) -> None:
        """Tell the status callback, if it wants to know, of call progress."""
        ask = self.status_callback.tell(event, self.call, self._loop.time(), extra or {})
        if ask is not None:
            self.spawn(self.deliver(ask))

    def warn(self, code: int, message: str) -> None:
        self.log.add(Warned(at=self._loop.time(), code=code, message=message))

    def press_key(self, key: str) -> None:
        """A key was pressed; whoever waits for keys gets it."""
        if self._keys is not None:
            self._keys.put_nowait(key)

    @contextmanager
    def keys(self) -> Iterator[asyncio.Queue[str]]:
        """The keys that are pressed meanwhile."""
        before, self._keys = self._keys, asyncio.Queue()
        try:
            yield self._keys
        finally:
            self._keys = before

    async def connect_stream(
        self,
        url: str,
        parameters: Mapping[str, str] | None = None,
        *,
        stream_sid: str = "",
        call_sid: str = "",
        signature: Signature | None = None,
    ) -> Stream:
        """Offer the call's sound to a media server, beside any other stream that is up.

        Args:
            url: absolute, ``wss:`` or ``ws:``.
            parameters: what ``start`` carries as ``customParameters``.
            stream_sid: another than a new one.
            call_sid: another than this call's.
            signature: another quality than this call's faults say.

        Raises:
            HandshakeFailed: the server does not take it.
            RuntimeError: the call was never answered: it has no sound.
        """
        if self.call.answered is None:
            raise RuntimeError(f"a call that is {self.call.status} has no sound to stream")
        exchange = self.exchange
        quality = signature or self.faults.stream_signature
        socket = await open_socket(exchange.session, exchange.signer, exchange.reach, url, quality)
        start = Start(
            stream_sid or new_sid("MZ"),
            call_sid or self.sid,
            exchange.account_sid,
            parameters=parameters or {},
        )
        stream = Stream(socket, start, url, self.handset, self.log, self)
        self.streams.append(stream)
        self.spawn(self._carry(stream))
        return stream

    async def _carry(self, stream: Stream) -> None:
        try:
            await stream.run()
        finally:
            self.streams.remove(stream)
            stream.ended.cancel()
        if stream.is_left_open:
            self.exchange.left_open.append(stream)
