"""The outside world of a server, in this process: a carrier, Deepgram and OpenAI, and how to reach them."""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from trunkline.sandbox.brain import Brain
from trunkline.sandbox.carrier import ACCOUNT_SID, AUTH_TOKEN, Carrier
from trunkline.sandbox.deepgram import DeepgramServer
from trunkline.sandbox.ears import Ears
from trunkline.sandbox.openai import OpenAIServer
from trunkline.sandbox.voice import Voice
from trunkline.settings import Settings, load

KEY = "sandbox"
"""The vendors' key in here; production code sends it as it would a real one."""


class World:
    """``async with World(...) as world``: vendors that answer, and :attr:`settings` that point at them.

    Args:
        ears: makes the ears of a listening connection, given its query.
        voice: speaks for Deepgram.
        brain: thinks for OpenAI.
        carrier: options of :class:`~trunkline.sandbox.carrier.Carrier`.
        deepgram: options of :class:`~trunkline.sandbox.deepgram.DeepgramServer`.
        openai: options of :class:`~trunkline.sandbox.openai.OpenAIServer`.
    """

    def __init__(
        self,
        ears: Callable[[Mapping[str, str]], Ears],
        voice: Voice,
        brain: Brain,
        *,
        carrier: Mapping[str, Any] | None = None,
        deepgram: Mapping[str, Any] | None = None,
        openai: Mapping[str, Any] | None = None,
    ) -> None:
        self.carrier = Carrier(**(carrier or {}))
        self.deepgram = DeepgramServer(ears, voice, **{"api_key": KEY, **(deepgram or {})})
        self.openai = OpenAIServer(brain, **{"api_key": KEY, **(openai or {})})
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for server in (self.openai, self.deepgram, self.carrier):
            await self._stack.enter_async_context(server)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def settings(self, database: Path, **overrides: Any) -> Settings:
        """Settings of a server in this world; nothing of the environment but what is overridden."""
        return load(
            **{
                "_env_file": None,
                "TRUNKLINE_PUBLIC_URL": None,
                "TRUNKLINE_DATABASE_URL": f"sqlite+aiosqlite:///{database}",
                "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
                "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
                "TWILIO_BASE_URL": self.carrier.base_url,
                "DEEPGRAM_API_KEY": KEY,
                "DEEPGRAM_BASE_URL": self.deepgram.base_url,
                "OPENAI_API_KEY": KEY,
                "OPENAI_BASE_URL": self.openai.base_url,
                **overrides,
            }
        )
