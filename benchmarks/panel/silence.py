"""Dead air: nobody sounds though it is the agent's turn."""

from collections.abc import Iterator

from benchmarks.panel.marks import Kind, Recording

NOTABLE = 1.0
"""Seconds of silence from which a caller wonders whether anybody is there."""

EXPECTING = (Kind.TURN, Kind.INTERRUPTION, Kind.PROMPT)


def dead_air(recording: Recording) -> float:
    """Seconds of silence in which the caller waits for the agent.

    Silences longer than 1 s, up to the next sound of either party, that follow a turn of the caller, or any
    sound of the caller that made the agent stop. The silence after an agent's own last word is the caller's.
    """
    return sum(_silences(recording))


def _silences(recording: Recording) -> Iterator[float]:
    agent = recording.agent
    for mark, sound in recording.sounds:
        began = agent.at(sound.start)
        if mark.kind not in EXPECTING and (began is None or _talks_on(recording, sound.end)):
            continue
        since = max(sound.end, began.end if began else 0.0)
        # Both channels are silent from here on; the call's end is nobody's silence.
        following = [s.start for c in (agent, recording.caller) for s in c.stretches if s.start >= since]
        silence = min(following, default=since) - since
        if silence > NOTABLE and not agent.at(since) and not recording.caller.at(since):
            yield silence


def _talks_on(recording: Recording, end: float) -> bool:
    """Whether the agent talks on behind a sound for long enough to have ignored it."""
    talking = recording.agent.at(end)
    return talking is not None and talking.end - end > NOTABLE
