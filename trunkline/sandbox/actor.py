"""A caller who plays a script on a phone: listens for the agent to finish, speaks, interrupts, hangs up.

Acts only on what is heard, as a person would; knows nothing of the server.
"""

import asyncio
from collections.abc import Awaitable, Callable

from processors.g711 import BYTES_PER_MS, SILENCE
from trunkline.sandbox.script import BargeIn, HangUp, Press, Say, Script, Step, Wait
from trunkline.sandbox.telephone.phone import Phone

PAUSE_MS = 900
"""Milliseconds of silence after which the agent counts as finished; pauses inside a reply are shorter."""

NOTICE_MS = 40
"""Milliseconds of sound that count as speech."""

PATIENCE = 20.0
"""Seconds that the caller waits for an answer before speaking again, or for the last words."""

LOOK = 0.02
"""Seconds between looks at what was heard: one packet."""

Speak = Callable[[str], Awaitable[bytes]]
"""Turns the caller's words into 8 kHz mu-law."""


class Actor:
    """Performs one script on one call.

    Args:
        phone: the caller's phone, its call answered.
        speak: the caller's voice.
    """

    def __init__(self, phone: Phone, speak: Speak) -> None:
        self._phone = phone
        self._speak = speak
        self._from = 0  # bytes of what was heard that belong to replies answered already
        self._reply = -1

    async def play(self, script: Script) -> None:
        """Do every step, then listen until the agent hangs up, or patience ends."""
        voices = {text: await self._speak(text) for text in _texts(script)}
        for step in script.steps:
            if self._over:
                return
            await self._do(step, voices)
        await self._until(lambda: False)

    @property
    def _over(self) -> bool:
        return self._phone.is_over.is_set()

    async def _do(self, step: Step, voices: dict[str, bytes]) -> None:
        match step:
            case Say(text):
                await self._finished()
                await self._say(voices[text])
            case BargeIn(text, after_ms, reply):
                await self._speaking(after_ms, reply)
                await self._say(voices[text])
            case Press(digits):
                await self._finished()
                await self._phone.press(digits)
            case Wait(seconds):
                await asyncio.sleep(seconds)
            case HangUp():
                await self._finished()
                await self._phone.hang_up()

    async def _say(self, mulaw: bytes) -> None:
        await self._phone.say(mulaw)
        self._from = len(self._phone.heard)
        self._reply += 1

    async def _finished(self) -> None:
        """The agent has said something since the caller spoke last, and is silent now."""
        await self._until(lambda: self._sound_ms() >= NOTICE_MS and self._silent_ms() >= PAUSE_MS)

    async def _speaking(self, after_ms: int, reply: int | None) -> None:
        """The agent is so far into its reply."""
        while reply is not None and self._reply + 1 < reply and not self._over:
            await self._finished()
            self._from = len(self._phone.heard)
            self._reply += 1
        await self._until(lambda: self._sound_ms() >= NOTICE_MS)
        began = len(self._phone.heard)
        await self._until(lambda: len(self._phone.heard) - began >= after_ms * BYTES_PER_MS)

    async def _until(self, true: Callable[[], bool]) -> None:
        loop = asyncio.get_running_loop()
        limit = loop.time() + PATIENCE
        while not true() and not self._over and loop.time() < limit:  # noqa: ASYNC110 - sound just grows
            await asyncio.sleep(LOOK)

    def _sound_ms(self) -> float:
        """Milliseconds of sound in what was heard since the caller spoke last."""
        new = self._phone.heard[self._from :]
        return (len(new) - new.count(SILENCE)) / BYTES_PER_MS

    def _silent_ms(self) -> float:
        """Milliseconds for which nothing has been heard."""
        heard = self._phone.heard
        return (len(heard) - len(heard.rstrip(SILENCE))) / BYTES_PER_MS


def _texts(script: Script) -> list[str]:
    return [step.text for step in script.steps if isinstance(step, Say | BargeIn)]
