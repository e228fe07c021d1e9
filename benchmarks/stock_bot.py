"""A Twilio bot on pipecat 1.14 as its documentation composes one, and the FastAPI app that runs it for calls.

What the documentation leaves at its default is at its default: how turns begin and end (smart-turn), RTVI and
the observers; each call has services, models and a runner of its own. Ours are the vendors' addresses, the
words, and that the carrier is not told to hang up.
"""

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response, WebSocket
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.runner.utils import parse_telephony_websocket
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.deepgram.tts import DeepgramTTSService
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.workers.runner import WorkerRunner

GREETING = "Hello, this is the bench."
PROMPT = "Answer."
MEDIA = "/twilio/media"


@dataclass(frozen=True, slots=True)
class Vendors:
    """Where they are, and our keys."""

    deepgram_url: str
    deepgram_key: str
    openai_url: str
    openai_key: str

    def stt(self) -> FrameProcessor:
        return DeepgramSTTService(api_key=self.deepgram_key, base_url=self.deepgram_url)

    def llm(self) -> FrameProcessor:
        settings = OpenAILLMService.Settings(model="gpt-4o-mini", system_instruction=PROMPT)
        return OpenAILLMService(api_key=self.openai_key, base_url=self.openai_url, settings=settings)

    def tts(self) -> FrameProcessor:
        return DeepgramTTSService(
            api_key=self.deepgram_key,
            base_url=self.deepgram_url.replace("http", "ws", 1),
            settings=DeepgramTTSService.Settings(voice="aura-2-thalia-en"),
        )


def application(vendors: Vendors) -> Any:
    """Answers the carrier's webhook, and runs a bot for each stream."""

    async def answer(request: Request) -> Response:
        stream = f'<Stream url="ws://{request.url.netloc}{MEDIA}"></Stream>'
        twiml = f"<Response><Connect>{stream}</Connect></Response>"
        return Response(content=twiml, media_type="application/xml")

    async def media(websocket: WebSocket) -> None:
        await websocket.accept()
        await run_bot(await phone_line(websocket), vendors)

    app = FastAPI()
    app.add_api_route("/twilio/voice", answer, methods=["POST"])
    app.add_api_websocket_route(MEDIA, media)
    return app


async def phone_line(websocket: WebSocket) -> FastAPIWebsocketTransport:
    """The stream that Twilio has opened, as a transport."""
    _, call = await parse_telephony_websocket(websocket)
    serializer = TwilioFrameSerializer(
        stream_sid=call["stream_id"],
        call_sid=call["call_id"],
        params=TwilioFrameSerializer.InputParams(auto_hang_up=False),
    )
    params = FastAPIWebsocketParams(
        audio_in_enabled=True, audio_out_enabled=True, add_wav_header=False, serializer=serializer
    )
    return FastAPIWebsocketTransport(websocket=websocket, params=params)


async def run_bot(transport: FastAPIWebsocketTransport, vendors: Vendors) -> None:
    """Greet, and converse until the caller has left."""
    user, assistant = LLMContextAggregatorPair(
        LLMContext(), user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    )
    stages = [
        transport.input(),
        vendors.stt(),
        user,
        vendors.llm(),
        vendors.tts(),
        transport.output(),
        assistant,
    ]
    worker = PipelineWorker(
        Pipeline(stages),
        params=PipelineParams(
            audio_in_sample_rate=8000,
            audio_out_sample_rate=8000,
            enable_metrics=True,
            enable_usage_metrics=True,
        ),
    )

    async def greet(_: FastAPIWebsocketTransport, __: WebSocket) -> None:
        await worker.queue_frames([TTSSpeakFrame(GREETING)])

    async def leave(_: FastAPIWebsocketTransport, __: WebSocket) -> None:
        await worker.cancel()

    transport.add_event_handler("on_client_connected", greet)
    transport.add_event_handler("on_client_disconnected", leave)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()
