"""Who keeps the floor: the agent yields to the caller, and to nothing else."""

from benchmarks.panel.marks import Kind, Recording

YIELD_WINDOW = 2.0
"""Seconds from the onset of an interruption in which the agent is to stop (tau-voice: no-yield window)."""

STOP_WINDOW = 1.0
"""Seconds in which stopping is a mistake (tau-voice: yield windows of backchannels, tics, side speech)."""

RESPONSE_WINDOW = 2.0
"""Seconds in which an answer to what was not meant for the agent is a mistake (tau-voice, likewise)."""


def yields(recording: Recording) -> list[float | None]:
    """Yield latency of each interruption, in seconds; ``None`` where the agent did not yield.

    From the caller's first sound to the agent's last one (tau-voice: L_Y), if that comes within 2 s (R_Y).
    Only interruptions of an agent that is talking count.
    """
    return [
        yields_at(recording, sound.start)
        for _, sound in recording.of_kind(Kind.INTERRUPTION)
        if recording.agent.at(sound.start)
    ]


def yields_at(recording: Recording, onset: float, window: float = YIELD_WINDOW) -> float | None:
    """Seconds from a moment at which the agent talks until it stops; ``None`` if it talks for longer."""
    talking = recording.agent.at(onset)
    if talking is None or talking.end - onset > window or talking.end >= recording.agent.seconds:
        return None
    return talking.end - onset


def ignored(recording: Recording, kind: Kind) -> list[bool]:
    """Of each sound that was not meant for the agent, whether it was ignored (tau-voice: S_BC, S_VT, S_ND).

    An agent that is talking ignores it by talking on from its onset to 1 s after its end (tau-voice counts
    from the onset only); one that is silent by staying so until 2 s after its end.
    """
    return [_ignored(recording, sound.start, sound.end) for _, sound in recording.of_kind(kind)]


def _ignored(recording: Recording, onset: float, end: float) -> bool:
    if recording.agent.at(onset):
        return yields_at(recording, onset, end + STOP_WINDOW - onset) is None
    return not recording.agent.onsets(onset, end + RESPONSE_WINDOW)
