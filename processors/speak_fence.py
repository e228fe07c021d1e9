"""What keeps a cancelled reply from being heard: Aura's audio does not say what it belongs to."""

QUIET = 0.25
"""Seconds without audio after which a cleared socket is taken for silent: more than its longest chunk."""

OVERDUE = 1.0
"""Seconds after which ``Cleared`` is not to be expected any more."""


class Fence:
    """Stands on one socket, between what was cancelled and what is said next.

    Up from Clear to Cleared, and everything that comes meanwhile is of the past (Deepgram: Clear). A vendor
    that has not stopped by then gives itself away while the socket should be quiet. Times are seconds.
    """

    def __init__(self) -> None:
        self.is_up = False
        self.is_breached = False
        """Whether audio came although everything was cleared: the socket is not to be trusted."""
        self.quiet_at = float("-inf")
        """When the socket may be spoken on; nothing is known of it while the fence is up."""
        self.overdue_at = float("inf")
        """When to stop waiting for ``Cleared``."""
        self._cleared = False

    def clear(self, now: float) -> None:
        """Clear is on its way."""
        self.is_up = True
        self.overdue_at = now + OVERDUE

    def cleared(self, now: float) -> None:
        self.is_up = False
        self.overdue_at = float("inf")
        self._cleared = True
        self.quiet_at = now + QUIET

    def stale(self, now: float) -> None:
        """Audio came that nobody asked for."""
        self.quiet_at = now + QUIET
        self.is_breached = self.is_breached or (self._cleared and not self.is_up)

    def is_open(self, now: float) -> bool:
        """Whether the next audio can only be of what is said next."""
        return not (self.is_up or self.is_breached) and now >= self.quiet_at
