"""What two channels of a call tell of how it was led: pure functions of sound, and of what was meant by it.

The metrics, their windows and their names are those of tau-voice (sierra-research/tau2-bench,
``docs/interaction-metrics.md``), taken from sound in frames of 5 ms instead of ticks of 200 ms, with three of
our own: false cut-offs, dead air, and words that the agent takes for heard.
"""
