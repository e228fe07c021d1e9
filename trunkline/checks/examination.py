"""All checks: what needs the network at once, the rest before it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from trunkline.checks import environment, files
from trunkline.checks.finding import Finding
from trunkline.checks.public_url import public_url
from trunkline.checks.twilio import twilio
from trunkline.checks.vendors import deepgram, openai
from trunkline.settings import Settings
from trunkline.survey import survey


async def examine(settings: Settings, paths: Sequence[Path] = ()) -> list[Finding]:
    """Check everything that a call will need.

    Args:
        settings: of the process.
        paths: pipeline files and folders; none for the usual folder.
    """
    # Importing pipeline files holds the loop: done first, so that no answer is waited for meanwhile.
    lines = await survey(paths, settings)
    stored = await files.database(settings)
    account, *vendors = await asyncio.gather(
        twilio(settings, [plan.line for _, plan in lines.plans]),
        deepgram(settings),
        openai(settings),
        public_url(settings),
    )
    return [
        environment.python(),
        *environment.settings(settings),
        stored,
        *files.pipelines(lines),
        *account,
        *vendors,
        environment.spoken(),
    ]
