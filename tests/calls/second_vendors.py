"""The vendors that stand in: another Deepgram, and services of pipecat that are none of ours."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pipecat.frames.frames import Frame, InterimTranscriptionFrame, TranscriptionFrame, TTSAudioRawFrame
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.utils.time import time_now_iso8601

from processors import g711
from processors.sentence_splitter import SentenceSplitter
from processors.vad import VAD
from tests.calls.town import BOOK, GREETING, NUMBER, VOICE, end_call
from trunkline.call import Call
from trunkline.line import Line
from trunkline.sandbox.deepgram import DeepgramServer
from trunkline.sandbox.ears import PhraseEars

SECOND_KEY = "dg-5ec0d2"

Stage = Callable[[Call], FrameProcessor]


def staffed(
    stt: Stage = lambda call: call.deepgram_stt(),
    tts: Stage = lambda call: call.aura_tts(),
    **values: Any,
) -> Line:
    """A line with these ears and this voice."""
    line = Line(
        **{"name": "desk", "number": NUMBER, "greeting": GREETING, "prompt": "Be kind.", "tools": [end_call]}
        | values
    )

    @line.answer
    def compose(call: Call) -> Sequence[FrameProcessor]:
        context = call.context()
        return [
            call.input(),
            VAD(),
            stt(call),
            context.user(),
            call.openai(),
            SentenceSplitter(),
            tts(call),
            call.output(),
            context.assistant(),
        ]

    return line


@asynccontextmanager
async def second_deepgram(final_ms: int | None = 100, **options: Any) -> AsyncIterator[DeepgramServer]:
    """Another one, with a key of its own."""
    async with DeepgramServer(
        lambda _: PhraseEars(BOOK, final_ms), VOICE, api_key=SECOND_KEY, **options
    ) as server:
        yield server


class OtherTTS(TTSService):
    """Speaks as the scripted voice does, a text at a time, without any of our code.

    Args:
        breaks_after: texts after which it only reports errors.
        pace: seconds that it takes for a character.
    """

    def __init__(self, breaks_after: int | None = None, pace: float = 0.0, **options: Any) -> None:
        settings = TTSSettings(model="other", voice="other", language=None)
        super().__init__(push_start_frame=True, push_stop_frames=True, settings=settings, **options)
        self.texts: list[str] = []
        self.is_cleaned_up = False
        self._breaks_after = breaks_after
        self._pace = pace

    async def cleanup(self) -> None:
        await super().cleanup()  # type: ignore[no-untyped-call]
        self.is_cleaned_up = True

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        if self._breaks_after is not None and len(self.texts) >= self._breaks_after:
            await self.push_error("no voice left")
            return
        self.texts.append(text)
        for character in text:
            await asyncio.sleep(self._pace)
            pcm = g711.decode(VOICE.say(character))
            yield TTSAudioRawFrame(pcm, self.sample_rate, 1, context_id=context_id)


class OtherSTT(STTService):
    """Understands the recordings word by word, and knows nothing of turns."""

    def __init__(self, *, finals: bool = True, breaks: bool = False) -> None:
        super().__init__(settings=STTSettings(model="other", language=None), ttfs_p99_latency=0.3)
        self.is_cleaned_up = False
        self.heard = b""
        self.languages: list[str] = []
        self._ears = PhraseEars(BOOK, 100)
        self._finals = finals
        self._breaks = breaks

    async def cleanup(self) -> None:
        await super().cleanup()  # type: ignore[no-untyped-call]
        self.is_cleaned_up = True

    async def _update_settings(self, delta: Any) -> dict[str, Any]:
        self.languages.append(str(delta.language))
        return await super()._update_settings(delta)

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        if self._breaks:
            await self.push_error("deaf", force_treat_as_permanent=True)
            return
        mulaw = g711.encode(audio)
        self.heard += mulaw
        for speech in await self._ears.hear(mulaw):
            text = " ".join(word.text for word in speech.words)
            kind = TranscriptionFrame if speech.over and self._finals else InterimTranscriptionFrame
            if text:
                yield kind(text, "", time_now_iso8601())
