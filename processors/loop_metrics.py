"""pipecat's metrics of a service, on the event loop's clock, which everything else here goes by."""

import asyncio

from pipecat.frames.frames import MetricsFrame
from pipecat.processors.metrics.frame_processor_metrics import FrameProcessorMetrics


class LoopMetrics(FrameProcessorMetrics):
    """Takes times to the first byte and the first token by the loop; pipecat asks the wall clock."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    async def start_ttfb_metrics(
        self, *, start_time: float | None = None, report_only_initial_ttfb: bool
    ) -> None:
        await super().start_ttfb_metrics(
            start_time=_now() if start_time is None else start_time,
            report_only_initial_ttfb=report_only_initial_ttfb,
        )

    async def stop_ttfb_metrics(self, *, end_time: float | None = None) -> MetricsFrame | None:
        frame: MetricsFrame | None = await super().stop_ttfb_metrics(
            end_time=_now() if end_time is None else end_time
        )
        return frame

    async def stop_ttfat_metrics(self, *, end_time: float | None = None) -> MetricsFrame | None:
        frame: MetricsFrame | None = await super().stop_ttfat_metrics(
            end_time=_now() if end_time is None else end_time
        )
        return frame


def _now() -> float:
    return asyncio.get_running_loop().time()
