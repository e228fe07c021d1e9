"""Text to speech by several vendors: what the first cannot say, the next says, inside the reply."""

from collections.abc import Callable, Mapping
from functools import partial

from pipecat.metrics.metrics import MetricsData
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.tts_service import TTSService

from processors.aura_session import ALONE, BACKED, AuraSession, Opening
from processors.aura_tts import AuraTTS
from processors.circuit import Breakers
from processors.deepgram import Socket
from processors.language_voices import LanguageVoices
from processors.service_speaker import ServiceSpeaker
from processors.speaker import Speaker
from processors.speaker_relay import Candidate, Failed, SpeakerRelay
from processors.speaking_stage import SpeakingStage
from processors.standin import Candidate as Given
from processors.standin import provider_of


class TTSFailover(SpeakingStage):
    """Speaks as :class:`~processors.aura_tts.AuraTTS` does, whoever has the voice at the moment.

    What one did not say the next says, from the word that broke off. The order of things, what is known to
    be heard, interruptions and cached prompts are the stage's, and do not change with the voice.

    Args:
        first: asked as long as it works; its prompts are the stage's.
        others: asked when it does not, in this order: :class:`AuraTTS` or services of pipecat. A service
            that is not given as a function speaks once in a call, until another one has its place.
        breakers: of the process.
        moved: told who speaks instead of the first.
    """

    def __init__(
        self, first: FrameProcessor, *others: Given, breakers: Breakers, moved: Callable[[str], None]
    ) -> None:
        lead = first if isinstance(first, AuraTTS) else None
        super().__init__(
            LanguageVoices.alone("", None) if lead is None else lead.voices,
            None if lead is None else lead.speed,
        )
        self.first = first
        self._given: tuple[Given, ...] = (first, *others)
        self._breakers = breakers
        self._tell = moved
        self._spent: set[int] = set()
        self._relay: SpeakerRelay
        self._describe(self.voices.voice or type(first).__name__)

    def _make_speaker(self) -> Speaker:
        makers = [partial(self._candidate, place) for place in range(len(self._given))]
        self._relay = SpeakerRelay(self._utterances, makers, self._take_failure, self._moved_to)
        return self._relay

    def _candidate(self, place: int, failed: Failed) -> Candidate | None:
        given = self._given[place]
        voice = given if isinstance(given, FrameProcessor) else given()
        if isinstance(voice, AuraTTS):
            return self._aura(voice, failed, is_last=place == len(self._given) - 1)
        if not isinstance(voice, TTSService):
            raise TypeError(f"found a {type(voice).__name__} as a voice; expected AuraTTS or a TTSService")
        if voice is given and place in self._spent:
            return None
        self._spent.add(place)
        name = provider_of(voice)
        speaker = ServiceSpeaker(voice, self, self._utterances, self._sounded, failed)
        return Candidate(name, self._breakers.of(name), speaker, returns=False)

    def _aura(self, voice: AuraTTS, failed: Failed, *, is_last: bool) -> Candidate:
        opening: Opening = voice.opening
        if voice is not self.first:
            opening = _InPlaceOf(voice.opening, voice.voices.in_place_of(self.voices))
        limits = ALONE if is_last else BACKED
        session = AuraSession(self._utterances, opening, self.create_task, self._sounded, failed, limits)
        name = f"{voice.deepgram.name} speak {voice.voices.voice}"
        return Candidate(name, self._breakers.of(name), session, returns=True)

    def _sounded(self) -> None:
        self._relay.heard()
        self._sound_came()

    def _moved_to(self, candidate: Candidate) -> None:
        self._describe(candidate.name)
        if self._relay.place:
            self._tell(candidate.name)

    def _describe(self, voice: str) -> None:
        self.set_core_metrics_data(MetricsData(processor=self.name, model=voice))


class _InPlaceOf:
    """Opens sockets of one's own voices where another's were asked for."""

    def __init__(self, opening: Opening, own: Mapping[str, str]) -> None:
        self.voice = ""
        self._opening = opening
        self._own = own
        self._wanted = list(own)[-1]

    def want(self, voice: str) -> None:
        self._wanted = voice
        self._opening.want(self._own.get(voice, voice))

    async def open(self) -> Socket:
        wanted = self._wanted
        socket = await self._opening.open()
        self.voice = wanted
        return socket
