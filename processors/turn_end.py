"""What decides that the caller's turn is over: detectors that a line chooses by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipecat.turns.user_stop import BaseUserTurnStopStrategy

    from processors.deepgram import Deepgram
    from processors.listening_stage import ListeningStage
    from processors.patience import Expectation, Patience

SURE = 0.9
"""Confidence at which Flux ends a turn while a number, a name or an address is expected."""

PATIENT_MS = 4000
"""Milliseconds of silence after which it does so in any case."""

# Each imports what it needs when a call does: a line must not import pipecat.


class TurnEnd(ABC):
    """One detector; made by :func:`endpointing`, :func:`flux` or :func:`smart_turn`."""

    @abstractmethod
    def stop_strategies(self, patience: Patience) -> list[BaseUserTurnStopStrategy]:
        """What decides in pipecat's user aggregator; new ones for each call."""

    @abstractmethod
    def stt(self, deepgram: Deepgram, options: Mapping[str, Any]) -> ListeningStage:
        """The stage that hears what this detector needs to know.

        Args:
            deepgram: opens its sockets.
            options: those of :class:`~processors.deepgram_stt.DeepgramSTT`, as a pipeline file gives them;
                what another recogniser has no use for is left out.
        """

    def expect(self, stage: ListeningStage, expected: Expectation | None) -> None:
        """Have the stage listen for what the caller was asked for; None for nothing in particular."""
        return  # most have nothing to change

    def __repr__(self) -> str:
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in type(self).__name__).lstrip("_")
        given = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)  # type: ignore[arg-type]
            if field.default is MISSING or getattr(self, field.name) != field.default
        )
        return f"{name}({', '.join(given)})"


@dataclass(frozen=True, slots=True, repr=False)
class Endpointing(TurnEnd):
    """Deepgram's endpoint: a silence, by a recogniser that also looks at the words."""

    ms: int = 300
    """Milliseconds of silence."""
    utterance_end_ms: int = 1000
    """Milliseconds without words, for a caller in noise."""
    eager: bool = False
    """Whether the model is asked at each pause already; its reply is held until the turn is over."""

    def __post_init__(self) -> None:
        _check(self, "ms", 10, 5000)
        _check(self, "utterance_end_ms", 1000, 5000)

    def stop_strategies(self, patience: Patience) -> list[BaseUserTurnStopStrategy]:
        from processors.turn_taking import EndpointingTurnStop

        return [EndpointingTurnStop(patience, eager=self.eager)]

    def stt(self, deepgram: Deepgram, options: Mapping[str, Any]) -> ListeningStage:
        from processors.deepgram_stt import DeepgramSTT

        given = {"endpointing_ms": self.ms, "utterance_end_ms": self.utterance_end_ms, **options}
        return DeepgramSTT(deepgram, **given)


@dataclass(frozen=True, slots=True, repr=False)
class Flux(TurnEnd):
    """Deepgram's Flux: a recogniser that knows by the words and the voice when somebody has done."""

    eot_threshold: float = 0.7
    """Confidence at which the turn is over."""
    eager_eot_threshold: float | None = None
    """Confidence at which the model is asked already; its reply is held until the turn is over."""
    eot_timeout_ms: int = 5000
    """Milliseconds of silence after which it is over in any case."""

    def __post_init__(self) -> None:
        # The ranges of /v2/listen; what it refuses costs a call its ears.
        _check(self, "eot_threshold", 0.5, 1.0)
        _check(self, "eot_timeout_ms", 500, 60_000)
        if self.eager_eot_threshold is not None:
            _check(self, "eager_eot_threshold", 0.3, 0.9)
            if self.eager_eot_threshold > self.eot_threshold:
                raise ValueError(f"{self!r}: what is eager comes first; expected a lower eager_eot_threshold")

    def stop_strategies(self, patience: Patience) -> list[BaseUserTurnStopStrategy]:
        from processors.turn_taking import EndpointingTurnStop

        return [EndpointingTurnStop(patience)]

    def stt(self, deepgram: Deepgram, options: Mapping[str, Any]) -> ListeningStage:
        from processors.flux_stt import FluxSTT

        thresholds = {field.name: getattr(self, field.name) for field in fields(self)}
        return FluxSTT(deepgram, **{**thresholds, **_for_flux(options)})

    def expect(self, stage: ListeningStage, expected: Expectation | None) -> None:
        from processors.flux_stt import FluxSTT

        if isinstance(stage, FluxSTT):
            asked = expected is not None
            stage.configure(
                eot_threshold=max(SURE, self.eot_threshold) if asked else self.eot_threshold,
                eot_timeout_ms=min(PATIENT_MS, self.eot_timeout_ms) if asked else self.eot_timeout_ms,
            )


@dataclass(frozen=True, slots=True, repr=False)
class SmartTurn(TurnEnd):
    """pipecat's smart-turn: a small model that hears in the last seconds whether somebody has done."""

    threshold: float = 0.5
    """Probability from which the turn is over."""
    wait: float = 2.0
    """Seconds of silence that a caller has who has not done."""
    fallback: float = 0.6
    """Seconds of silence that end a turn when the model has no time to judge."""

    def __post_init__(self) -> None:
        _check(self, "threshold", 0.05, 0.95)
        _check(self, "wait", 0.3, 4.0)
        _check(self, "fallback", 0.2, 4.0)

    def stop_strategies(self, patience: Patience) -> list[BaseUserTurnStopStrategy]:
        from processors.turn_stop_smart import SmartTurnStop

        return [SmartTurnStop(patience, threshold=self.threshold, wait=self.wait, fallback=self.fallback)]

    def stt(self, deepgram: Deepgram, options: Mapping[str, Any]) -> ListeningStage:
        from processors.smart_turn_stt import SmartTurnSTT

        return SmartTurnSTT(deepgram, **options)


def endpointing(ms: int = 300, utterance_end_ms: int = 1000, *, eager: bool = False) -> Endpointing:
    """The turn is over at Deepgram's endpoint.

    Args:
        ms: silence after which Nova takes speech for finished; 10 to 5000.
        utterance_end_ms: time without words after which it does so in noise; 1000 to 5000.
        eager: whether the model is asked at the pause already, and its reply held.

    Raises:
        ValueError: an argument is out of its range.
    """
    return Endpointing(ms, utterance_end_ms, eager)


def flux(
    eot_threshold: float = 0.7, eager_eot_threshold: float | None = None, eot_timeout_ms: int = 5000
) -> Flux:
    """The turn is over when Deepgram's Flux says so.

    Args:
        eot_threshold: confidence at which it does; 0.5 to 1.
        eager_eot_threshold: confidence at which the model is asked already, 0.3 to 0.9; None for never.
        eot_timeout_ms: silence after which the turn is over in any case; 500 to 60,000.

    Raises:
        ValueError: an argument is out of its range.
    """
    return Flux(eot_threshold, eager_eot_threshold, eot_timeout_ms)


def smart_turn(threshold: float = 0.5, wait: float = 2.0, fallback: float = 0.6) -> SmartTurn:
    """The turn is over when a model of this process hears in the voice that it is.

    Args:
        threshold: probability from which it is; 0.05 to 0.95.
        wait: seconds of silence that a caller has who has not done; 0.3 to 4.
        fallback: seconds of silence that end a turn when the process has no time to judge; 0.2 to 4.

    Raises:
        ValueError: an argument is out of its range.
    """
    return SmartTurn(threshold, wait, fallback)


NAMES = "endpointing(ms), flux(eot_threshold) or smart_turn(threshold)"
"""What a line may choose."""


def _check(turn_end: TurnEnd, what: str, least: float, most: float) -> None:
    value = getattr(turn_end, what)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        name = repr(turn_end).partition("(")[0]
        raise ValueError(f"{name} has {what}={value!r}; expected {least:g} to {most:g}")


def _for_flux(options: Mapping[str, Any]) -> dict[str, Any]:
    """What Flux understands of the options of Nova's stage: languages choose its model."""
    kept = {name: options[name] for name in ("keyterms", "language_hints", "stock") if name in options}
    kept |= {name: value for name, value in options.items() if name.startswith(("eot_", "eager_"))}
    language = str(options.get("language", "en")).lower()
    model = str(options.get("model", ""))
    if model.startswith("flux"):
        return {**kept, "model": model}
    if language.split("-")[0] == "en":
        return {**kept, "model": "flux-general-en"}
    hints = {} if language == "multi" or "language_hints" in kept else {"language_hints": (language,)}
    return {**kept, **hints, "model": "flux-general-multi"}
