"""Speech to text by several vendors: what the first has not understood, the next is told again.

pipecat's ``ServiceSwitcher`` starts the next service at the packet that comes next: what the caller was
saying is lost with the first one's socket, and so are the ends of turns with a service that told of them.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from loguru import logger
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    ProposedUserStoppedSpeakingFrame,
    StartFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.stt_service import STTService
from pipecat.utils.errors import ErrorCategory

from processors import g711
from processors.circuit import Breakers
from processors.direct import DirectStage, HearingStage
from processors.ears import Ears, ServiceEars, Sign, StageEars, VADFrame, backlog
from processors.ears_row import EarsRow
from processors.errors import VendorError, VendorUnavailable
from processors.frames import RATE, CallerAudioFrame, FinalWordsFrame, LanguageFrame, TurnJudgedFrame
from processors.listening_stage import ListeningStage, spoken_language
from processors.standin import Candidate
from processors.turn_marks import TurnMarks

SETTLED = 1.0
"""Seconds behind the end of an utterance in which nothing more is said of it."""

SIGNS = 64
"""What the VAD said last, so many times: more than in the audio that anybody keeps."""

UP, DOWN = FrameDirection.UPSTREAM, FrameDirection.DOWNSTREAM

Waiting = bytes | VADFrame
"""What is kept for ears that are not ready: audio, and what the VAD says between it."""


class STTFailover(HearingStage):
    """Has the first listen as long as it works, and the next one while it does not.

    Whoever takes over hears the audio again from the last final words on. Nothing is spent on the others
    meanwhile. When the first may be tried again, it listens beside the other for an utterance, and has its
    place back between two of them. Where turns end is told by this stage, if a recogniser does not.

    Args:
        first: listens as long as it works.
        others: listen when it does not, in this order: stages of ours, or services of pipecat. A service
            that is not given as a function listens once in a call.
        breakers: of the process.
        moved: told who listens instead of the first.
    """

    def __init__(
        self, first: FrameProcessor, *others: Candidate, breakers: Breakers, moved: Callable[[str], None]
    ) -> None:
        super().__init__()
        self.first = first
        self.on_trouble: Callable[[bool], None] = lambda _: None
        """Told when what is said may be understood late, and when it will not."""
        self._row = EarsRow((first, *others), breakers, self._ears_of)
        self._moved = moved
        self._place = 0
        """Of the one who listens."""
        self._trial: Ears | None = None
        self._trial_is_open = False
        """Whether it has said words that it has not closed."""
        self._waiting: list[Waiting] | None = []
        self._signs: deque[Sign] = deque(maxlen=SIGNS)
        self._marks = TurnMarks(self._push_mark)
        self._looking: asyncio.TimerHandle | None = None
        self._in_trouble = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._language = ""
        self._over = False
        self._take: Callable[[bytes], object] = self._keep

    def can_generate_metrics(self) -> bool:
        return True

    # From the caller.

    def hear(self, frame: CallerAudioFrame) -> DirectStage | None:
        """Here it ends."""
        self._take(frame.mulaw)
        return None

    def _keep(self, mulaw: bytes) -> None:
        if self._waiting is not None:
            self._waiting.append(mulaw)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame) and direction is DOWN:
            self._audio(frame)
            return
        if isinstance(frame, FinalWordsFrame) and direction is UP:
            self._marks.sign(frame)
            await self._tell(frame, direction)
            return
        if isinstance(frame, StartFrame):
            await self.push_frame(frame, direction)
            self._begin()
            return
        if isinstance(frame, (EndFrame, CancelFrame)):
            self._stop()
        elif isinstance(frame, VADFrame) and direction is DOWN:
            self._sign(frame)
        elif isinstance(frame, LanguageFrame):
            self._language = frame.code
        await self._tell(frame, direction)
        await self.push_frame(frame, direction)
        if isinstance(frame, VADUserStoppedSpeakingFrame) and direction is DOWN and not self._ears_know_turns:
            await self.push_frame(TurnJudgedFrame(None))  # nobody hears in the voice whether it is over

    def _audio(self, frame: InputAudioRawFrame) -> None:
        if isinstance(frame, CallerAudioFrame):
            self._take(frame.mulaw)
        elif (frame.sample_rate, frame.num_channels) == (RATE, 1):
            self._take(g711.encode(frame.audio))

    def _sign(self, frame: VADFrame) -> None:
        self._marks.sign(frame)
        if self._waiting is not None:
            self._waiting.append(frame)
        else:
            self._signs.append((self._ears.place, frame))
        if isinstance(frame, VADUserStartedSpeakingFrame):
            self._look_later(None)

    async def _tell(self, frame: Frame, direction: FrameDirection) -> None:
        if self._waiting is None:
            await self._ears.tell(frame, direction)
        if self._trial is not None:
            await self._trial.tell(frame, direction)

    # What they make of it.

    async def _heard(self, place: int, frame: Frame, direction: FrameDirection) -> None:
        if self._over:
            return
        if isinstance(frame, ErrorFrame):
            await self._erred(place, frame)
        elif place != self._place:
            self._follow_trial(frame)
        elif not isinstance(frame, (TranscriptionFrame, InterimTranscriptionFrame)):
            if isinstance(frame, ProposedUserStoppedSpeakingFrame):
                self._turn_over()
            await self.push_frame(frame, direction)
        elif self._marks.words(frame):
            self._understood()
            await self.push_frame(frame, direction)

    def _understood(self) -> None:
        self._look_later(None)
        self._row.unable.clear()
        self._row.breaker(self._ears).succeeded()
        self._tell_trouble(False)

    async def _push_mark(self, frame: Frame) -> None:
        if isinstance(frame, ProposedUserStoppedSpeakingFrame):
            self._turn_over()
        await self.push_frame(frame)

    def _turn_over(self) -> None:
        self._marks.over()
        self._marks.is_needed = not self._ears_know_turns
        if self._place:
            self._look_later(SETTLED)

    async def _erred(self, place: int, frame: ErrorFrame) -> None:
        if frame.processor is not None and frame.processor.is_usable:
            if place == self._place:
                await self.push_frame(frame, UP)
            return
        error = frame.exception if isinstance(frame.exception, VendorError) else None
        self._lost(place, error or VendorUnavailable(self._row.made[place].name, f"failed ({frame.error})"))

    # Who listens.

    @property
    def _ears(self) -> Ears:
        return self._row.made[self._place]

    @property
    def _ears_know_turns(self) -> bool:
        return self._place not in self._row.made or self._ears.knows_turns

    def _begin(self) -> None:
        if isinstance(self.first, ListeningStage):
            self.first.back_up()
        first, place = self._row.candidate(0), 0
        if first is not None and not self._row.breaker(first).allows(self.get_event_loop().time()):
            self._row.unable.add(0)
            place = self._row.choose() or 0
            self._row.unable.clear()
        self._spawn(self._seat(place))

    def _ears_of(self, stage: FrameProcessor, place: int) -> Ears:
        async def made(frame: Frame, direction: FrameDirection) -> None:
            await self._heard(place, frame, direction)

        if isinstance(stage, ListeningStage):
            stage.on_trouble = lambda is_in_trouble: self._stage_changed(place, is_in_trouble)
            return StageEars(stage, self, made)
        if isinstance(stage, STTService):
            return ServiceEars(stage, self, made, spoken_language(self._spoken))
        raise TypeError(
            f"found a {type(stage).__name__} as ears; expected a stage that listens, or an STTService"
        )

    @property
    def _spoken(self) -> str:
        """The language of the call, as far as it is known."""
        choice = getattr(self.first, "choice", None)
        return self._language or (choice.current if choice is not None else "")

    async def _seat(self, place: int) -> None:
        """Have one start, and listen to what was kept."""
        self._place = place
        ears = self._ears
        if place:
            self._moved(ears.name)
        try:
            await self._row.start(ears)
        except Exception as error:
            self._lost(place, VendorUnavailable(ears.name, f"could not be started ({type(error).__name__})"))
            return
        if self._place == place and not self._over:
            await self._catch_up(ears)

    async def _catch_up(self, ears: Ears) -> None:
        self._marks.is_needed = not ears.knows_turns or self._marks.is_open
        self._marks.lost()
        waiting, self._waiting = self._waiting or [], None
        self._signs.clear()
        self._take = ears.hear
        await self._speak_of(ears)
        for item in waiting:
            if isinstance(item, bytes):
                ears.hear(item)
            else:
                self._signs.append((ears.place, item))
                await ears.tell(item, DOWN)

    async def _speak_of(self, ears: Ears) -> None:
        """Tell which language the call has come to be in."""
        if self._language:
            await ears.tell(LanguageFrame(self._language), DOWN)

    def _lost(self, place: int, error: VendorError) -> None:
        ears = self._row.made[place]
        self._row.breaker(ears).failed(error, self.get_event_loop().time())
        if ears is self._trial:
            self._trial = None
            self._take = self._ears.hear
            self._let_go(place)
        elif place == self._place and not self._over:
            self._keep_what_is_left(ears)
            self._row.unable.add(place)
            self._let_go(place)
            self._follow(error)

    def _keep_what_is_left(self, ears: Ears) -> None:
        """What is said is kept from now on, behind what nobody has understood so far."""
        self._tell_trouble(True)
        if self._waiting is None:
            self._waiting = backlog(ears.left_over(), ears.place, self._signs)
        self._take = self._keep
        self._trial = None  # it begins anew, with what was kept, if it is its turn

    def _follow(self, error: VendorError) -> None:
        follower = self._row.choose()
        if follower is None:
            self._marks.close()
            self._take = bytes.__len__  # nobody will ask for it
            self._spawn(self._report(error))
            return
        logger.warning("{}; {} listens instead", error, self._row.made[follower].name)
        self._spawn(self._seat(follower))

    async def _report(self, error: VendorError) -> None:
        category = ErrorCategory.UNKNOWN
        await self.push_error(str(error), exception=error, category=category, force_treat_as_permanent=True)

    def _let_go(self, place: int) -> None:
        self._spawn(self._row.rest(self._row.drop(place)))

    # The way back.

    def _look_later(self, seconds: float | None) -> None:
        """Look in so many seconds whether the first can have its place back; None: not now."""
        if self._looking is not None:
            self._looking.cancel()
        loop = self.get_event_loop()
        self._looking = None if seconds is None else loop.call_later(seconds, self._look)

    def _look(self) -> None:
        first = self._row.made.get(0)
        busy = self._over or self._waiting is not None or not self._marks.is_quiet
        if busy or self._place == 0 or first is None or not first.returns:
            return
        if self._trial is None:
            if self._row.breaker(first).allows(self.get_event_loop().time()):
                self._trial, self._trial_is_open = first, False
                self._spawn(self._try(first))
        elif first.is_proven and not self._trial_is_open:
            self._come_back(first)

    async def _try(self, first: Ears) -> None:
        """Have the first listen, too: what it says is dropped, but that it says something counts."""
        await self._row.start(first)
        await self._speak_of(first)
        if self._trial is first and self._waiting is None:
            listening, trying = self._ears.hear, first.hear

            def both(mulaw: bytes) -> None:
                listening(mulaw)
                trying(mulaw)

            self._take = both

    def _follow_trial(self, frame: Frame) -> None:
        if isinstance(frame, (TranscriptionFrame, InterimTranscriptionFrame)):
            self._trial_is_open = True
        elif isinstance(frame, ProposedUserStoppedSpeakingFrame):
            self._trial_is_open = False
            self._look_later(SETTLED)

    def _come_back(self, first: Ears) -> None:
        """Between two utterances, of which both have heard the same."""
        former, self._place, self._trial = self._place, 0, None
        self._take = first.hear
        self._signs.clear()
        self._marks.is_needed = not first.knows_turns
        self._row.breaker(first).succeeded()
        self._let_go(former)
        logger.info("{} listens again", first.name)

    def _stage_changed(self, place: int, in_trouble: bool) -> None:
        if place == self._place and self._waiting is None:
            self._tell_trouble(in_trouble)
        elif self._trial is not None and place == 0 and not in_trouble:
            self._look_later(SETTLED)

    def _tell_trouble(self, in_trouble: bool) -> None:
        if in_trouble is not self._in_trouble:
            self._in_trouble = in_trouble
            self.on_trouble(in_trouble)

    # The life of the call.

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.create_task(work, "ears")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _stop(self) -> None:
        self._over = True
        self._marks.close()
        self._look_later(None)
        if self._trial is not None:
            self._row.breaker(self._trial).withdrawn()

    async def cleanup(self) -> None:
        self._stop()
        for task in tuple(self._tasks):
            await self.cancel_task(task)
        await self._row.close()
        await super().cleanup()  # type: ignore[no-untyped-call]
