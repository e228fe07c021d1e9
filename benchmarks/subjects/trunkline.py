"""Trunkline, served as ``trunkline serve`` does.

python -m benchmarks.subjects.trunkline --port 0
python -m benchmarks.subjects.trunkline --conversation --store build/calls.db
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.probe import Probe
from trunkline import loader, logs, settings
from trunkline.commands.serving import loop_factory
from trunkline.loader import Loaded
from trunkline.settings import Settings

NO_LIMIT = 1000
"""Calls. What a core carries is to be seen, so none is refused."""

LINE = Path(__file__).parents[1] / "lines" / "front_desk.py"


async def serve(values: Settings, port: int, loaded: Sequence[Loaded]) -> None:
    """Answer the lines until stdin ends."""
    from trunkline import garbage  # behind the log's set-up: pipecat greets whoever imports it
    from trunkline.server.service import Service

    async with Service(values, loaded, port=port) as service:
        await service.vendors.prompts.ready()
        garbage.settle(service.switchboard)
        await Probe().serve(int(service.url.rpartition(":")[2]))


def lines(*, conversation: bool) -> list[Loaded]:
    """The front desk, or those of the scorecard, a policy each."""
    if not conversation:
        return loader.load_all([LINE])[0]
    from benchmarks.lines.conversation import POLICIES, line  # imports pipecat

    return [Loaded(LINE.with_name("conversation.py"), line(*policy)) for policy in POLICIES.items()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="to listen on; 0 takes a free one (default)")
    parser.add_argument("--conversation", action="store_true", help="serve the scorecard's lines")
    parser.add_argument(
        "--store", type=Path, help="file to keep the calls in (default: none, they are dropped)"
    )
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        database = f"sqlite+aiosqlite:///{options.store or Path(folder) / 'calls.db'}"
        values = settings.load(
            _env_file=None, TRUNKLINE_DATABASE_URL=database, TRUNKLINE_MAX_CALLS=str(NO_LIMIT)
        )
        values.require()
        logs.configure("WARNING", logs.secrets(values))
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(serve(values, options.port, lines(conversation=options.conversation)))


if __name__ == "__main__":
    main()
