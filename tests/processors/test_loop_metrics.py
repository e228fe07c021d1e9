"""Times to the first byte are those of the event loop, whatever the wall clock says."""

import asyncio

from pipecat.metrics.metrics import MetricsData, TTFATMetricsData, TTFBMetricsData

from processors.loop_metrics import LoopMetrics


async def test_both_times_are_taken_by_the_loop() -> None:
    metrics = LoopMetrics()
    metrics.set_core_metrics_data(MetricsData(processor="Model"))
    await asyncio.sleep(10)
    await metrics.start_ttfb_metrics(report_only_initial_ttfb=False)
    await asyncio.sleep(0.25)
    first = await metrics.stop_ttfb_metrics()
    await asyncio.sleep(0.25)
    answer = await metrics.stop_ttfat_metrics()
    assert first is not None
    assert answer is not None
    (byte,), (token,) = first.data, answer.data
    assert isinstance(byte, TTFBMetricsData)
    assert isinstance(token, TTFATMetricsData)
    assert (round(byte.value, 6), round(token.ttfat, 6)) == (0.25, 0.5)
