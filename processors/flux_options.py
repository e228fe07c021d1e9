"""What a phone line asks of ``/v2/listen``, at first and while it listens."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from processors.frames import RATE

MULTILINGUAL = "flux-general-multi"
"""The one model that takes hints of languages, and says which it heard."""

KEYTERMS = 100
"""Keyterms that Deepgram takes at most (Flux: configure)."""

LIMITS = {"eot_threshold": (0.5, 1.0), "eager_eot_threshold": (0.3, 0.9), "eot_timeout_ms": (500, 60_000)}
"""What Deepgram takes, least and most (Flux: end-of-turn configuration)."""


@dataclass(frozen=True, slots=True)
class FluxOptions:
    """All of a line's wishes; :func:`dataclasses.replace` makes others of it.

    Raises:
        ValueError: Deepgram would refuse them; says which one, and what it takes.
    """

    model: str = "flux-general-en"
    eot_threshold: float = 0.7
    """Confidence at which a turn is over; 1.0 leaves it to ``eot_timeout_ms`` and ``ForceEndTurn``."""
    eager_eot_threshold: float | None = None
    """Confidence at which a turn is probably over; None if nobody wants to know."""
    eot_timeout_ms: int = 5000
    """Milliseconds of silence after which a turn is over, whatever it sounded like."""
    keyterms: tuple[str, ...] = ()
    """Words to be expected."""
    language_hints: tuple[str, ...] = ()
    """BCP 47, of the languages to be expected; none for any of those that the model knows."""

    def __post_init__(self) -> None:
        for name, (least, most) in LIMITS.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise ValueError(f"{name} is {value}; Flux takes {least} to {most}")
        if self.eager_eot_threshold is not None and self.eager_eot_threshold > self.eot_threshold:
            raise ValueError(
                f"eager_eot_threshold is {self.eager_eot_threshold}, which is more than "
                f"eot_threshold ({self.eot_threshold}); expected at most as much"
            )
        if len(self.keyterms) > KEYTERMS:
            raise ValueError(f"{len(self.keyterms)} keyterms; Flux takes {KEYTERMS} at most")
        if self.language_hints and self.model != MULTILINGUAL:
            raise ValueError(f"language_hints need the model {MULTILINGUAL!r}, found {self.model!r}")

    def but(self, **changes: Any) -> "FluxOptions":
        """The same with some changes; what is None stays as it is.

        Raises:
            ValueError: Deepgram would refuse them, or cannot change that on an open socket.
        """
        named = {field.name for field in fields(self)} - {"model"}
        if unknown := changes.keys() - named:
            raise ValueError(f"Flux cannot change {sorted(unknown)} while it listens; it can {sorted(named)}")
        given = {name: value for name, value in changes.items() if value is not None}
        for name in ("keyterms", "language_hints"):
            if name in given:
                given[name] = terms(given[name])
        return replace(self, **given)

    def connect(self) -> dict[str, Any]:
        """Arguments of the SDK's ``listen.v2.connect``."""
        options: dict[str, Any] = {"model": self.model, "encoding": "mulaw", "sample_rate": RATE}
        options |= self._thresholds()
        if self.keyterms:
            options["keyterm"] = list(self.keyterms)
        if self.language_hints:
            options["language_hint"] = list(self.language_hints)
        return options

    def configure(self, before: "FluxOptions") -> dict[str, Any]:
        """The ``Configure`` message that makes these of those before."""
        changed = {
            name: value for name, value in self._thresholds().items() if value != getattr(before, name)
        }
        message: dict[str, Any] = {"type": "Configure"}
        if changed:
            message["thresholds"] = changed
        for name in ("keyterms", "language_hints"):
            if getattr(self, name) != getattr(before, name):
                message[name] = list(getattr(self, name))
        return message

    def _thresholds(self) -> dict[str, Any]:
        return {name: value for name in LIMITS if (value := getattr(self, name)) is not None}


def terms(given: Sequence[str]) -> tuple[str, ...]:
    """A list of words, each once, in order; a single word is not its letters."""
    return tuple(dict.fromkeys((given,) if isinstance(given, str) else given))
