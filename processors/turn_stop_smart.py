"""A turn ends when a model hears in the voice that it does, and its words are there."""

from pipecat.frames.frames import Frame

from processors.frames import TurnJudgedFrame
from processors.patience import Patience
from processors.turn_stop import TurnStop


class SmartTurnStop(TurnStop):
    """Ends a turn at a pause that sounds like its end; a pause that does not is waited through.

    Without a judgement, the recogniser's endpoint counts, after a longer silence.

    Args:
        patience: what the caller is expected to say.
        threshold: probability from which the turn is over.
        wait: seconds of silence for a caller who has not done.
        fallback: seconds of silence after which the recogniser's endpoint counts.
    """

    def __init__(
        self, patience: Patience | None = None, *, threshold: float, wait: float, fallback: float
    ) -> None:
        super().__init__(patience)
        self._threshold = threshold
        self._wait = wait
        self._fallback = fallback
        self._likely: float | None = None
        self._is_judging = False
        self._is_worded = False

    async def handle_user_turn_stopped(self) -> None:
        await super().handle_user_turn_stopped()
        self._likely, self._is_judging, self._is_worded = None, False, False

    async def on_speech(self) -> None:
        self._likely, self._is_judging, self.silence = None, False, None

    async def on_pause(self) -> None:
        self._is_judging = True

    async def on_words(self) -> None:
        self._is_worded = False

    async def on_endpoint(self) -> None:
        self._is_worded = True
        await self._decide()

    async def on_frame(self, frame: Frame) -> None:
        if isinstance(frame, TurnJudgedFrame):
            self._likely, self._is_judging = frame.likely, False
            await self._decide()
            if self._likely is not None and not self._is_not_over:
                await self.ask_for_words()

    async def _decide(self) -> None:
        if self._is_judging or not (self._is_worded or self._is_not_over):
            return
        if self._likely is None:
            self.silence = self._fallback
        else:
            self.silence = self._wait if self._is_not_over else 0.0
        await self.reconsider()

    @property
    def _is_not_over(self) -> bool:
        return self._likely is not None and self._likely < self._threshold
