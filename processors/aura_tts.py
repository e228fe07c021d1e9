"""Text to speech: Deepgram's Aura, streamed, with an interruption that nothing can delay."""

from collections.abc import Mapping

from pipecat.metrics.metrics import MetricsData

from processors.aura_opening import AuraOpening, aura_options
from processors.aura_session import AuraSession
from processors.deepgram import Deepgram
from processors.language_voices import LanguageVoices
from processors.socket_recipe import Recipe, Stock
from processors.speaker import Speaker
from processors.speaking_stage import SpeakingStage


class AuraTTS(SpeakingStage):
    """Speaks with one of Aura's voices.

    Args:
        deepgram: opens sockets.
        voice: Aura's voice, such as ``aura-2-thalia-en``.
        speed: 0.7 to 1.5; None for the voice's own.
        stock: where a socket may be open already.
        cached: prompts that need no vendor: exact text -> mu-law, 8 kHz.
        voices: instead of ``voice`` and ``cached``, where the call may be in several languages.
    """

    def __init__(
        self,
        deepgram: Deepgram,
        *,
        voice: str = "aura-2-thalia-en",
        speed: float | None = None,
        stock: Stock | None = None,
        cached: Mapping[str, bytes] | None = None,
        voices: LanguageVoices | None = None,
    ) -> None:
        super().__init__(voices or LanguageVoices.alone(voice, cached), speed)
        voice = self.voices.voice
        self.set_core_metrics_data(MetricsData(processor=self.name, model=voice))
        self.deepgram = deepgram
        self.speed = speed
        self.opening = AuraOpening(deepgram, aura_options(voice, speed), stock)

    @property
    def recipe(self) -> Recipe:
        """What its sockets are opened with."""
        return self.opening.recipe

    def _make_speaker(self) -> Speaker:
        return AuraSession(
            self._utterances, self.opening, self.create_task, self._sound_came, self._take_failure
        )
