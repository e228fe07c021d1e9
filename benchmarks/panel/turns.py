"""Whether the agent answers, how soon, and whether it lets the caller finish."""

from collections.abc import Iterator

from benchmarks.panel.floor import yields_at
from benchmarks.panel.marks import FLOOR, Kind, Mark, Recording
from benchmarks.panel.sound import Stretch

TURNS = (Kind.TURN, Kind.INTERRUPTION)


def responses(recording: Recording) -> list[float | None]:
    """Response latency of each turn, in seconds; ``None`` where there was no response.

    From the caller's last sound to the agent's first one behind it (tau-voice: L_R), if that comes before the
    caller has to speak again (R_R). Turns and interruptions count; those at whose end the agent talks do not,
    unless it was interrupted and yields (:func:`benchmarks.panel.floor.yields`).
    """
    return [latency for _, latency in answered(recording)]


def answered(recording: Recording) -> Iterator[tuple[Mark, float | None]]:
    """Each turn that counts, with its response latency."""
    for mark, sound in recording.of_kind(*TURNS):
        if _talked_through(recording, sound):
            continue
        again = _next_turn(recording, sound)
        first = next(iter(recording.agent.onsets(sound.end, again)), None)
        # The last turn of a call that is over before anybody has sounded again says nothing.
        if first is not None or again < float("inf"):
            yield mark, None if first is None else first - sound.end


def talked_over(recording: Recording) -> list[bool]:
    """Of each turn, whether the agent began to talk while the caller was talking (tau-voice: I_A).

    The caller's pauses inside a turn are not talking, if they are longer than 0.2 s; see :func:`cut_off`.
    """
    return [
        any(
            recording.agent.onsets(max(part.start, sound.start), min(part.end, sound.end))
            for part in recording.caller.stretches
            if part.start < sound.end and part.end > sound.start
        )
        for _, sound in recording.of_kind(*TURNS)
    ]


def cut_off(recording: Recording) -> list[bool]:
    """Of each turn with a pause inside, whether the agent began to talk before it was over.

    A pause within a sentence or a number is no end of a turn.
    """
    return [
        bool(recording.agent.onsets(sound.start, sound.end))
        for mark, sound in recording.of_kind(Kind.TURN)
        if mark.paused
    ]


def _talked_through(recording: Recording, sound: Stretch) -> bool:
    talking = recording.agent.at(sound.end)
    return talking is not None and (talking.start > sound.start or yields_at(recording, sound.start) is None)


def _next_turn(recording: Recording, sound: Stretch) -> float:
    starts = (later.start for _, later in recording.of_kind(*FLOOR) if later.start > sound.end)
    return next(starts, float("inf"))
