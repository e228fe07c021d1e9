"""A service inside another stage, which hands it work and takes what it makes of it."""

import copy
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from loguru import logger
from pipecat.frames.frames import Frame, StartFrame
from pipecat.pipeline.pipeline import PipelineSink, PipelineSource
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup

from processors.circuit import Breaker, Breakers
from processors.errors import VendorError, VendorRefused

Candidate = FrameProcessor | Callable[[], FrameProcessor]
"""A service, or what builds one when it is first needed."""

Made = Callable[["StandIn", Frame, FrameDirection], Awaitable[None]]
"""Takes a frame that a service has made."""

TOLD = "told"
"""Key in the metadata of a frame that a service only learns from: the original has gone past it."""


class StandIn:
    """One of several services of which only one works at a time.

    Each of them is told of all that goes by, so that it is ready when it is its turn. pipecat's own switcher
    sends the frames themselves through all its services, and tells what has come out twice by the ids of all
    frames of the call.

    Args:
        candidate: the service.
        breakers: where that of its vendor is.
        prepare: called with the service before it is set up.
        made: takes the frames that are the service's own.
    """

    def __init__(
        self, candidate: Candidate, breakers: Breakers, prepare: Callable[[Any], None], made: Made
    ) -> None:
        self._candidate = candidate
        self._breakers = breakers
        self._prepare = prepare
        self._made = made
        self._service: Any = None
        self.failure: VendorError | None = None
        """Why it could not be built."""
        if isinstance(candidate, FrameProcessor):
            self._take(candidate)

    def __str__(self) -> str:
        return self.provider if self.is_built else "a stand-in"

    @property
    def is_built(self) -> bool:
        return self._service is not None

    @property
    def service(self) -> Any:
        """The service; there is one once it is built."""
        return self._service

    async def build(self, setup: FrameProcessorSetup | None, told: Iterable[Frame]) -> None:
        """Build the service in the middle of a call; told what it would have learned by now."""
        if self.is_built or self.failure is not None or isinstance(self._candidate, FrameProcessor):
            return
        try:
            self._take(self._candidate())
            if setup is not None:
                await self.enter(setup)
        except Exception as error:  # whatever a constructor raises, the call goes on without it
            logger.error("a service to stand in could not be built: {}: {}", type(error).__name__, error)
            self._service = None
            self.failure = VendorRefused("a stand-in", f"could not be built ({type(error).__name__})")
            return
        for frame in told:
            await self.tell(frame)

    @property
    def provider(self) -> str:
        """The vendor, and what it is asked for, as circuit breakers name it."""
        return provider_of(self.service)

    @property
    def breaker(self) -> Breaker:
        return self._breakers.of(self.provider)

    async def enter(self, setup: FrameProcessorSetup) -> None:
        """Set the service up; it takes frames once it was told of the start."""
        # Whoever observes the pipeline sees what leaves the stage around it.
        own = copy.copy(setup)
        own.observer = None
        for processor in (self._source, self.service, self._sink):
            await processor.setup(own)

    async def tell(self, frame: Frame) -> None:
        """Have the service learn from a frame that goes by."""
        told = copy.copy(frame)
        told.metadata = {**frame.metadata, TOLD: True}
        await self._service.queue_frame(told)

    async def give(self, frame: Frame) -> None:
        """Have the service work on a frame."""
        if not self.service.is_usable:
            await self.service.set_usable(True)
        await self.service.queue_frame(frame)

    async def run_inference(self, context: LLMContext, **options: Any) -> str | None:
        """Ask a language model beside its pipeline."""
        if self.failure is not None:
            raise self.failure
        try:
            answer: str | None = await self.service.run_inference(context, **options)
        except BaseException:
            self.breaker.withdrawn()  # it was no turn, and may have been called off
            raise
        self.breaker.succeeded()
        return answer

    async def leave(self) -> None:
        for processor in (self._source, self._service, self._sink):
            await processor.cleanup()

    def _take(self, service: FrameProcessor) -> None:
        self._prepare(service)
        self._service = service
        self._source = PipelineSource(self._emerge)
        self._sink = PipelineSink(self._emerge)
        self._source.link(service)
        service.link(self._sink)

    async def _emerge(self, frame: Frame, direction: FrameDirection) -> None:
        if TOLD not in frame.metadata and not isinstance(frame, StartFrame):
            await self._made(self, frame, direction)


def provider_of(service: Any) -> str:
    """The name of a service's vendor: its own word for it, or its kind, its server and its model."""
    if isinstance(named := getattr(service, "provider", None), str):
        return named
    kind = type(service).__name__.removesuffix("Service")
    host = urlsplit(str(getattr(getattr(service, "_client", None), "base_url", ""))).hostname
    model = getattr(getattr(service, "_settings", None), "model", None)
    return " ".join(part for part in (kind, host, model) if isinstance(part, str))
