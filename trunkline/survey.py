"""Every pipeline file looked over at once: what each line will make of a call, and which files are wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trunkline import loader
from trunkline.errors import LineError
from trunkline.inspection import Plan, inspect
from trunkline.settings import Settings
from trunkline.vendors import Vendors


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found in pipeline files."""

    plans: tuple[tuple[Path, Plan], ...]
    """The files that answer a phone, and how."""
    wrong: tuple[LineError, ...]
    """What keeps the others from it."""


async def survey(paths: Sequence[Path], settings: Settings) -> Survey:
    """Load and compose the lines of files and folders (none for the usual folder). Needs no key."""
    loaded, wrong = loader.load_all(loader.find(paths))
    plans = []
    vendors = Vendors(settings)
    try:
        for one in loaded:
            try:
                plans.append((one.path, inspect(one.line, one.path, vendors)))
            except LineError as error:
                wrong.append(error)
    finally:
        await vendors.close()
    return Survey(tuple(plans), tuple(wrong))
