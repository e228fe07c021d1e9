"""Whether everybody was called the right number of times."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.campaigns import chance
from trunkline.campaigns.models import AttemptRow, ContactRow


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the carrier saw, against what should have been."""

    contacts: int
    calls: int
    """Calls that the carrier made."""
    doubles: int
    """Calls to a number that was being called; expected 0."""
    repeated: int
    """Orders that came twice; expected 0."""
    unfinished: int
    """Contacts without a final outcome; expected 0."""
    wrong: int
    """Contacts that were called too often or too seldom; expected 0."""
    misremembered: int
    """Attempts whose outcome is kept otherwise than it was; expected 0."""
    in_doubt: int
    """Attempts that a kill has left in doubt: the order may or may not have reached the carrier."""
    at_once: int
    """The most calls that went on at a time."""

    @property
    def holds(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.doubles or self.repeated or self.unfinished or self.wrong or self.misremembered)


async def judge(url: str, ledger: Mapping[str, Any], seed: int) -> Verdict:
    """Compare the carrier's ledger with the store, and both with the people's seeded behaviour."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        contacts = (await connection.execute(select(ContactRow).order_by(ContactRow.id))).all()
        attempts = (await connection.execute(select(AttemptRow).order_by(AttemptRow.n))).all()
    await engine.dispose()
    of = defaultdict(list)
    for attempt in attempts:
        of[attempt.contact].append(attempt)
    truth = {call["id"]: call["outcome"] for call in ledger["calls"]}
    made = Counter(call["number"] for call in ledger["calls"])
    return Verdict(
        contacts=len(contacts),
        calls=len(ledger["calls"]),
        doubles=len(ledger["doubles"]),
        repeated=len(ledger["calls"]) - len(truth),
        unfinished=sum(contact.state != "done" for contact in contacts),
        wrong=sum(
            not _right(seed, contact, of[contact.id], made[contact.number], truth) for contact in contacts
        ),
        misremembered=sum(
            one.outcome != "unknown" and one.outcome != truth.get(one.id, "never made") for one in attempts
        ),
        in_doubt=sum(one.outcome == "unknown" for one in attempts),
        at_once=ledger["at_once"],
    )


def _right(seed: int, contact: Any, attempts: list[Any], made: int, truth: Mapping[str, str]) -> bool:
    """Whether somebody was called as often as was right, by all that could be known."""
    outcomes = [str(attempt.outcome) for attempt in attempts]
    if "unknown" not in outcomes:
        return made == len(outcomes) == chance.calls(seed, contact.number)
    # Each retry was due by what was known then, the last attempt was the last, and none was made unseen.
    ends = [chance.RETRIES.after(outcomes[n], outcomes[: n + 1]) is None for n in range(len(outcomes))]
    return made == sum(attempt.id in truth for attempt in attempts) and ends == [False] * (len(ends) - 1) + [
        True
    ]
