"""Deepgram and OpenAI: accepted, refused, unreachable and silent are told apart."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from trunkline.checks.finding import Finding, Mark
from trunkline.checks.vendors import deepgram, openai
from trunkline.sandbox.brain import ScriptedBrain
from trunkline.sandbox.deepgram import DeepgramServer
from trunkline.sandbox.ears import PhraseEars
from trunkline.sandbox.openai import OpenAIServer
from trunkline.sandbox.voice import ScriptedVoice
from trunkline.settings import Settings, load

NOBODY = "http://127.0.0.1:9"

Check = Callable[[Settings], Awaitable[Finding]]
CHECKS = [pytest.param(deepgram, "DEEPGRAM", id="deepgram"), pytest.param(openai, "OPENAI", id="openai")]


def settings(vendor: str, url: str, key: str = "key-1234") -> Settings:
    return load(_env_file=None, **{f"{vendor}_API_KEY": key, f"{vendor}_BASE_URL": url})


@asynccontextmanager
async def vendor(kind: str) -> AsyncIterator[str]:
    """A sandbox vendor that accepts one key; its URL."""
    if kind == "DEEPGRAM":
        async with DeepgramServer(lambda _: PhraseEars({}), ScriptedVoice(), api_key="key-1234") as deepgram:
            yield deepgram.base_url
    else:
        async with OpenAIServer(ScriptedBrain(), api_key="key-1234") as openai:
            yield openai.base_url


@asynccontextmanager
async def answering(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """A server that answers everything alike; its URL."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(("check", "kind"), CHECKS)
async def test_a_good_key_is_accepted(check: Check, kind: str) -> None:
    async with vendor(kind) as url:
        found = await check(settings(kind, url))
    assert (found.mark, found.found) == (Mark.FINE, "reached, key accepted")


@pytest.mark.parametrize(("check", "kind"), CHECKS)
async def test_a_bad_key_is_named_by_its_variable_and_not_shown(check: Check, kind: str) -> None:
    async with vendor(kind) as url:
        found = await check(settings(kind, url, key="key-9999"))
    assert found.mark is Mark.WRONG
    assert "401" in found.found
    assert f"{kind}_API_KEY" in found.remedy
    assert "9999" not in str(found)


@pytest.mark.parametrize(("check", "kind"), CHECKS)
async def test_nobody_there_is_a_matter_of_the_network(check: Check, kind: str) -> None:
    found = await check(settings(kind, NOBODY))
    assert found.mark is Mark.WRONG
    assert "cannot be reached" in found.found
    assert f"{kind}_BASE_URL" in found.remedy


@pytest.mark.parametrize(("check", "kind"), CHECKS)
async def test_silence_is_waited_for_five_seconds(check: Check, kind: str) -> None:
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    began = asyncio.get_running_loop().time()
    async with answering(silent) as url:
        found = await check(settings(kind, url))
    assert asyncio.get_running_loop().time() - began == pytest.approx(5, abs=0.5)
    assert (found.mark, found.found) == (Mark.WRONG, "did not answer within 5 s")


@pytest.mark.parametrize(("check", "kind"), CHECKS)
async def test_a_vendor_in_trouble_is_wrong(check: Check, kind: str) -> None:
    async def troubled(_: web.Request) -> web.StreamResponse:
        return web.Response(status=503)

    async with answering(troubled) as url:
        found = await check(settings(kind, url))
    assert found.mark is Mark.WRONG
    assert "503" in found.found


async def test_a_server_without_a_list_of_models_may_still_answer() -> None:
    async def unknown(_: web.Request) -> web.StreamResponse:
        raise web.HTTPNotFound

    async with answering(unknown) as url:
        assert (await openai(settings("OPENAI", url))).mark is Mark.ODD


@pytest.mark.parametrize(("check", "kind"), CHECKS)
async def test_without_a_key_nobody_is_asked(check: Check, kind: str) -> None:
    assert (await check(settings(kind, NOBODY, key=""))).mark is Mark.SKIPPED
