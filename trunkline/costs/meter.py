"""What one call costs, counted while it goes on."""

import asyncio
from collections.abc import Callable, Mapping

from loguru import logger
from pipecat.metrics.metrics import (
    LLMUsageMetricsData,
    MetricsData,
    STTUsageMetricsData,
    TTSUsageMetricsData,
)

from processors.frames import RATE
from trunkline.call import Call
from trunkline.costs.budget import WARNS_AT
from trunkline.costs.usage import PARTS, Usage, cost, unpriced

LOOK = 10.0
"""Seconds between two looks at what a call with a budget has cost: time costs, too."""

TOTAL = "usd"
"""Among what is kept for another process: dollars that were written down here, or before."""

FLUX = 2
"""Version of Deepgram's listening path that is Flux, whose model may go without saying."""

_told: set[str] = set()
"""What has no price, and was complained of in this process."""


class Meter:
    """Runs from the moment it is made.

    Args:
        call: whose cost.
        write: given dollars by what they are for, their sum, and how many of them are new.
        over: called once, when the call has cost as much as it may.
    """

    def __init__(
        self, call: Call, write: Callable[[dict[str, float], float, float], None], over: Callable[[], None]
    ) -> None:
        self._call = call
        self._write = write
        self._over = over
        self._usage = Usage()
        self._earlier: Mapping[str, float] = call.spent
        self._usd = self._earlier.get(TOTAL, 0.0)
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._ended: float | None = None
        self._limit = call.line.budget.per_call if call.line.budget is not None else None
        self._is_over = self._has_warned = False
        self._timer: asyncio.TimerHandle | None = None
        self._last: dict[str, float] = {}
        self._look()

    def take(self, data: MetricsData) -> None:
        """A stage says what it has used."""
        usage, name = self._usage, data.model or data.processor
        match data:
            case LLMUsageMetricsData(value=tokens):
                usage.input[name] += tokens.prompt_tokens
                usage.cached[name] += tokens.cache_read_input_tokens or 0
                usage.output[name] += tokens.completion_tokens
            case TTSUsageMetricsData(value=characters):
                usage.characters[name] += characters
            case STTUsageMetricsData(value=heard):
                usage.heard[name] += round(heard.audio_seconds)

    def cost(self) -> dict[str, float]:
        """US dollars so far, by what they are for; in this process and those before it."""
        now = self._ended if self._ended is not None else self._loop.time()
        streamed = max(0.0, self._call.recorder.clock.at(now) / RATE)
        return cost(
            self._usage,
            self._call.prices,
            seconds=max(streamed, now - self._began),
            streamed=streamed,
            listeners=self._listeners(),
            is_outbound=self._call.facts.is_outbound,
            earlier=self._earlier,
        )

    def kept(self) -> dict[str, float]:
        """What another process has to know of it."""
        found = {name: dollars for name, dollars in self.cost().items() if name not in PARTS[:3]}
        return {**found, TOTAL: self._usd}

    def note(self) -> None:
        """Have it written, if it has changed."""
        found = self.cost()
        if found != self._last:
            before, self._usd, self._last = self._usd, sum(found.values()), found
            self._complain(found)
            self._write(found, self._usd, self._usd - before)
        self._judge()

    def stop(self) -> None:
        """The call is over; what stages still tell counts, time does not."""
        if self._ended is None:
            self._ended = self._loop.time()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _listeners(self) -> list[str]:
        recipes = [recipe for recipe in self._call.recipes if recipe.kind == "listen"][:1]
        return [str(one.options.get("model", "flux" if one.version == FLUX else "")) for one in recipes]

    def _look(self) -> None:
        if self._limit is not None and self._ended is None:
            self._timer = self._loop.call_later(LOOK, self._look)
            self._judge()

    def _judge(self) -> None:
        if self._limit is None or self._is_over or self._ended is not None:
            return
        spent = sum(self.cost().values())
        if spent >= self._limit:
            self._is_over = True
            logger.warning("call {} has cost ${:.2f}, as much as it may, and is ended", self._call.sid, spent)
            self._over()
        elif spent >= WARNS_AT * self._limit and not self._has_warned:
            self._has_warned = True
            logger.info("call {} has cost ${:.2f} of ${:.2f}", self._call.sid, spent, self._limit)

    def _complain(self, found: Mapping[str, float]) -> None:
        for name in unpriced(found):
            if name not in _told:
                _told.add(name)
                logger.warning(
                    "{} has no price here, so what calls cost is too low: see TRUNKLINE_PRICES", name
                )
