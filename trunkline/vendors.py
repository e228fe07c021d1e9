"""What the calls of a process share: vendors' clients, sockets opened and prompts synthesised ahead."""

import asyncio
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from loguru import logger

from processors.circuit import Breakers
from processors.deepgram import PRODUCTION, Deepgram
from processors.errors import VendorError
from processors.language_support import base, spoken_by
from processors.language_wording import said_in
from processors.openai_client import OpenAI
from processors.warm_sockets import WarmSockets
from trunkline.costs.prices import Prices, read
from trunkline.line import Line
from trunkline.recording.disk import Disk
from trunkline.settings import Settings, reveal

if TYPE_CHECKING:
    from trunkline.carrier_api import CarrierApi
    from trunkline.transfers.consultation import Consultation

RETRY_AFTER = 5.0
"""Seconds between attempts to synthesise a prompt."""

ATTEMPTS = 5


class Prompts:
    """Texts spoken ahead of time, so that a greeting is heard at once and an apology without a vendor."""

    def __init__(self, deepgram: Deepgram) -> None:
        self._deepgram = deepgram
        self._spoken: dict[str, dict[str, bytes]] = {}
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._warned: set[tuple[str, str]] = set()

    def of(self, voice: str) -> Mapping[str, bytes]:
        """Text to mu-law, of one voice; grows as prompts are synthesised."""
        return self._spoken.setdefault(voice, {})

    def prepare(self, voice: str, texts: Iterable[str]) -> None:
        """Synthesise in the background what is not there yet."""
        for text in texts:
            key = (voice, text)
            if text not in self.of(voice) and (key not in self._tasks or self._tasks[key].done()):
                self._tasks[key] = asyncio.create_task(self._synthesise(voice, text), name="prompt")

    async def ready(self) -> None:
        """Return when nothing is being synthesised any more."""
        await asyncio.gather(*self._tasks.values())

    async def _synthesise(self, voice: str, text: str) -> None:
        for attempt in range(ATTEMPTS):
            try:
                self._spoken.setdefault(voice, {})[text] = await self._deepgram.synthesise(text, voice)
                return
            except VendorError as error:
                self._warn(voice, error)
                if error.permanent:
                    return
                await asyncio.sleep(RETRY_AFTER * (attempt + 1))

    def _warn(self, voice: str, error: VendorError) -> None:
        """Once for each voice and error: a line has several prompts, and all fail alike."""
        if (voice, str(error)) not in self._warned:
            self._warned.add((voice, str(error)))
            logger.warning("prompts of {} not synthesised ahead ({}); greetings will be late", voice, error)

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


class Vendors:
    """Made once a process; clients are built when first used and closed together.

    An unset key becomes a placeholder: whoever serves real calls requires the keys first.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.breakers = Breakers()
        """Of the vendors, by name: those that fail are left alone by all calls."""
        self._elsewhere: dict[tuple[str, str | None], OpenAI] = {}
        self._deepgrams: dict[tuple[str | None, str | None], Deepgram] = {}
        self.address = ""
        """What the paths of our URLs end with that name this process; empty if it is the only one."""
        self.place = ""
        """Names this process, and whoever has its host and port after it; empty if nobody will."""
        self.consultations: dict[str, Consultation] = {}
        """Humans who are asked to take a call, by the SID of that call."""

    @cached_property
    def prices(self) -> Prices:
        return read(self._settings.prices)

    @cached_property
    def deepgram(self) -> Deepgram:
        key = reveal(self._settings.deepgram_api_key) or "unset"
        return Deepgram(key, self._settings.deepgram_base_url)

    def deepgram_at(self, base_url: str | None, api_key: str | None = None) -> Deepgram:
        """Deepgram elsewhere, or by another account. The key of the first goes to nobody but Deepgram."""
        url = base_url or self._settings.deepgram_base_url
        trusted = url == self._settings.deepgram_base_url or _is_deepgram(url)
        key = api_key or (reveal(self._settings.deepgram_api_key) if trusted else None)
        if (url, key) not in self._deepgrams:
            self._deepgrams[url, key] = Deepgram(key or "unset", url)
        return self._deepgrams[url, key]

    @cached_property
    def openai(self) -> OpenAI:
        return OpenAI(reveal(self._settings.openai_api_key), self._settings.openai_base_url)

    def openai_at(self, base_url: str, api_key: str | None = None) -> OpenAI:
        """Another server that speaks OpenAI's protocol. The key of the first is not sent to it."""
        if (base_url, api_key) not in self._elsewhere:
            self._elsewhere[base_url, api_key] = OpenAI(api_key, base_url)
        return self._elsewhere[base_url, api_key]

    @cached_property
    def carrier(self) -> "CarrierApi":
        from trunkline.carrier_api import CarrierApi  # half a second, for those who call out or transfer

        return CarrierApi(self._settings)

    @cached_property
    def disk(self) -> Disk:
        return Disk(self._settings.recordings)

    @cached_property
    def warm(self) -> WarmSockets:
        return WarmSockets(self.deepgram, self._settings.warm_sockets)

    @cached_property
    def prompts(self) -> Prompts:
        return Prompts(self.deepgram)

    def prepare(self, line: Line, voices: Iterable[str]) -> None:
        """Have a line's prompts spoken ahead by the voices that will say them."""
        for voice in voices:
            languages = [tag for tag in line.languages if base(tag) in spoken_by(voice)]
            texts = (said_in(text, tag) for tag in languages or line.languages for text in line.prompts())
            self.prompts.prepare(voice, dict.fromkeys(texts))

    async def close(self) -> None:
        built = vars(self)
        # Deepgram last of those that use it.
        for name in ("prompts", "warm", "deepgram", "openai", "carrier", "disk"):
            if name in built:
                await built[name].close()
        for deepgram in self._deepgrams.values():
            await deepgram.close()
        for openai in self._elsewhere.values():
            await openai.close()


def _is_deepgram(url: str | None) -> bool:
    host = urlsplit(url or PRODUCTION).hostname or ""
    return host == "deepgram.com" or host.endswith(".deepgram.com")
