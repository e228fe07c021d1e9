"""Models in the order in which they are asked, and who of them does the talking now."""

from collections.abc import Callable, Iterable, Sequence

from loguru import logger
from pipecat.frames.frames import Frame
from pipecat.processors.frame_processor import FrameProcessorSetup

from processors.standin import StandIn


class ModelRow:
    """Of one call.

    Args:
        models: the first is asked as long as it works.
        moved: called with the name of the vendor that stands in for the first from now on.
    """

    def __init__(self, models: Sequence[StandIn], moved: Callable[[str], None]) -> None:
        self.models = tuple(models)
        self.leader = self.models[0]
        """Who was asked last."""
        self._moved = moved
        self._announced = self.leader

    @property
    def built(self) -> list[StandIn]:
        """Those that were needed so far."""
        return [model for model in self.models if model.is_built]

    async def choose(
        self,
        waiting: list[StandIn],
        setup: FrameProcessorSetup | None,
        told: Iterable[Frame],
        now: float,
    ) -> StandIn:
        """Take the next one of those that were not asked yet: if all of them rest, the first all the same.

        Args:
            waiting: these.
            setup: for one that has to be built.
            told: what such a one would know by now.
            now: seconds on the event loop's clock.
        """
        for model in waiting:
            await model.build(setup, told)
            if model.failure is not None or model.breaker.allows(now):
                break
        else:
            model = waiting[0]
        waiting.remove(model)
        return model

    def leads(self, model: StandIn) -> None:
        """It is asked; that another one than before stands in for the first is told once."""
        self.leader = model
        if model not in (self._announced, self.models[0]):
            self._announced = model
            logger.warning("{} stands in for {}", model.provider, self.models[0].provider)
            self._moved(model.provider)

    def works(self, model: StandIn) -> None:
        """It has replied; if it is the first, the next that stands in for it is news."""
        if model is self.models[0]:
            self._announced = model
