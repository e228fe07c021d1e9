"""What a server writes into its log while calls go on: no secret, nobody's number, nobody's words."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from loguru import logger

from trunkline.sandbox.phrases import load as phrases
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import StreamStarted

if TYPE_CHECKING:
    from loguru import Message, Record

FEW_WORDS = 2
"""A phrase of no more words may stand in a log by chance."""


class Discretion:
    """Listens to the log of this project's own packages while it is entered.

    Args:
        secrets: that must not be written.
    """

    def __init__(self, *secrets: str) -> None:
        self.records: list[Record] = []
        self.expects_errors = False
        """Whether the test provokes a fault of our own."""
        self._secrets = set(secrets)

    def __enter__(self) -> Self:
        self._sink = logger.add(self._keep, level="DEBUG", filter=_ours, format="{message}")
        return self

    def __exit__(self, *_: object) -> None:
        logger.remove(self._sink)

    def _keep(self, message: "Message") -> None:
        self.records.append(message.record)

    @property
    def lines(self) -> list[str]:
        """What was written at INFO and above."""
        return [record["message"] for record in self.records if record["level"].no >= logger.level("INFO").no]

    def check(self, phones: Iterable[Phone]) -> None:
        """Fail if anything was written that should not be, seen what these phones know."""
        private = self._secrets | {text for text in phrases() if len(text.split()) > FEW_WORDS}
        for phone in phones:
            private |= {phone.call.from_, phone.call.to}
            private |= {v for started in phone.log.of(StreamStarted) for v in started.parameters.values()}
        told = [line for line in self.lines for secret in private if secret.lower() in line.lower()]
        assert told == []
        errors = [r["message"] for r in self.records if r["level"].no >= logger.level("ERROR").no]
        assert self.expects_errors or errors == []


def _ours(record: "Record") -> bool:
    return not (record["name"] or "").startswith("pipecat")
