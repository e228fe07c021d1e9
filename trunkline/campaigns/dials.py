"""What a campaign needs of whoever places its calls."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from trunkline.campaigns.campaign import Due


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of an attempt."""

    outcome: str
    """One of :data:`trunkline.calls.dials.OUTCOMES`, ``unknown``, ``refused``, or one of
    :data:`trunkline.campaigns.retries.UNCOUNTED`."""
    sid: str | None = None
    """The call's."""
    reason: str = ""
    """Why there was no call; without a number in it."""
    again_at: datetime | None = None
    """Not before that, if there is another attempt."""
    halt: str = ""
    """Why no other contact can be called either; the campaign pauses."""


class Full(Exception):
    """No call can be made at this moment, and nobody was called; ask again."""


class Dials(Protocol):
    """Places calls, each at most once, and knows what came of them."""

    async def dial(self, due: Due) -> Ended | None:
        """Call a contact, unless that was begun before.

        The attempt's id is the dial's: it is written down before the carrier is asked, and who finds it
        written does not ask. So this may be called again, by any process, after any accident. Returns when
        the call is on its way, or may be; or what came of it where that is known at once.

        Raises:
            Full: not at this moment.
        """

    async def ended(self, ids: Collection[str]) -> Mapping[str, Ended]:
        """Those of the attempts that are over, and how.

        An attempt of which nobody knows whether the carrier was asked is over when the carrier says so, or
        when any call that could have come of it must be.
        """
