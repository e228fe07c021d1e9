"""A campaign: whom a line calls, how fast, and how often it tries."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from trunkline.campaigns.pacing import Pacing
from trunkline.campaigns.retries import Retries

NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,59}$")

NAMESPACE = uuid.UUID("8b1c6f0e-6a0f-5d3c-9f5e-3f1f2a7f4d51")
"""Of the ids of attempts; made once, never changed."""


class State(Enum):
    """Where a campaign stands."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a campaign is, whoever runs it.

    Raises:
        ValueError: the name does not fit.
    """

    name: str
    line: str
    """Name of the line that calls."""
    file: str = ""
    """Path of that line's pipeline file."""
    pacing: Pacing = field(default_factory=Pacing)
    retries: Retries = field(default_factory=Retries)
    state: State = State.RUNNING
    reason: str = ""
    """Why it paused, if nobody asked it to."""
    started_at: datetime | None = None
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        if not NAME.match(self.name):
            raise ValueError(
                f"a campaign cannot be called {self.name!r}; expected lower-case letters, digits and dashes, "
                "up to 60, as in spring-recall"
            )


@dataclass(frozen=True, slots=True)
class Due:
    """An attempt that is to be made, or goes on."""

    id: str
    campaign: str
    line: str
    contact: int
    number: str
    data: dict[str, Any]
    is_paused: bool = False
    """Whether its campaign is."""


def attempt_id(campaign: str, contact: int, n: int) -> str:
    """The id of a contact's ``n``-th attempt: the same for everybody who asks, at any time.

    It names the attempt, its workflow and its dial, so what was begun under it is found again, and cannot be
    begun twice. Nothing of the person is in it.
    """
    return uuid.uuid5(NAMESPACE, f"{campaign}/{contact}/{n}").hex
