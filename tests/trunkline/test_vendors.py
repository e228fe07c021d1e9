"""What calls share: clients built once when first used, and prompts synthesised ahead, again if need be."""

import asyncio

import pytest

from processors.deepgram import Deepgram
from processors.errors import VendorRefused, VendorUnavailable
from trunkline import settings
from trunkline.vendors import RETRY_AFTER, Prompts, Vendors

VOICE = "aura-2-thalia-en"


class Speaker(Deepgram):
    """Fails as often as it is told, then speaks."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.asked: list[str] = []

    async def synthesise(self, text: str, voice: str) -> bytes:
        self.asked.append(text)
        if self.failures:
            raise self.failures.pop(0)
        return text.encode()


async def test_a_prompt_is_synthesised_once() -> None:
    speaker = Speaker()
    prompts = Prompts(speaker)
    for _ in range(2):
        prompts.prepare(VOICE, ["Hello.", "Sorry."])
        await prompts.ready()
    assert prompts.of(VOICE) == {"Hello.": b"Hello.", "Sorry.": b"Sorry."}
    assert speaker.asked == ["Hello.", "Sorry."]


async def test_a_passing_failure_is_tried_again() -> None:
    prompts = Prompts(Speaker(VendorUnavailable("Deepgram", "is away")))
    began = asyncio.get_running_loop().time()
    prompts.prepare(VOICE, ["Hello."])
    await prompts.ready()
    assert prompts.of(VOICE) == {"Hello.": b"Hello."}
    assert asyncio.get_running_loop().time() - began == pytest.approx(RETRY_AFTER, abs=0.1)


async def test_a_refusal_is_not_tried_again_but_the_next_call_may() -> None:
    speaker = Speaker(VendorRefused("Deepgram", "answered 401"))
    prompts = Prompts(speaker)
    prompts.prepare(VOICE, ["Hello."])
    await prompts.ready()
    assert prompts.of(VOICE) == {}
    prompts.prepare(VOICE, ["Hello."])
    await prompts.ready()
    assert prompts.of(VOICE) == {"Hello.": b"Hello."}


async def test_clients_are_built_once_and_closed_when_they_were() -> None:
    unused = Vendors(settings.load(_env_file=None))
    await unused.close()
    vendors = Vendors(settings.load(_env_file=None))
    assert vendors.deepgram is vendors.deepgram
    assert vendors.openai is vendors.openai
    assert vendors.warm is vendors.warm
    await vendors.close()


async def test_another_deepgram_is_one_for_all_calls_and_gets_no_key_that_is_not_its_own() -> None:
    options = settings.load(_env_file=None, DEEPGRAM_API_KEY="dg-first", DEEPGRAM_BASE_URL=None)
    vendors = Vendors(options)
    europe = vendors.deepgram_at("https://api.eu.deepgram.com")
    assert vendors.deepgram_at("https://api.eu.deepgram.com") is europe
    other = vendors.deepgram_at(None, "dg-second")
    stranger = vendors.deepgram_at("https://deepgram.com.example.org")
    keys = [d._sdk._client_wrapper.get_headers()["Authorization"] for d in (europe, other, stranger)]
    assert keys == ["Token dg-first", "Token dg-second", "Token unset"]
    names = {europe.name, other.name, stranger.name, vendors.deepgram.name}
    assert len(names) == 4
    assert not any("dg-" in name for name in names)
    await vendors.close()
