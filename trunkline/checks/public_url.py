"""Whether the world reaches this server under the address that Twilio is given."""

import asyncio
import socket
from typing import Any

import aiohttp

from trunkline.checks.finding import LIMIT, SILENT, Finding, fine, odd, skipped, wrong
from trunkline.settings import Settings

NAME = "public URL"

GATEWAY = {502, 503, 504, 521, 522, 523, 530}
"""Statuses with which proxies and tunnels say that nobody is behind them."""

START = "start `trunkline serve`, then run `trunkline doctor` again"


async def public_url(settings: Settings) -> Finding:
    """Asks ``/healthz`` under the public URL."""
    url = settings.public_url
    if not url:
        return skipped(NAME, "not asked: TRUNKLINE_PUBLIC_URL is not set")
    try:
        async with asyncio.timeout(LIMIT):
            status, body = await _health(f"{url}/healthz")
    except TimeoutError:
        return wrong(NAME, SILENT, "check the proxy or tunnel, and the firewall before it")
    except aiohttp.ClientError as error:
        return _unreachable(error)
    if status in GATEWAY:
        return odd(NAME, f"answers {status}: a proxy, and no server behind it", START)
    if status != 200 or not isinstance(body, dict) or body.get("status") != "alive":
        return wrong(
            NAME,
            f"something else answers there ({status})",
            "check TRUNKLINE_PUBLIC_URL, and where its proxy leads",
        )
    if not url.startswith("https://"):
        return odd(NAME, "reached, in the clear", "give it TLS: Twilio streams to wss:// only")
    return fine(NAME, "reached")


async def _health(url: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(url, allow_redirects=False) as response:
        try:
            return response.status, await response.json(content_type=None)
        except ValueError:
            return response.status, None


def _unreachable(error: aiohttp.ClientError) -> Finding:
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return wrong(NAME, "its certificate is not trusted", "Twilio refuses it, too: install one that is")
    cause = getattr(error, "os_error", None)
    if isinstance(cause, ConnectionRefusedError):
        return odd(NAME, "nobody listens there", START)
    if isinstance(cause, socket.gaierror) or isinstance(error, aiohttp.ClientConnectorDNSError):
        return wrong(NAME, "its host name is not known", "check TRUNKLINE_PUBLIC_URL, and the DNS")
    return wrong(NAME, f"not reached ({type(error).__name__})", "check TRUNKLINE_PUBLIC_URL, and its proxy")
