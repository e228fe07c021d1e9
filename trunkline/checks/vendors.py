"""Deepgram and OpenAI: reached with our keys, at no cost."""

import asyncio
from typing import Any

import httpx2

from processors.deepgram import Deepgram
from processors.errors import VendorError
from processors.listen_options import listen_options
from processors.openai_client import OpenAI
from processors.openai_errors import FAILURES, failure
from trunkline.checks.finding import LIMIT, SILENT, Finding, fine, odd, skipped, wrong
from trunkline.settings import Settings, reveal

LISTEN = listen_options(
    "nova-3", "en", (), endpointing_ms=300, utterance_end_ms=1000, smart_format=True, more={}
)
"""What a line asks of Deepgram unless it says otherwise; a socket that hears nothing costs nothing."""

NETWORK = "check the network, a proxy, and {variable}"


async def deepgram(settings: Settings) -> Finding:
    """Opens a socket as a call does, and closes it."""
    name = "Deepgram"
    if not settings.deepgram_api_key:
        return skipped(name, "not asked: DEEPGRAM_API_KEY is not set")
    client = Deepgram(reveal(settings.deepgram_api_key), settings.deepgram_base_url)
    try:
        async with asyncio.timeout(LIMIT):
            socket = await client.listen(LISTEN)
            await socket.close()
    except VendorError as error:
        return wrong(name, error.found, error.remedy or NETWORK.format(variable="DEEPGRAM_BASE_URL"))
    except TimeoutError:
        return wrong(name, SILENT, NETWORK.format(variable="DEEPGRAM_BASE_URL"))
    finally:
        await client.close()
    return fine(name, "reached, key accepted")


async def openai(settings: Settings) -> Finding:
    """Lists the models."""
    name = "OpenAI"
    if not settings.openai_api_key:
        return skipped(name, "not asked: OPENAI_API_KEY is not set")
    client = OpenAI(reveal(settings.openai_api_key), settings.openai_base_url)
    try:
        async with asyncio.timeout(LIMIT):
            await client.sdk.get("/models", cast_to=httpx2.Response)
    except TimeoutError:
        return wrong(name, SILENT, NETWORK.format(variable="OPENAI_BASE_URL"))
    except FAILURES as error:
        return _failed(name, error, failure(client.vendor, error))
    finally:
        await client.close()
    return fine(name, "reached, key accepted")


def _failed(name: str, cause: Any, error: VendorError) -> Finding:
    if getattr(cause, "status_code", None) == 404:
        # Servers that speak Chat Completions and nothing else are common.
        return odd(name, "reached, but it has no list of models", "make a call to see that it answers")
    return wrong(name, error.found, error.remedy or NETWORK.format(variable="OPENAI_BASE_URL"))
