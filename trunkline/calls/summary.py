"""A kept call in figures, and as plain values for other programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any, Self

from trunkline.calls.models import CallRow, TurnRow
from trunkline.waterfall import SEGMENTS, Waterfall, quantiles

SHOWN = 3
"""Last characters of a caller's number that stay when it is masked."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One call in figures."""

    started_at: datetime
    """Aware, in UTC."""
    seconds: float | None
    """From the first webhook to the end; None while the call has none."""
    turns: int
    """Turns in which the caller spoke."""
    reply_ms: float | None
    """Median of what the caller waited for a reply; None when no reply was measured."""

    @classmethod
    def of(cls, call: CallRow) -> Self:
        started, ended = aware(call.started_at), call.ended_at
        replies = [turn.total_ms for turn in call.turns if turn.total_ms is not None]
        return cls(
            started_at=started,
            seconds=(aware(ended) - started).total_seconds() if ended else None,
            turns=sum(bool(turn.caller) for turn in call.turns),
            reply_ms=median(replies) if replies else None,
        )


def aware(at: datetime) -> datetime:
    """A time of the store with its zone; SQLite forgets it."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def masked(caller: str) -> str:
    """A caller without what identifies a person; a word such as ``anonymous`` stays."""
    return caller if caller.isalpha() else f"•••{caller[-SHOWN:]}"


def waterfall(turn: TurnRow) -> Waterfall | None:
    """Where the time before a reply went; None when it was not measured."""
    if turn.total_ms is None:
        return None
    spent = {name: getattr(turn, f"{name}_ms") or 0.0 for name in SEGMENTS}
    return Waterfall(**spent, played=turn.played_ms)


def waterfalls(call: CallRow) -> list[Waterfall]:
    """Those of a call's replies that were measured."""
    return [found for turn in call.turns if (found := waterfall(turn)) is not None]


def _parts(turn: TurnRow) -> dict[str, float | None]:
    """Milliseconds of each segment; empty when the reply was not measured."""
    found = waterfall(turn)
    return {} if found is None else {**found.parts(), "played": found.played}


def plain(call: CallRow, caller: str) -> dict[str, Any]:
    """A call for other programs, without its turns.

    Args:
        call: the call.
        caller: the caller's number, as it may be shown.
    """
    figures = Summary.of(call)
    return {
        "call": call.sid,
        "line": call.line,
        "caller": caller,
        "called": call.called,
        "direction": call.direction,
        "started_at": figures.started_at.isoformat(),
        "seconds": figures.seconds,
        "turns": figures.turns,
        "outcome": call.outcome,
        "reason": call.reason,
        "voicemail": call.voicemail,
        "recording": call.recording,
        "reply_ms": figures.reply_ms,
        "cost_usd": call.cost_usd,
        "cost": call.cost,
        "purged_at": aware(call.purged_at).isoformat() if call.purged_at else None,
        "segments_ms": {
            name: {"p50": q.p50, "p95": q.p95} for name, q in quantiles(waterfalls(call)).items()
        },
    }


def transcript(turns: Sequence[TurnRow]) -> list[dict[str, Any]]:
    """The turns of a call for other programs."""
    return [
        {
            "turn": turn.index,
            "at": aware(turn.at).isoformat(),
            "caller": turn.caller,
            "agent": turn.agent,
            "interrupted": turn.interrupted,
            "stage": turn.stage,
            "caller_at_ms": turn.caller_at_ms,
            "agent_at_ms": turn.agent_at_ms,
            "tools": turn.tools,
            "reply_ms": turn.total_ms,
            "parts_ms": _parts(turn),
        }
        for turn in turns
    ]
