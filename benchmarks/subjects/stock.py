"""Stock pipecat: :mod:`benchmarks.stock_bot` on uvicorn, all calls in this process.

    .venv-stock/bin/python -m benchmarks.subjects.stock --port 0

Runs in an environment of its own (``stock.txt``); where a package is missing it says so and exits with 3.
"""

import argparse
import asyncio
import sys
from os import environ
from typing import Any

MISSING = 3
"""Exit code."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Stock pipecat, as its documentation composes a Twilio bot.")
    parser.add_argument("--port", type=int, default=0, help="to listen on (default: a free one)")
    port = parser.parse_args().port
    try:
        from loguru import logger

        logger.remove()  # of a missing package pipecat logs more than the one line that is ours
        import uvicorn

        from benchmarks.stock_bot import Vendors, application
    except ImportError as error:
        found = f"{type(error).__name__}: {error}"
        sys.stderr.write(f"{found}; stock pipecat needs what stands in benchmarks/subjects/stock.txt\n")
        return MISSING
    logger.add(sys.stderr, level="WARNING")
    vendors = Vendors(
        deepgram_url=environ["DEEPGRAM_BASE_URL"],
        deepgram_key=environ["DEEPGRAM_API_KEY"],
        openai_url=environ["OPENAI_BASE_URL"],
        openai_key=environ["OPENAI_API_KEY"],
    )
    config = uvicorn.Config(
        application(vendors), host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1
    )
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(uvicorn.Server(config)))
    return 0


async def _serve(server: Any) -> None:
    from benchmarks.probe import Probe

    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
        await asyncio.sleep(0.01)
    await Probe().serve(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    await serving


if __name__ == "__main__":
    sys.exit(main())
