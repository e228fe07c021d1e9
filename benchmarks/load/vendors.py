"""The vendors of a subject, with fixed delays: Deepgram, OpenAI, and so much of Twilio as ends a call."""

import logging
from contextlib import AsyncExitStack
from typing import Self

from aiohttp import web

from benchmarks.load.caller import REPLY
from benchmarks.load.speech import recordings
from trunkline.sandbox.brain import Rule, ScriptedBrain
from trunkline.sandbox.carrier import ACCOUNT_SID, AUTH_TOKEN
from trunkline.sandbox.deepgram import DeepgramServer
from trunkline.sandbox.ears import Phrasebook, PhraseEars
from trunkline.sandbox.openai import OpenAIServer
from trunkline.sandbox.speak import Pace
from trunkline.sandbox.voice import ScriptedVoice

FINAL_MS, FIRST_TOKEN_MS, TOKEN_MS, FIRST_AUDIO_MS = 100, 120, 5, 80
VENDORS_MS = FINAL_MS + FIRST_TOKEN_MS + FIRST_AUDIO_MS
"""What a reply takes if the subject takes no time at all."""

PLENTY = 1000
"""Sockets that Deepgram allows here: no quota is what is measured."""

KEY = "benchmark"


class Vendors:
    """``async with Vendors() as vendors``: they answer, and :attr:`environment` leads a subject to them."""

    def __init__(self) -> None:
        book = Phrasebook(recordings())
        self.deepgram = DeepgramServer(
            lambda _: PhraseEars(book, FINAL_MS),
            ScriptedVoice(),
            api_key=KEY,
            listen={"keep_audio": False, "limit": PLENTY},
            # Deepgram may speak a sentence before its Flush; stock pipecat flushes after the last one only.
            speak={
                "pace": Pace(first_audio_ms=FIRST_AUDIO_MS, needs_flush=False),
                "max_sockets": PLENTY,
            },
        )
        self.openai = OpenAIServer(
            ScriptedBrain([Rule("", say=REPLY)]),
            api_key=KEY,
            first_token_ms=FIRST_TOKEN_MS,
            token_ms=TOKEN_MS,
        )
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        logging.getLogger("aiohttp.server").addFilter(_is_ours)
        await self._stack.enter_async_context(self.openai)
        await self._stack.enter_async_context(self.deepgram)
        app = web.Application()
        app.add_routes([web.post("/2010-04-01/Accounts/{account}/Calls/{call}", _update)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._carrier = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def environment(self) -> dict[str, str]:
        """What a subject finds in its environment."""
        return {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_BASE_URL": self._carrier,
            "DEEPGRAM_API_KEY": KEY,
            "DEEPGRAM_BASE_URL": self.deepgram.base_url,
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": self.openai.base_url,
        }

    def forget(self) -> None:
        """Drop the records of past calls."""
        self.openai.requests.clear()
        self.deepgram.listen.requests.clear()
        self.deepgram.listen.connections[:] = self.deepgram.listen.open


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether something went wrong here: clients that are interrupted leave in the middle of an answer."""
    return not (record.exc_info and isinstance(record.exc_info[1], ConnectionError))


async def _update(request: web.Request) -> web.Response:
    """A call is changed over REST: hung up, as a rule."""
    return web.json_response({"sid": request.match_info["call"].removesuffix(".json"), "status": "completed"})
