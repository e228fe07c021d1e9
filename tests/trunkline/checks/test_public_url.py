"""The public URL: ours, somebody else's, a proxy with nobody behind it, nobody at all."""

import asyncio
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.trunkline.checks.test_vendors import NOBODY, answering
from trunkline.checks.finding import Finding, Mark
from trunkline.checks.public_url import _unreachable, public_url
from trunkline.settings import load


async def asked(url: str | None) -> Finding:
    return await public_url(load(_env_file=None, TRUNKLINE_PUBLIC_URL=url))


async def answered(status: int, body: Any = None, **how: Any) -> Finding:
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.path == "/healthz"
        return web.json_response(body, status=status, **how)

    async with answering(handler) as url:
        return await asked(url)


async def test_our_server_is_reached() -> None:
    found = await answered(200, {"status": "alive", "calls": 2})
    assert found.found == "reached, in the clear"
    assert "wss://" in found.remedy


@pytest.mark.parametrize(
    ("status", "body"), [(200, {"status": "ok"}), (200, ["alive"]), (404, {}), (401, {}), (302, {})]
)
async def test_somebody_else_is_wrong(status: int, body: Any) -> None:
    found = await answered(status, body)
    assert (found.mark, found.found) == (Mark.WRONG, f"something else answers there ({status})")


async def test_a_page_is_somebody_else() -> None:
    async def page(_: web.Request) -> web.StreamResponse:
        return web.Response(text="<html>hello</html>")

    async with answering(page) as url:
        assert (await asked(url)).mark is Mark.WRONG


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_proxy_without_a_server_asks_to_start_it(status: int) -> None:
    found = await answered(status, {})
    assert found.mark is Mark.ODD
    assert "trunkline serve" in found.remedy


async def test_nobody_listening_asks_to_start_it() -> None:
    found = await asked(NOBODY)
    assert (found.mark, found.found) == (Mark.ODD, "nobody listens there")
    assert "trunkline serve" in found.remedy


async def test_silence_is_wrong() -> None:
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async with answering(silent) as url:
        assert (await asked(url)).found == "did not answer within 5 s"


async def test_without_a_public_url_nobody_is_asked() -> None:
    assert (await asked(None)).mark is Mark.SKIPPED


def test_an_unknown_host_and_a_bad_certificate_are_named() -> None:
    key: Any = SimpleNamespace(host="x", port=443, ssl=True, is_ssl=True)
    unknown = _unreachable(aiohttp.ClientConnectorDNSError(key, OSError()))
    untrusted = _unreachable(aiohttp.ClientConnectorCertificateError(key, ValueError()))
    assert (unknown.mark, unknown.found) == (Mark.WRONG, "its host name is not known")
    assert (untrusted.mark, untrusted.found) == (Mark.WRONG, "its certificate is not trusted")
